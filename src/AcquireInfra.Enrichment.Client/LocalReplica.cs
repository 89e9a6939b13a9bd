using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client;

/// <summary>
/// Answers in process from a snapshot file, in nanoseconds and without a service. Thread-safe; a new file is verified before it takes
/// the place of the old one, and whoever is reading the old one goes on undisturbed.
/// </summary>
public sealed class LocalReplica
{
    readonly Policy _policy;
    readonly TimeProvider _time;
    Judge _judge;

    /// <param name="snapshotPath">Never written in place: replace it by a rename, then call <see cref="Swap"/>.</param>
    /// <param name="policyJson">The policy, as <c>policy.json</c> has it.</param>
    /// <exception cref="SnapshotException">The file is no sound snapshot.</exception>
    /// <exception cref="FormatException">The policy is wrong.</exception>
    public LocalReplica(string snapshotPath, ReadOnlySpan<byte> policyJson, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _policy = Policy.Parse(policyJson);
        _judge = new Judge(Snapshot.Open(snapshotPath), _policy, _time.GetUtcNow());
    }

    public string SnapshotId => Volatile.Read(ref _judge).Snapshot.Id;

    /// <summary>Takes a newer file.</summary>
    /// <exception cref="SnapshotException">The file is no sound snapshot; the replica goes on with the one it has.</exception>
    public void Swap(string snapshotPath) => Volatile.Write(ref _judge, new Judge(Snapshot.Open(snapshotPath), _policy, _time.GetUtcNow()));

    /// <summary>Judges an address at the present hour.</summary>
    public Verdict VerdictOf(Address address) => Current.VerdictOf(address);

    /// <summary>The same with everything that led to it.</summary>
    public VerdictReport Explain(Address address) => Current.Explain(address);

    Judge Current
    {
        get
        {
            var judge = Volatile.Read(ref _judge);
            var now = _time.GetUtcNow();
            if (now - judge.At is { Ticks: >= 0 and < TimeSpan.TicksPerHour })
            {
                return judge;
            }
            var next = judge.AtTime(now, remember: true);
            Interlocked.CompareExchange(ref _judge, next, judge); // a swap in between wins
            return next;
        }
    }
}
