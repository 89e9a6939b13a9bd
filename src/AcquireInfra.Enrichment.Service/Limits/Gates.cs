using System.Threading.RateLimiting;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>How much is done at once, for all callers together and for each.</summary>
internal sealed class Gates(IOptions<EnrichmentOptions> options)
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    static readonly TimeSpan AfterAJob = TimeSpan.FromSeconds(10);

    readonly LimitOptions _limits = options.Value.Limits;

    public Gate Lookups { get; } = Queued(options.Value.Limits, options.Value.Limits.MaxLookups, LimitPolicy.Lookups);

    public Gate Batches { get; } = Queued(options.Value.Limits, options.Value.Limits.MaxBatches, LimitPolicy.Batches);

    public Gate BulkJobs { get; } = new(
        options.Value.Limits.MaxBulkJobs, queue: 0, TimeSpan.Zero,
        new(ProblemKind.Overloaded, LimitPolicy.BulkJobs, AfterAJob, "All places for bulk jobs are taken. Try again when one has ended."));

    /// <summary>The bulk jobs of one caller, within those of all.</summary>
    public RateLimiter BulkJobsOf(Caller caller) =>
        caller == Caller.ThisMachine
            ? BulkJobs
            : RateLimiter.CreateChained(
                new Gate(
                    _limits.MaxBulkJobsPerCaller, queue: 0, TimeSpan.Zero,
                    new(ProblemKind.RateLimited, "bulk_jobs_per_caller", AfterAJob,
                        $"A caller has at most {_limits.MaxBulkJobsPerCaller} bulk jobs at once. Try again when one of yours has ended.")),
                BulkJobs);

    static Gate Queued(LimitOptions limits, int most, string reason) => new(
        most, limits.MaxQueued, TimeSpan.FromMilliseconds(limits.MaxQueueMilliseconds),
        new(ProblemKind.Overloaded, reason, Soon, "Too much is asked at once. Try again."));
}
