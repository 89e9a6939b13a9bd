using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// The judge of the live snapshot at the present hour, made anew when either changes. A request takes it once, so that all it answers
/// comes from one snapshot and one hour.
/// </summary>
internal sealed class JudgeProvider(SnapshotHolder snapshots, TimeProvider time)
{
    Policy? _policy;
    Judge? _current;

    public void UsePolicy(Policy policy)
    {
        Volatile.Write(ref _policy, policy);
        Volatile.Write(ref _current, null);
    }

    /// <summary>Null until there is a snapshot.</summary>
    public Judge? Current
    {
        get
        {
            if (snapshots.Current is not { } snapshot || Volatile.Read(ref _policy) is not { } policy)
            {
                return null;
            }
            var now = time.GetUtcNow();
            var current = Volatile.Read(ref _current);
            if (current is not null && current.Snapshot == snapshot && now - current.At is { Ticks: >= 0 and < TimeSpan.TicksPerHour })
            {
                return current;
            }
            var next = new Judge(snapshot, policy, now); // two requests may both make one: they judge alike
            Volatile.Write(ref _current, next);
            return next;
        }
    }

    /// <summary>A judge like another one, at another time.</summary>
    public Judge At(DateTimeOffset at, Judge like) => new(like.Snapshot, Volatile.Read(ref _policy)!, at, remember: false);
}
