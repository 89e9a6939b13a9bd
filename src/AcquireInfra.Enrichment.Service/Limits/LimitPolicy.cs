namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>
/// What an endpoint is limited as: <c>RequireRateLimiting(LimitPolicy.Lookups)</c>, or <c>[EnableRateLimiting(LimitPolicy.BulkJobs)]</c> on
/// a gRPC method. The lease is held until the answer has ended. The limit of requests per caller holds for every endpoint, named or not.
/// </summary>
internal static class LimitPolicy
{
    /// <summary>One address: many at once, and a short queue.</summary>
    public const string Lookups = "lookups";

    /// <summary>Many addresses in one message, held in memory: few at once, and a short queue.</summary>
    public const string Batches = "batches";

    /// <summary>
    /// Streams and downloads: a few at once, fewer of one caller, whatever the door; no queue. One JSON text to where lines may be sent counts as a batch.
    /// </summary>
    public const string BulkJobs = "bulk_jobs";

    /// <summary>Changes of overrides, each of which is flushed to disk, and previews, which may walk over all that is known: some a second of one caller.</summary>
    public const string Overrides = "overrides";
}
