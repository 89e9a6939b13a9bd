using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client.Replication;

/// <summary>All answers of one snapshot and policy at one hour. What addresses of a profile have in common is made when first asked for.</summary>
internal sealed class HourlyAnswers
{
    static readonly NetworkFacts NothingKnown = new(null, null, AsnRole.Unknown, null, 0);

    readonly Judge _judge;
    readonly NetworkFacts?[] _facts;

    /// <param name="now">Cut to the whole UTC hour.</param>
    public HourlyAnswers(Snapshot snapshot, Policy policy, DateTimeOffset now)
    {
        _judge = new Judge(snapshot, policy, now);
        _facts = new NetworkFacts?[snapshot.ProfileCount];
        Policy = policy;
        Basis = new AnswerBasis(snapshot.Id, policy.Version, _judge.At, AnswerOrigin.Replica);
    }

    public Snapshot Snapshot => _judge.Snapshot;

    public Policy Policy { get; }

    public AnswerBasis Basis { get; }

    public bool Holds(DateTimeOffset at) => at - Basis.JudgedAt is { Ticks: >= 0 and < TimeSpan.TicksPerHour };

    public IpVerdict Score(Address address)
    {
        var profile = Snapshot.Find(address);
        var scope = SpecialPurpose.ScopeOf(address);
        var isGlobal = scope == AddressScope.Global;
        var facts = profile == 0 ? NothingKnown : isGlobal ? Remembered(profile, !address.IsIPv4) : FactsOf(profile, scope, !address.IsIPv4);
        return new(address, isGlobal ? _judge.VerdictOf(profile, !address.IsIPv4) : Verdict.Special, facts, Basis);
    }

    public VerdictResponse Explain(Address address) => VerdictResponse.From(_judge.Explain(address), _judge);

    // Two threads may both make them: they make the same.
    NetworkFacts Remembered(uint profile, bool isIPv6)
    {
        ref var slot = ref _facts[profile];
        if (Volatile.Read(ref slot) is { } known)
        {
            return known;
        }
        var facts = FactsOf(profile, AddressScope.Global, isIPv6);
        Volatile.Write(ref slot, facts);
        return facts;
    }

    NetworkFacts FactsOf(uint profile, AddressScope scope, bool isIPv6)
    {
        var known = ProfileFacts.Of(_judge, profile, scope, isIPv6);
        var name = known.Asn is { Name.Length: > 0 } named ? named.Name : null;
        var length = Snapshot.ProfileAt(profile).NetworkLength;
        return new(known.Asn?.Asn, name, known.Asn?.Role ?? AsnRole.Unknown, known.Provider, length);
    }
}
