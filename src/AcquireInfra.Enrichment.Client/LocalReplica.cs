using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Client.Replication;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Overriding;
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
    /// <param name="overridesJson">The overrides, as <c>/v1/snapshots/current/overrides</c> gives them. Default: none.</param>
    /// <exception cref="SnapshotException">The file is no sound snapshot.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The policy is wrong, or the overrides are.</exception>
    public LocalReplica(string snapshotPath, ReadOnlySpan<byte> policyJson, TimeProvider? time = null, ReadOnlySpan<byte> overridesJson = default)
        : this(
            Snapshot.Open(snapshotPath), Policy.Parse(policyJson), overridesJson.IsEmpty ? OverrideSet.Empty : OverridesDocument.Parse(overridesJson),
            time ?? TimeProvider.System)
    {
    }

    internal LocalReplica(Snapshot snapshot, Policy policy, OverrideSet overrides, TimeProvider time) =>
        (_time, _answers) = (time, new HourlyAnswers(snapshot, policy, overrides, time.GetUtcNow()));

    public string SnapshotId => Volatile.Read(ref _answers).Basis.SnapshotId;

    public string PolicyVersion => Volatile.Read(ref _answers).Basis.PolicyVersion;

    /// <summary>Of the overrides in force; 0 where there never were any.</summary>
    public long OverridesRevision => Current.Basis.OverridesRevision;

    /// <summary>Takes a newer file.</summary>
    /// <exception cref="SnapshotException">The file is no sound snapshot; the replica goes on with the one it has.</exception>
    /// <exception cref="IOException">The file cannot be read; likewise.</exception>
    public void Swap(string snapshotPath) => Swap(Snapshot.Open(snapshotPath), Policy, Overrides);

    /// <summary>Judges an address at the present hour. Allocates nothing once a network was asked for.</summary>
    public IpVerdict Score(Address address) => Current.Score(address);

    /// <summary>The same with everything that led to it, as REST answers.</summary>
    public VerdictResponse Explain(Address address) => Current.Explain(address);

    internal Snapshot Snapshot => Volatile.Read(ref _answers).Snapshot;

    internal Policy Policy => Volatile.Read(ref _answers).Policy;

    internal OverrideSet Overrides => Volatile.Read(ref _answers).Overrides;

    internal void Swap(Snapshot snapshot, Policy policy, OverrideSet overrides) =>
        Volatile.Write(ref _answers, new HourlyAnswers(snapshot, policy, overrides, _time.GetUtcNow()));

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
            var next = new HourlyAnswers(answers.Snapshot, answers.Policy, answers.Overrides, now);
            Interlocked.CompareExchange(ref _answers, next, answers); // a swap in between wins
            return next;
        }
    }
}
