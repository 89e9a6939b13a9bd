using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using StackExchange.Redis;

namespace AcquireInfra.Enrichment.Service.Redis;

/// <summary>
/// The connection, made in the background and made again for ever. No operation waits longer than its budget, and one that fails is a miss:
/// without Redis everything is answered as if there were none.
/// </summary>
internal sealed class RedisServer : IHostedService, IAsyncDisposable
{
    readonly RedisOptions _options;
    readonly EnrichmentMetrics _metrics;
    readonly ILogger<RedisServer> _logger;
    readonly ResiliencePipeline _pipeline;
    IConnectionMultiplexer? _connection;
    Task _connecting = Task.CompletedTask;

    public RedisServer(IOptions<EnrichmentOptions> options, EnrichmentMetrics metrics, TimeProvider time, ILogger<RedisServer> logger)
    {
        (_options, _metrics, _logger) = (options.Value.Redis, metrics, logger);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = _options.BreakFor,
                ShouldHandle = new PredicateBuilder().Handle<RedisException>().Handle<TimeoutRejectedException>().Handle<TimeoutException>(),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(_options.BudgetMilliseconds))
            .Build();
    }

    public bool IsConfigured => _options.Configuration is { Length: > 0 };

    /// <summary>A key of ours; hash tags are the caller's.</summary>
    public RedisKey KeyOf(string name) => $"{_options.KeyPrefix}:{name}";

    /// <summary>Does something with the database.</summary>
    /// <returns>The default where there is no Redis, or it does not answer in time.</returns>
    public async Task<T?> TryAsync<T>(string operation, Func<IDatabase, Task<T>> act)
    {
        if (Volatile.Read(ref _connection) is not { } connection)
        {
            return default;
        }
        try
        {
            var result = await _pipeline.ExecuteAsync(async token => await act(connection.GetDatabase()).WaitAsync(token), CancellationToken.None);
            _metrics.AskedRedis(operation, "ok");
            return result;
        }
        catch (BrokenCircuitException)
        {
            _metrics.AskedRedis(operation, "resting");
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or TimeoutException)
        {
            _metrics.AskedRedis(operation, "timedOut");
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            _metrics.AskedRedis(operation, "failed");
        }
        return default;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsConfigured)
        {
            _connecting = ConnectAsync(ConfigurationOf(_options));
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <exception cref="ArgumentException">The text is no configuration.</exception>
    /// <exception cref="IOException">The password's file cannot be read.</exception>
    internal static ConfigurationOptions ConfigurationOf(RedisOptions options)
    {
        var configuration = ConfigurationOptions.Parse(options.Configuration!, ignoreUnknown: false);
        configuration.AbortOnConnectFail = false; // it connects when it can
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(250);
        configuration.ConnectTimeout = 2_000;
        configuration.AsyncTimeout = Math.Max(options.BudgetMilliseconds, 250);
        configuration.ClientName = "acquireinfra-enrichment";
        configuration.ReconnectRetryPolicy = new ExponentialRetry(250, 5_000);
        if (options.PasswordFile is { Length: > 0 } file)
        {
            configuration.Password = File.ReadAllText(file).Trim();
        }
        return configuration;
    }

    async Task ConnectAsync(ConfigurationOptions configuration)
    {
        try
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
            connection.ConnectionFailed += (_, failed) => Log.RedisLost(_logger, failed.FailureType.ToString());
            connection.ConnectionRestored += (_, _) => Log.RedisBack(_logger);
            if (!connection.IsConnected)
            {
                Log.RedisLost(_logger, "not connected"); // what failed before is told to nobody
            }
            Volatile.Write(ref _connection, connection);
        }
        catch (Exception exception) // with AbortOnConnectFail off, what comes here is a wrong configuration or a bug
        {
            Log.RedisLost(_logger, exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connecting;
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }
}
