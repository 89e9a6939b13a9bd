using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Tests.Manifest;

/// <summary>What the shipped manifest says of sources of which no copy is at hand: a few lines as each publisher writes them.</summary>
public sealed class ShippedSourcesTests
{
    static readonly SourceManifest Shipped = DataFolder.ReadManifest(Path.Combine(Repository.Data, "sources.json")).Manifest;

    public static TheoryData<string, string, string[]> Samples => new()
    {
        {
            "asn-table",
            "0.0.0.0\t0.255.255.255\t0\tNone\tNot routed\n9.0.0.0\t9.0.0.255\t64500\tUS\tEXAMPLE # 1, \"Inc\"\n28.0.0.0\t29.255.255.255\t749\tUS\tDNIC-AS-00749\n2002::\t2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff\t6939\tUS\tHE\n",
            ["9.0.0.0/24", "28.0.0.0/7", "2002::/16"]
        },
        { "tor-bulk-exits", "9.1.1.1\n9.1.1.2\n", ["9.1.1.1/32", "9.1.1.2/32"] },
        {
            "tor-onionoo",
            """{"version":"8.0","relays_published":"2026-11-24 12:00:00","relays":[{"or_addresses":["9.1.1.1:443","[2a00::1]:443"],"exit_addresses":["9.1.1.2"],"flags":["Exit"]},{"or_addresses":["9.1.1.3:9001"]}],"bridges":[]}""",
            ["9.1.1.1/32", "2a00::1/128", "9.1.1.2/32", "9.1.1.3/32"]
        },
        { "icloud-private-relay", "9.1.1.0/31,US,US-CA,Los Angeles,\n2a00:1::/64,GB,GB-EN,London,\n", ["9.1.1.0/31", "2a00:1::/64"] },
        { "digitalocean", "9.1.1.0/24,US,US-NY,New York,10001\n", ["9.1.1.0/24"] },
        { "linode", "# updated: 2026-11-24\n9.1.1.0/24,US,US-NJ,Newark,\n", ["9.1.1.0/24"] },
        { "bunny", """["9.1.1.1","2a00::1"]""", ["9.1.1.1/32", "2a00::1/128"] },
        {
            "spamhaus-drop-v6",
            """
            {"cidr":"2a00::/32","sblid":"SBL1","rir":"ripencc"}
            {"type":"metadata","timestamp":1787415242,"size":1,"records":1}
            """,
            ["2a00::/32"]
        },
        { "bingbot", """{"creationTime":"2026-11-24T10:00:00.121331","prefixes":[{"ipv4Prefix":"9.1.1.0/28"},{"ipv6Prefix":"2a00::/64"}]}""", ["9.1.1.0/28", "2a00::/64"] },
        { "gptbot", """{"creationTime":"2026-11-24T10:00:00.000000","prefixes":[{"ipv4Prefix":"9.1.1.0/28"}]}""", ["9.1.1.0/28"] },
        { "mullvad-api", """[{"hostname":"a","ipv4_addr_in":"9.1.1.1","ipv6_addr_in":"2a00::1"}]""", ["9.1.1.1/32", "2a00::1/128"] },
        { "nordvpn-api", """[{"station":"9.1.1.1","ips":[{"ip":{"ip":"9.1.1.2"}}]}]""", ["9.1.1.1/32", "9.1.1.2/32"] },
        { "protonvpn-api", """{"LogicalServers":[{"Servers":[{"EntryIP":"9.1.1.1","ExitIP":"9.1.1.2"}]}]}""", ["9.1.1.1/32", "9.1.1.2/32"] },
    };

    [Theory, MemberData(nameof(Samples))]
    public void Format_Sample_GivesItsEntries(string id, string sample, string[] entries)
    {
        var source = Shipped.Sources.Single(source => source.Id == id);
        using var folder = new TemporaryFolder();
        LocatedSource located = new(source with { Format = source.FetchedFormat }, [folder.Write("sample", sample)]);
        var loaded = SourceLoader.Load([located], FeedLimits.Default, folder.Path, new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero), TestContext.Current.CancellationToken);
        var content = loaded.Files[0].Content;
        Assert.Equal(entries, content.Entries.ToArray().Select(entry => entry.Prefix.ToString()));
        Assert.Equal(0, content.FaultCount);
    }

    [Theory]
    [InlineData("asn-table", true), InlineData("x4bnet-datacenter", true), InlineData("x4bnet-vpn", true), InlineData("aws", true), InlineData("google-cloud", true)]
    [InlineData("azure", true), InlineData("oracle", true), InlineData("digitalocean", true), InlineData("linode", true), InlineData("vultr", true)]
    [InlineData("cloudflare", true), InlineData("fastly", true), InlineData("bunny", true), InlineData("tor-bulk-exits", true), InlineData("tor-onionoo", true)]
    [InlineData("icloud-private-relay", true), InlineData("spamhaus-drop-v4", true), InlineData("spamhaus-drop-v6", true), InlineData("spamhaus-asndrop", true)]
    [InlineData("googlebot", true), InlineData("bingbot", true), InlineData("gptbot", true), InlineData("misp-zscaler", true), InlineData("misp-censys-scanning", true)]
    [InlineData("tn3w-protonvpn", true), InlineData("tn3w-windscribe", true), InlineData("tn3w-tunnelbear", true)]
    [InlineData("monosans-proxies", false), InlineData("avastel-8days", false), InlineData("ipsum", false), InlineData("brianhama-bad-asns", false)]
    [InlineData("geolite2-asn", false), InlineData("dbip-asn-lite", false), InlineData("ipinfo-lite", false), InlineData("bgptools-vpn", false), InlineData("mullvad-api", false)]
    public void Enabled_ByDefault_IsAsRecommended(string id, bool enabled) => Assert.Equal(enabled, Shipped.Sources.Single(source => source.Id == id).Enabled);

    // Never as published: carriers and access networks are in it.
    [Fact]
    public void Sources_AListOfCarriers_IsNotAmongThem() => Assert.DoesNotContain(Shipped.Sources, source => source.Id.Contains("bountyyfi", StringComparison.Ordinal));

    [Fact]
    public void Urls_All_ArePublicAndAskedSeldomEnough() => Assert.All(Shipped.Sources.Where(source => source.Urls.Count > 0), source =>
    {
        Assert.All(source.Urls, url => Assert.Equal(Uri.UriSchemeHttps, new Uri(url.Url).Scheme));
        Assert.True(source.RefreshInterval >= TimeSpan.FromHours(1), source.Id);
        Assert.False(string.IsNullOrWhiteSpace(source.Licence));
    });

    // An archive of MaxMind's: one folder, named by the day.
    [Fact]
    public void Member_OfGeoLite_IsTheDatabaseInItsFolder()
    {
        var geolite = Shipped.Sources.Single(source => source.Id == "geolite2-asn");
        Assert.Equal(("GeoLite2-ASN.mmdb", CredentialScheme.Basic, TimeSpan.FromDays(30), false, SourceKind.AsnTable),
            (geolite.Urls[0].Member, geolite.Credentials!.Scheme, geolite.MaxRetention!.Value, geolite.Exportable, geolite.Kind));
    }
}
