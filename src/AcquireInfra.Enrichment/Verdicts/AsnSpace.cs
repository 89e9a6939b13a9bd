using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>An ASN's global space as a judge sees it.</summary>
/// <param name="MaxScore">The highest score in it; null where it has none.</param>
public sealed record AsnSpace(FamilySpace IPv4, FamilySpace IPv6, int? MaxScore)
{
    public static AsnSpace Of(Judge judge, AddressSpace space, Asn asn)
    {
        int? highest = null;
        var (total, parts) = (new UInt128[2], new UInt128[2, Categories.Count]);
        foreach (var (profile, isIPv6, addresses) in space.Of(asn).Where(part => part.Addresses > 0))
        {
            var verdict = judge.VerdictOf(profile, isIPv6);
            var family = isIPv6 ? 1 : 0;
            highest = Math.Max(highest ?? 0, verdict.Score);
            total[family] += addresses;
            foreach (var category in verdict.Present.Members())
            {
                parts[family, (int)category] += addresses;
            }
        }
        ulong[] Column(int family, int hostBits) => [.. Enumerable.Range(0, Categories.Count).Select(at => (ulong)(parts[family, at] >> hostBits))];
        return new(new((ulong)total[0], Column(0, 0)), new((ulong)(total[1] >> 64), Column(1, 64)), highest);
    }
}

/// <summary>Space of one family: IPv4 in addresses, IPv6 in /64 networks, where what is smaller adds up before it is cut to whole ones.</summary>
/// <param name="ByCategory">The part of it in each category, by the category's number.</param>
public sealed record FamilySpace(ulong Total, IReadOnlyList<ulong> ByCategory)
{
    /// <summary>0..1; null where there is no space to share.</summary>
    public double? ShareOf(Category category) => Total == 0 ? null : (double)ByCategory[(int)category] / Total;

    /// <summary>The categories that some of it is in.</summary>
    public IEnumerable<Category> Present => Enumerable.Range(0, Categories.Count).Where(at => ByCategory[at] > 0).Select(at => (Category)at);
}
