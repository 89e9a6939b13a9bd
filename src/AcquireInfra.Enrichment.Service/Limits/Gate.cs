using System.Threading.RateLimiting;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>
/// Lets so many in at once. Others queue, oldest first, but only as long as the gate's patience lasts. Disposing of it does nothing: a
/// partition that idles is dropped by the rate limiter, and takes the same gate up again.
/// </summary>
/// <param name="most">Most that are in.</param>
/// <param name="queue">Most that wait.</param>
/// <param name="patience">Longest wait.</param>
/// <param name="refusal">What those who do not get in are told.</param>
internal sealed class Gate(int most, int queue, TimeSpan patience, Refusal refusal) : RateLimiter
{
    readonly ConcurrencyLimiter _places = new(new()
    {
        PermitLimit = most,
        QueueLimit = queue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    readonly RefusedLease _refused = new(refusal);

    /// <summary>How many are in.</summary>
    public long Active => most - _places.GetStatistics()!.CurrentAvailablePermits;

    public override TimeSpan? IdleDuration => _places.IdleDuration;

    public override RateLimiterStatistics? GetStatistics() => _places.GetStatistics();

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        var lease = _places.AttemptAcquire(permitCount);
        return lease.IsAcquired ? lease : _refused;
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        wait.CancelAfter(patience);
        try
        {
            var lease = await _places.AcquireAsync(permitCount, wait.Token);
            return lease.IsAcquired ? lease : _refused;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return _refused;
        }
    }
}

/// <summary>Why a request is not let in, and when to try again.</summary>
/// <param name="Reason">Metric tag, from a closed set.</param>
internal sealed record Refusal(ProblemKind Kind, string Reason, TimeSpan RetryAfter, string Detail)
{
    public static MetadataName<Refusal> Metadata { get; } = new(nameof(Refusal));
}

/// <summary>No lease, and why.</summary>
internal sealed class RefusedLease(Refusal refusal) : RateLimitLease
{
    public override bool IsAcquired => false;

    public override IEnumerable<string> MetadataNames => [Refusal.Metadata.Name];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == Refusal.Metadata.Name ? refusal : null;
        return metadata is not null;
    }
}
