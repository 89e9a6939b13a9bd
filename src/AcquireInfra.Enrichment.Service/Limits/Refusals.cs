using System.Globalization;
using System.Threading.RateLimiting;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.Observability;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>
/// Answers those who are not let in: a problem with Retry-After over REST, a status with RetryInfo over gRPC, and the wait in milliseconds
/// in <c>grpc-retry-pushback-ms</c>, which gRPC clients obey by themselves.
/// </summary>
internal static class Refusals
{
    public static async ValueTask WriteAsync(OnRejectedContext rejected)
    {
        var context = rejected.HttpContext;
        var refusal = rejected.Lease.TryGetMetadata(Refusal.Metadata, out var given) ? given! : TooManyRequests(context, rejected.Lease);
        var metrics = context.RequestServices.GetRequiredService<EnrichmentMetrics>();
        metrics.Refused(refusal.Reason);
        if (context.IsGrpc())
        {
            metrics.Failed(refusal.Kind.Code);
            context.Response.Headers["grpc-retry-pushback-ms"] =
                ((long)Math.Ceiling(refusal.RetryAfter.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
            await GrpcRefusal.WriteAsync(context.Response, refusal.Kind, refusal.Detail, refusal.RetryAfter);
            return;
        }
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(refusal.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await Problems.Of(refusal.Kind, refusal.Detail).ExecuteAsync(context);
    }

    static Refusal TooManyRequests(HttpContext context, RateLimitLease lease)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<EnrichmentOptions>>().Value.Limits;
        return new(
            ProblemKind.RateLimited,
            "requests_per_caller",
            lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1),
            $"A caller has {limits.RequestsPerSecond} requests a second, and {limits.Burst} at once. Ask for many addresses in one batch.");
    }
}
