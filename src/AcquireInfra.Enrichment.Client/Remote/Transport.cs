using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>Connections and what happens on them when the service fails.</summary>
internal static class Transport
{
    /// <summary>The largest answer of the service, in bytes: 10,000 explained verdicts.</summary>
    const int MaxReceiveBytes = 16 * 1024 * 1024;

    const string Service = "acquireinfra.enrichment.v1.EnrichmentService";

    public static SocketsHttpHandler Handler(EnrichmentClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a credential goes where it was meant to go
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            // A peer that went without a word is noticed within 40 s, also by a call that waits for an announcement.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = true,
        };
        options.ConfigureTls?.Invoke(handler.SslOptions);
        return handler;
    }

    public static void Configure(GrpcChannelOptions channel, EnrichmentClientOptions options)
    {
        channel.MaxReceiveMessageSize = MaxReceiveBytes;
        // The rules of the options have seen to it that a credential over http stays on this machine.
        channel.UnsafeUseInsecureChannelCallCredentials = options.Address!.Scheme == Uri.UriSchemeHttp;
        channel.ServiceConfig = Retries(options.MaxAttempts);
    }

    // Judging changes nothing, so every call may be repeated. Where the service says how long to wait, gRPC keeps to that; and when most
    // calls fail the throttle stops repeating, so that a service in trouble is not asked four times as much. The watch of the replica
    // has its own, longer back-off.
    static ServiceConfig? Retries(int attempts)
    {
        if (attempts == 1)
        {
            return null;
        }
        var method = new MethodConfig
        {
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = attempts,
                InitialBackoff = TimeSpan.FromMilliseconds(50),
                MaxBackoff = TimeSpan.FromSeconds(1),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable, StatusCode.ResourceExhausted },
            },
        };
        string[] names = ["ScoreIp", "BatchScoreIp", "StreamScoreIp"];
        foreach (var name in names)
        {
            method.Names.Add(new MethodName { Service = Service, Method = name });
        }
        return new ServiceConfig { MethodConfigs = { method }, RetryThrottling = new RetryThrottlingPolicy { MaxTokens = 10, TokenRatio = 0.1 } };
    }
}
