using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>
/// Asks all providers at once, within one budget. Who is slow, fails or is asked too much is said to be missing; one that keeps failing is left
/// alone for a while. Nothing here throws for what providers do.
/// </summary>
internal sealed class DeepPanel
{
    readonly IReadOnlyList<(IDeepProvider Provider, ResiliencePipeline Pipeline)> _panel;
    readonly TimeSpan _budget;
    readonly TimeProvider _time;
    readonly EnrichmentMetrics _metrics;
    readonly ILogger<DeepPanel> _logger;
    readonly ConcurrentDictionary<(string Provider, string Fault), DateTimeOffset> _told = [];

    public DeepPanel(IReadOnlyList<IDeepProvider> providers, IOptions<EnrichmentOptions> options, EnrichmentMetrics metrics, TimeProvider time, ILogger<DeepPanel> logger)
    {
        var deep = options.Value.Deep;
        _panel = [.. providers.Select(provider => (provider, PipelineOf(deep, time)))];
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _panel.Select(one => one.Provider.Definition))))[..4]);
        (_budget, _metrics, _time, _logger) = (TimeSpan.FromMilliseconds(deep.BudgetMilliseconds), metrics, time, logger);
    }

    /// <summary>Whether anybody knows such addresses.</summary>
    public bool Knows(Address address) => _panel.Any(one => one.Provider.Knows(address));

    /// <summary>Of who is asked, and of what their answers mean: eight hexadecimal digits.</summary>
    public string Fingerprint { get; }

    static ResiliencePipeline PipelineOf(DeepOptions deep, TimeProvider time) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddConcurrencyLimiter(deep.MaxConcurrent)
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = deep.BreakFor,
            ShouldHandle = new PredicateBuilder().Handle<DeepFaultException>().Handle<TimeoutRejectedException>().Handle<OperationCanceledException>(), // by the budget
        })
        .AddTimeout(TimeSpan.FromMilliseconds(deep.QueryMilliseconds))
        .Build();

    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public async Task<DeepFindings> AskAsync(Address address, CancellationToken cancelled)
    {
        using var patience = new CancellationTokenSource(_budget, _time);
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancelled, patience.Token);
        var asked = _panel.Where(one => one.Provider.Knows(address)).Select(one => AskAsync(one.Provider, one.Pipeline, address, budget.Token)).ToList();
        var answers = await Task.WhenAll(asked);
        cancelled.ThrowIfCancellationRequested();
        return new(address.ToString(), _time.GetUtcNow().UtcDateTime, answers);
    }

    async Task<DeepAnswer> AskAsync(IDeepProvider provider, ResiliencePipeline pipeline, Address address, CancellationToken budget)
    {
        DeepAnswer Answer(IReadOnlyList<DeepHit> hits, string? fault)
        {
            _metrics.Asked(provider.Id, fault ?? (hits.Count > 0 ? "found" : "nothing"));
            return new(provider.Id, provider.Family, provider.SentTo, provider.Covered.Bits, hits, fault);
        }
        try
        {
            // A provider that does not look at its token is not waited for.
            var hits = await pipeline.ExecuteAsync(async token => await provider.AskAsync(address, token).WaitAsync(token), budget);
            return Answer(hits, null);
        }
        catch (DeepFaultException exception)
        {
            Tell(provider.Id, exception.Fault, exception.Message);
            return Answer([], exception.Fault);
        }
        catch (BrokenCircuitException)
        {
            return Answer([], "resting");
        }
        catch (RateLimiterRejectedException)
        {
            return Answer([], "busy");
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or OperationCanceledException)
        {
            return Answer([], "timedOut");
        }
        catch (Exception exception) // a bug of ours, or of a library: the verdict does without it
        {
            Tell(provider.Id, "failed", exception.GetType().Name + exception.StackTrace); // messages of libraries have names in them, and so addresses
            return Answer([], "failed");
        }
    }

    // Once a minute for each fault of each: a list that refuses us refuses every question.
    void Tell(string provider, string fault, string detail)
    {
        var now = _time.GetUtcNow();
        var told = _told.GetOrAdd((provider, fault), DateTimeOffset.MinValue);
        if (now - told >= TimeSpan.FromMinutes(1) && _told.TryUpdate((provider, fault), now, told))
        {
            Log.DeepFailed(_logger, provider, fault, detail);
        }
    }
}
