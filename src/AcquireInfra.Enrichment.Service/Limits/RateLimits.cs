using System.Threading.RateLimiting;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>Requests per caller by token bucket; work at once by <see cref="Gates"/>.</summary>
internal static class RateLimits
{
    // Tokens come ten times a second: a caller at its rate is never refused for coming early in the second.
    const int RefillsPerSecond = 10;

    public static IHostApplicationBuilder AddLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Gates>();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelLimits>();
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<EnrichmentOptions>, Gates>((limiter, options, gates) =>
        {
            limiter.GlobalLimiter = PerCaller(options.Value.Limits);
            limiter.AddPolicy(LimitPolicy.Lookups, _ => RateLimitPartition.Get(LimitPolicy.Lookups, _ => gates.Lookups));
            limiter.AddPolicy(LimitPolicy.Batches, _ => RateLimitPartition.Get(LimitPolicy.Batches, _ => gates.Batches));
            limiter.AddPolicy<Caller?>(LimitPolicy.BulkJobs, context => IsOneText(context)
                ? RateLimitPartition.Get<Caller?>(null, _ => gates.Batches)
                : RateLimitPartition.Get<Caller?>(Caller.Of(context), caller => gates.BulkJobsOf(caller!.Value)));
            limiter.AddPolicy(LimitPolicy.Overrides, context => PerSecond(Caller.Of(context), options.Value.Limits.OverrideRequestsPerSecond));
            limiter.OnRejected = (rejected, _) => Refusals.WriteAsync(rejected);
        });
        return builder;
    }

    static bool IsOneText(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && !context.IsGrpc() && !BulkRequest.IsOfLines(context.Request);

    static RateLimitPartition<Caller> PerSecond(Caller caller, int requests) => caller == Caller.ThisMachine
        ? RateLimitPartition.GetNoLimiter(caller)
        : RateLimitPartition.GetTokenBucketLimiter(caller, _ => new()
        {
            TokenLimit = requests,
            TokensPerPeriod = requests,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = true,
        });

    static PartitionedRateLimiter<HttpContext> PerCaller(LimitOptions limits)
    {
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = Math.Max(1, limits.RequestsPerSecond / RefillsPerSecond),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / RefillsPerSecond),
            AutoReplenishment = false, // the partitioned limiter has one timer for all of them
        };
        var makeBucket = (Caller _) => bucket;
        return PartitionedRateLimiter.Create<HttpContext, Caller>(context =>
        {
            var caller = Caller.Of(context);
            return caller == Caller.ThisMachine
                ? RateLimitPartition.GetNoLimiter(caller)
                : RateLimitPartition.GetTokenBucketLimiter(caller, makeBucket);
        });
    }
}
