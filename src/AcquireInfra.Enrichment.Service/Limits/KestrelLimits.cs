using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>What the web server puts up with before any code of ours runs.</summary>
internal sealed class KestrelLimits(IOptions<EnrichmentOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    const int KiB = 1024;

    static readonly MinDataRate SlowestClient = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;

        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.Value.Limits.MaxConnections;
        limits.MaxRequestBodySize = KiB * KiB; // batches and streams raise it for themselves
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestHeadersTotalSize = 16 * KiB;
        limits.MaxRequestLineSize = 8 * KiB;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MinRequestBodyDataRate = SlowestClient;
        limits.MinResponseDataRate = SlowestClient;

        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.InitialStreamWindowSize = 128 * KiB;
        limits.Http2.InitialConnectionWindowSize = KiB * KiB;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
    }
}
