using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Overriding;
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
    /// <param name="overrides">As they were given; what has expired by now is not in force.</param>
    public HourlyAnswers(Snapshot snapshot, Policy policy, OverrideSet overrides, DateTimeOffset now)
    {
        _judge = new Judge(snapshot, policy, now, overrides: overrides.At(now));
        _facts = new NetworkFacts?[snapshot.ProfileCount];
        Policy = policy;
        Basis = new AnswerBasis(snapshot.Id, policy.Version, _judge.At, AnswerOrigin.Replica) { OverridesRevision = Overrides.Revision };
    }

    public Snapshot Snapshot => _judge.Snapshot;

    public Policy Policy { get; }

    public OverrideSet Overrides => _judge.Overrides;

    public AnswerBasis Basis { get; }

    public bool Holds(DateTimeOffset at) => at - Basis.JudgedAt is { Ticks: >= 0 and < TimeSpan.TicksPerHour } && !(Overrides.NextExpiryAt <= at);

    public IpVerdict Score(Address address)
    {
        var profile = Snapshot.Find(address);
        var scope = SpecialPurpose.ScopeOf(address);
        var isGlobal = scope == AddressScope.Global;
        var match = isGlobal ? _judge.MatchOf(address, profile) : null;
        if (match is not null)
        {
            return Overridden(address, profile, match);
        }
        var facts = profile == 0 ? NothingKnown : isGlobal ? Remembered(profile, !address.IsIPv4) : FactsOf(profile, scope, !address.IsIPv4);
        return new(address, isGlobal ? _judge.VerdictOf(profile, !address.IsIPv4) : Verdict.Special, facts, Basis);
    }

    IpVerdict Overridden(Address address, uint profile, OverrideMatch match)
    {
        var (verdict, points) = _judge.Overridden(profile, !address.IsIPv4, match);
        var facts = profile == 0 ? NothingKnown : Remembered(profile, !address.IsIPv4);
        return new(address, verdict, facts, Basis) { Override = OverrideResponse.From(new(match, points)) };
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
