using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>Evidence that is not in the snapshot joins the same formula: its families count beside those of the snapshot, or with them.</summary>
public sealed partial class Judge
{
    /// <summary>The verdict on one address with what was found out beyond the snapshot.</summary>
    /// <returns>With the points that a block adds to those of the evidence.</returns>
    internal (Verdict Verdict, int Points) VerdictWith(LiveFindings live, uint profile, bool isIPv6, OverrideMatch? match)
    {
        Span<double> probabilities = stackalloc double[Categories.Count];
        var word = Snapshot.ProfileAt(profile).Word;
        var freshness = Combine(word, live, probabilities);
        var evidence = Compute(probabilities, freshness, AssessedOf(word, isIPv6) | live.Covered);
        return match is null ? (evidence, 0) : Overridden(evidence, probabilities, match);
    }

    /// <summary>What is left of evidence in the network of the address; as of a prefix there.</summary>
    internal double StrengthOf(ProfileWord profile, LiveEvidence evidence) => evidence.Strength
        * (RoleOf(profile) == AsnRole.Access && !evidence.Source.Authoritative ? _policy.InAccess(evidence.Category) : 1);

    /// <summary>p of every category, as <see cref="Combine(ProfileWord, Span{double})"/> has it, with live evidence. Not for bulk: it allocates.</summary>
    internal double Combine(ProfileWord profile, LiveFindings live, Span<double> probabilities)
    {
        var claims = ClaimsOf(profile);
        var strongest = new Dictionary<(byte Category, string Family), (double Strength, double Decay)>();
        foreach (var index in (uint[])[.. claims.OnPrefixes, .. claims.OnAsn])
        {
            var claim = Snapshot.ClaimAt(index);
            var (strength, decay) = _weights.At((int)index, claim);
            Add((claim.Category, Snapshot.Sources[claim.Source].Family), (strength * FactorIn(profile, claim), decay));
        }
        foreach (var evidence in live.Evidence)
        {
            Add(((byte)evidence.Category, evidence.Source.Family), (StrengthOf(profile, evidence), 1));
        }
        GC.KeepAlive(Snapshot);
        probabilities.Clear();
        var freshness = default(Freshness);
        foreach (var ((category, _), best) in strongest)
        {
            probabilities[category] = 1 - (1 - probabilities[category]) * (1 - best.Strength);
            freshness.Add(best);
        }
        return freshness.Value;

        void Add((byte, string) key, (double Strength, double Decay) one) =>
            strongest[key] = strongest.TryGetValue(key, out var other) ? Stronger(other, one) : one;
    }
}
