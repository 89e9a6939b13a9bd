using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What a verdict says of every address of a profile and scope alike: all of it but the evidence.</summary>
/// <param name="Provider">Brand of the closest evidence, else of the ASN's operator; null where none is known.</param>
/// <param name="Categories">Categories the addresses are in, the telling ones first.</param>
/// <param name="Override">What overrides did to the verdict; null where none touches it.</param>
public sealed record ProfileFacts(
    Verdict Verdict, AsnInfo? Asn, string? Provider, IReadOnlyList<Category> Categories, AppliedOverride? Override = null)
{
    /// <summary>Whether an override blocks the addresses, in whatever categories they are.</summary>
    public bool IsBlocked => Override?.Match.IsBlock == true;

    /// <summary>Whether lists of what is known say anything of them.</summary>
    public bool IsListed => Categories.Count > 0 || IsBlocked;

    /// <param name="isIPv6">Family of the addresses; only profile 0, where nothing is known, does not tell.</param>
    /// <param name="match">The overrides that act on the addresses meant; null for what the sources say alone.</param>
    public static ProfileFacts Of(Judge judge, uint profile, AddressScope scope, bool isIPv6, OverrideMatch? match = null)
    {
        var known = judge.Snapshot.ProfileAt(profile);
        var asn = judge.AsnOf(known);
        if (scope != AddressScope.Global)
        {
            return new(Verdict.Special, asn, null, []);
        }
        var verdict = judge.VerdictOf(profile, isIPv6);
        var brand = judge.Snapshot.Text(judge.ProviderOf(known.Word, verdict.Present));
        AppliedOverride? applied = null;
        if (match is not null)
        {
            (verdict, var points) = judge.Overridden(profile, isIPv6, match);
            applied = new(match, points);
        }
        var categories = judge.Policy.Order.Where(category => verdict.Present.Has(category)).ToList();
        return new(verdict, asn, brand.Length > 0 ? brand : null, categories, applied);
    }
}

/// <summary>Overrides that act on a verdict, and what they add to it.</summary>
/// <param name="Points">Of the score, beyond those of the evidence: what a block lifts it by.</param>
public sealed record AppliedOverride(OverrideMatch Match, int Points);
