using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// The judge of the live snapshot at the present hour, made anew when either changes. A request takes it once, so that all it answers
/// comes from one snapshot and one hour.
/// </summary>
internal sealed class JudgeProvider(SnapshotHolder snapshots, TimeProvider time)
{
    readonly Lock _making = new();
    Policy? _policy;
    Judge? _current;

    public void UsePolicy(Policy policy) => Volatile.Write(ref _policy, policy);

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
            return current?.IsFor(snapshot, policy, now) == true ? current : Make(snapshot, policy, now);
        }
    }

    // One thread makes it and the others wait: at the hour, every request would allocate its own.
    Judge Make(Snapshot snapshot, Policy policy, DateTimeOffset now)
    {
        lock (_making)
        {
            if (_current?.IsFor(snapshot, policy, now) != true)
            {
                Volatile.Write(ref _current, new Judge(snapshot, policy, now));
            }
            return _current!;
        }
    }
}
