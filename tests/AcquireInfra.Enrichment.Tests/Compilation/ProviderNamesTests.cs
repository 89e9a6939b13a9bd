using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Compilation;

public sealed class ProviderNamesTests
{
    static readonly ProviderNames Names = new(["NordVPN", "Cloudflare", "Private Internet Access", "Microsoft Azure", "", "nordvpn"]);

    [Theory]
    [InlineData("NORDVPN", "NordVPN")]
    [InlineData("nord-vpn list", "NordVPN")]
    [InlineData("Nord VPN servers", "NordVPN")]
    [InlineData("CloudFlare", "Cloudflare")]
    [InlineData("private_internet_access exit nodes", "Private Internet Access")]
    [InlineData("Microsoft Azure Public", "Microsoft Azure")]
    [InlineData("Azure Public", "Azure Public")] // another name is another provider
    [InlineData("List", "List")]
    [InlineData("Пример", "Пример")]
    [InlineData("", "")]
    [InlineData("--", "--")]
    public void Of_AnySpelling_IsTheKnownOne(string given, string expected) => Assert.Equal(expected, Names.Of(given));

    [Fact]
    public void Compile_FeedThatNamesProviders_HasTheSpellingOfOtherSourcesAndOfItsAliases()
    {
        var feed = TestSources.Source(
            new SourceInfo { Id = "feed", Name = "feed", Family = "feed", Categories = ["vpn"], Covers = ["vpn"], IPv4 = true, Reliability = 0.9, AsOf = TestSources.Day },
            "nord-vpn list,9.1.1.1\nSurf,9.1.1.2\nOwn Brand,9.1.1.3\n",
            new FeedFormat
            {
                Syntax = FeedSyntax.Csv,
                Columns = ["brand", "ip"],
                Prefix = ["ip"],
                Provider = "brand",
                ProviderNames = new Dictionary<string, string> { ["Surf"] = "Surfshark" },
                AllowSpecialPurpose = true,
            });
        var other = TestSources.Prefixes("other", "vpn", "9.9.9.9", info => info with { Provider = "NordVPN" });
        var judge = new Judge(TestSources.Open(feed, other), TestPolicy.Bundled, TestSources.Day);
        Assert.Equal(
            ["NordVPN", "Surfshark", "Own Brand"],
            ((string[])["9.1.1.1", "9.1.1.2", "9.1.1.3"]).Select(ip => judge.Explain(AcquireInfra.Enrichment.Addressing.Address.Parse(ip)).Provider));
    }
}
