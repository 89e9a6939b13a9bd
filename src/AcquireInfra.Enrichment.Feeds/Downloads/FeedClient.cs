using System.Net;
using System.Net.Security;
using AcquireInfra.Enrichment.Addressing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>How downloads reach the network.</summary>
public sealed class FeedClientOptions
{
    /// <summary>Prefixes that may be connected to although they are not public: an internal mirror.</summary>
    public IReadOnlyList<Prefix> AllowedPrefixes { get; set; } = [];

    /// <summary>Default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY.</summary>
    public IWebProxy Proxy { get; set; } = HttpClient.DefaultProxy;

    /// <summary>Longest time until a connection stands. Default 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Further attempts after one that failed in a way that passes. Default 2.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>Before the first of them; then twice as long each time, with jitter. Default 1 second.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    // Seams of the tests: name resolution, and a certificate of their own.
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;

    internal RemoteCertificateValidationCallback? AcceptCertificate { get; set; }
}

/// <summary>The HTTP client of downloads: guarded connections, retries; no cookies, redirects or decompression of its own.</summary>
public static class FeedClient
{
    /// <summary>Of the client in <see cref="IHttpClientFactory"/>.</summary>
    public const string Name = "feeds";

    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5); // a longer Retry-After is for the schedule

    public static IServiceCollection AddFeedClient(this IServiceCollection services, FeedClientOptions options)
    {
        services.AddHttpClient(Name, client => client.Timeout = Timeout.InfiniteTimeSpan) // the fetcher has its own, which covers the body
            .ConfigurePrimaryHttpMessageHandler(() => CreateHandler(options))
            .RemoveAllLoggers() // they tell the address, and a token may stand in it
            .AddResilienceHandler(Name, pipeline => AddRetries(pipeline, options));
        return services;
    }

    static SocketsHttpHandler CreateHandler(FeedClientOptions options) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        Proxy = options.Proxy,
        ConnectTimeout = options.ConnectTimeout,
        ConnectCallback = new GuardedConnect(options).ConnectAsync,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        SslOptions = new() { RemoteCertificateValidationCallback = options.AcceptCertificate },
    };

    static void AddRetries(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, FeedClientOptions options)
    {
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = attempt => ValueTask.FromResult(MayPass(attempt.Outcome)),
            });
        }
    }

    static bool MayPass(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException { InnerException: AddressRefusedException } } => false,
        { Exception: HttpRequestException } => true,
        { Result.StatusCode: HttpStatusCode.TooManyRequests } => WaitOf(outcome.Result) is { } wait && wait <= LongestWait,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError } => !(WaitOf(outcome.Result) > LongestWait),
        _ => false,
    };

    static TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: not null } => TimeSpan.MaxValue, // a time of day is never seconds away
        _ => null,
    };
}
