using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Client.Replication;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client;

/// <summary>
/// Answers in process from a snapshot file, in nanoseconds and without a service. Thread-safe; a new file is verified before it takes
/// the place of the old one, and whoever is reading the old one goes on undisturbed.
/// </summary>
public sealed class LocalReplica
{
    readonly TimeProvider _time;
    HourlyAnswers _answers;

    /// <param name="snapshotPath">Never written in place: replace it by a rename, then call <see cref="Swap(string)"/>.</param>
    /// <param name="policyJson">The policy, as <c>policy.json</c> has it.</param>
    /// <param name="time">Default: the system's.</param>
    /// <exception cref="SnapshotException">The file is no sound snapshot.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The policy is wrong.</exception>
    public LocalReplica(string snapshotPath, ReadOnlySpan<byte> policyJson, TimeProvider? time = null)
        : this(Snapshot.Open(snapshotPath), Policy.Parse(policyJson), time ?? TimeProvider.System)
    {
    }

    internal LocalReplica(Snapshot snapshot, Policy policy, TimeProvider time) =>
        (_time, _answers) = (time, new HourlyAnswers(snapshot, policy, time.GetUtcNow()));

    public string SnapshotId => Volatile.Read(ref _answers).Basis.SnapshotId;

    public string PolicyVersion => Volatile.Read(ref _answers).Basis.PolicyVersion;

    /// <summary>Takes a newer file.</summary>
    /// <exception cref="SnapshotException">The file is no sound snapshot; the replica goes on with the one it has.</exception>
    /// <exception cref="IOException">The file cannot be read; likewise.</exception>
    public void Swap(string snapshotPath) => Swap(Snapshot.Open(snapshotPath), Volatile.Read(ref _answers).Policy);

    /// <summary>Judges an address at the present hour. Allocates nothing once a network was asked for.</summary>
    public IpVerdict Score(Address address) => Current.Score(address);

    /// <summary>The same with everything that led to it, as REST answers.</summary>
    public VerdictResponse Explain(Address address) => Current.Explain(address);

    internal Snapshot Snapshot => Volatile.Read(ref _answers).Snapshot;

    internal Policy Policy => Volatile.Read(ref _answers).Policy;

    internal void Swap(Snapshot snapshot, Policy policy) => Volatile.Write(ref _answers, new HourlyAnswers(snapshot, policy, _time.GetUtcNow()));

    /// <summary>For many answers that are to come from one snapshot and hour.</summary>
    internal HourlyAnswers Current
    {
        get
        {
            var answers = Volatile.Read(ref _answers);
            var now = _time.GetUtcNow();
            if (answers.Holds(now))
            {
                return answers;
            }
            var next = new HourlyAnswers(answers.Snapshot, answers.Policy, now);
            Interlocked.CompareExchange(ref _answers, next, answers); // a swap in between wins
            return next;
        }
    }
}
