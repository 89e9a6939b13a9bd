using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// The judge of the live snapshot at the present hour under the overrides in force, made anew when any of them changes. A request takes it
/// once, so that all it answers comes from one snapshot, one hour and one set of overrides.
/// </summary>
internal sealed class JudgeProvider(SnapshotHolder snapshots, PastJudges past, TimeProvider time, OverrideStore? overrides = null)
{
    readonly Lock _making = new();
    ReadPolicy? _policy;
    Judge? _current;

    /// <summary>Judges by another policy from now on, and announces that.</summary>
    /// <exception cref="FormatException">The JSON is no policy; the one before goes on.</exception>
    public void UsePolicy(byte[] json)
    {
        Volatile.Write(ref _policy, new(Policy.Parse(json), json));
        snapshots.Announce();
    }

    /// <summary>The policy as it was read, byte by byte; null until there is one.</summary>
    public byte[]? PolicyJson => Volatile.Read(ref _policy)?.Json;

    /// <summary>The judge of a snapshot that is not live, at the present hour.</summary>
    /// <exception cref="InvalidOperationException">There is no policy yet.</exception>
    public Judge Of(Snapshot snapshot) => new(
        snapshot, Volatile.Read(ref _policy)?.Policy ?? throw new InvalidOperationException("No policy was read."), time.GetUtcNow(), remember: false);

    /// <summary>Null until there is a snapshot.</summary>
    public Judge? Current
    {
        get
        {
            if (snapshots.Current is not { } snapshot || Volatile.Read(ref _policy)?.Policy is not { } policy)
            {
                return null;
            }
            var now = time.GetUtcNow();
            var current = Volatile.Read(ref _current);
            var inForce = overrides?.Current ?? OverrideSet.Empty;
            return current?.IsFor(snapshot, policy, inForce, now) == true ? current : Make(snapshot, policy, inForce, now);
        }
    }

    // One thread makes it and the others wait: at the hour, every request would allocate its own.
    Judge Make(Snapshot snapshot, Policy policy, OverrideSet inForce, DateTimeOffset now)
    {
        lock (_making)
        {
            if (_current?.IsFor(snapshot, policy, inForce, now) != true)
            {
                var same = _current?.IsFor(snapshot, policy, now) == true ? _current : null;
                Volatile.Write(ref _current, same?.With(inForce) ?? new Judge(snapshot, policy, now, overrides: inForce) { History = past.Near });
            }
            return _current!;
        }
    }

    sealed record ReadPolicy(Policy Policy, byte[] Json);
}
