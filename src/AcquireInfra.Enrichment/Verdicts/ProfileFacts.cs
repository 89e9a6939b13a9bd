using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What a verdict says of every address of a profile and scope alike: all of it but the evidence.</summary>
/// <param name="Provider">Brand of the closest evidence, else of the ASN's operator; null where none is known.</param>
/// <param name="Categories">Categories the addresses are in, the telling ones first.</param>
public sealed record ProfileFacts(Verdict Verdict, AsnInfo? Asn, string? Provider, IReadOnlyList<Category> Categories)
{
    /// <param name="isIPv6">Family of the addresses; only profile 0, where nothing is known, does not tell.</param>
    public static ProfileFacts Of(Judge judge, uint profile, AddressScope scope, bool isIPv6)
    {
        var known = judge.Snapshot.ProfileAt(profile);
        var asn = judge.AsnOf(known);
        if (scope != AddressScope.Global)
        {
            return new(Verdict.Special, asn, null, []);
        }
        var verdict = judge.VerdictOf(profile, isIPv6);
        var brand = judge.Snapshot.Text(judge.ProviderOf(known.Word, verdict.Present));
        var categories = judge.Policy.Order.Where(category => verdict.Present.Has(category)).ToList();
        return new(verdict, asn, brand.Length > 0 ? brand : null, categories);
    }
}
