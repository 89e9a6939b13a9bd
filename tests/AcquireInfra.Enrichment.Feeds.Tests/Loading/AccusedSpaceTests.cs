using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

/// <summary>How much of the space of large networks is accused: their customers are almost all innocent. Real ASNs, because they are the point.</summary>
public sealed class AccusedSpaceTests(BundledSnapshot bundled) : IClassFixture<BundledSnapshot>
{
    static readonly CategorySet Accusing = CategorySet.Of(Category.Hosting, Category.Vpn, Category.Proxy, Category.Tor, Category.Bulletproof);

    // Lumen, Arelion, NTT, PCCW, Tata, Zayo, Sparkle, Orange, GTT, Cogent, Vodafone (C&W), Telstra, RETN, Telxius, SingTel, Verizon, AT&T's and Sprint's
    static readonly uint[] Carriers =
        [174, 209, 1239, 1273, 1299, 2149, 2828, 2914, 3257, 3303, 3356, 3491, 3549, 4323, 4637, 5511, 6453, 6461, 6762, 7473, 9002, 12956];

    [Fact]
    public void BundledData_LargeNetworks_AreHardlyAccused() => AssertHardlyAccused(bundled.Judge);

    [Fact]
    [Trait("Needs", "feeds")]
    public void AllFeeds_LargeNetworks_AreHardlyAccused() =>
        AssertHardlyAccused(new Judge(PublicFeeds.Snapshot, new DataFolder(Repository.Data).ReadPolicy(), PublicFeeds.Day));

    // Measured with all feeds: 0.028 % of the access networks' IPv4 space and 0.091 % of the carriers', most of it DROP. Bundled data: nothing.
    static void AssertHardlyAccused(Judge judge)
    {
        var space = new AddressSpace(judge.Snapshot);
        Assert.All((bool[])[false, true], isIPv6 =>
        {
            Assert.InRange(AccusedShareOf(judge, space, LargeAccessNetworks.Asns, isIPv6), 0, 0.0005);
            Assert.InRange(AccusedShareOf(judge, space, Carriers, isIPv6), 0, 0.006);
        });
    }

    static double AccusedShareOf(Judge judge, AddressSpace space, uint[] asns, bool isIPv6)
    {
        var (all, accused) = (0.0, 0.0);
        foreach (var part in asns.SelectMany(asn => space.Of(new Asn(asn))).Where(part => part.IsIPv6 == isIPv6))
        {
            all += (double)part.Addresses;
            accused += (judge.VerdictOf(part.Profile, isIPv6).Present & Accusing).IsEmpty ? 0 : (double)part.Addresses;
        }
        return accused / all;
    }
}
