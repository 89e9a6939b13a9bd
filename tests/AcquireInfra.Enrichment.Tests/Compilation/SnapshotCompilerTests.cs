using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Compilation;

public sealed class SnapshotCompilerTests
{
    const string Table = """
        192.0.2.0,192.0.2.255,64500,Example Hosting
        198.51.100.0,198.51.100.130,64501,"Example ""Net"", Ltd"
        2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64500,Example Hosting
        """;

    static readonly CompilerSource[] Sources =
    [
        TestSources.AsnTable(Table),
        TestSources.Roles("64500,hosting,Example,certain,\n64502,transit,Carrier,certain,\n"),
        TestSources.Prefixes("vpns", "vpn", "192.0.2.64/26\n192.0.2.77\n203.0.113.0/24\n2001:db8:1::/48\n"),
        TestSources.Prefixes("tor", "tor", "192.0.2.77\n"),
        TestSources.Asns("listed", "hosting", "AS64501\nAS64502\nAS64999\n"),
    ];

    [Fact]
    public void Compile_Twice_GivesEqualBytes() => Assert.Equal(TestSources.Compile(Sources), TestSources.Compile(Sources));

    [Fact]
    public void Compile_SourcesInAnotherOrder_GivesEqualBytes() =>
        Assert.Equal(TestSources.Compile(Sources), TestSources.Compile([.. Sources.Reverse()]));

    [Theory]
    [InlineData("192.0.2.1", 64500u, 24, "")]
    [InlineData("192.0.2.64", 64500u, 24, "vpn:192.0.2.64/26")]
    [InlineData("192.0.2.77", 64500u, 24, "tor:192.0.2.77/32 vpn:192.0.2.77/32")]  // the wider claim of the same source says no more
    [InlineData("192.0.2.127", 64500u, 24, "vpn:192.0.2.64/26")]
    [InlineData("192.0.2.128", 64500u, 24, "")]
    [InlineData("198.51.100.128", 64501u, 31, "")]                                // a range of one /25, one /31 and one address
    [InlineData("198.51.100.130", 64501u, 32, "")]
    [InlineData("198.51.100.131", 0u, 0, "")]                                     // first after the range
    [InlineData("203.0.113.9", 0u, 24, "vpn:203.0.113.0/24")]                     // claimed, but announced by nobody
    [InlineData("2001:db8:1::9", 64500u, 32, "vpn:2001:db8:1::/48")]
    [InlineData("2001:db8:2::9", 64500u, 32, "")]
    [InlineData("2001:db9::", 0u, 0, "")]
    public void Find_Address_GivesAsnNetworkAndClaims(string text, uint asn, int networkLength, string claims)
    {
        var snapshot = TestSources.Open(Sources);
        var address = Address.Parse(text);
        var profile = snapshot.ProfileAt(snapshot.Find(address));
        Assert.Equal(asn, snapshot.AsnOf(profile)?.Asn.Number ?? 0);
        Assert.Equal(networkLength, profile.NetworkLength);
        Assert.Equal(claims, string.Join(' ', ClaimsOnPrefixes(snapshot, profile, address).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Open_AsnOfTheRolesAlone_IsKnownByNumber()
    {
        var snapshot = TestSources.Open(Sources);
        Assert.Equal(new AsnInfo(new Asn(64502), "", "Carrier", AsnRole.Transit, RoleBasis.Certain), snapshot.AsnOf(new Asn(64502)));
        Assert.Equal(new AsnInfo(new Asn(64501), "Example \"Net\", Ltd", "", AsnRole.Unknown, RoleBasis.None), snapshot.AsnOf(new Asn(64501)));
        Assert.Null(snapshot.AsnOf(new Asn(64510)));
    }

    [Theory, InlineData(1, false), InlineData(2, false), InlineData(3, true), InlineData(4, true)]
    public void Find_RandomClaims_AreThoseThatAPlainScanFinds(int seed, bool isIPv6)
    {
        var random = new Random(seed);
        string[] categories = ["hosting", "vpn", "proxy", "tor"];
        var lists = categories.Select(category => (category, Prefixes: RandomPrefixes.Distinct(random, 300, isIPv6))).ToList();
        var snapshot = TestSources.Open([.. lists.Select(list => TestSources.Prefixes(list.category, list.category, string.Join('\n', list.Prefixes)))]);
        var all = lists.SelectMany(list => list.Prefixes).ToList();
        var claimed = 0;
        for (var probe = 0; probe < 3_000; probe++)
        {
            var address = RandomPrefixes.Near(random, all, isIPv6);
            var expected = lists
                .Select(list => (list.category, Longest: list.Prefixes.Where(prefix => prefix.Contains(address)).OrderByDescending(prefix => prefix.Length).FirstOrDefault()))
                .Where(pair => pair.Longest != default || lists.First(list => list.category == pair.category).Prefixes.Any(prefix => prefix == default && prefix.Contains(address)))
                .Select(pair => $"{pair.category}:{pair.Longest}").Order(StringComparer.Ordinal);
            var found = ClaimsOnPrefixes(snapshot, snapshot.ProfileAt(snapshot.Find(address)), address).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(expected, found);
            claimed += found.Count;
        }
        Assert.True(claimed > 1_000, $"only {claimed} claims met: the test would pass on an empty snapshot");
    }

    [Fact]
    public void Compile_TwoTablesOrOneIdTwice_Refused()
    {
        Assert.Throws<SourcesException>(() => TestSources.Compile(
            TestSources.AsnTable(Table), TestSources.AsnTable(Table) with { Info = TestSources.AsnTable(Table).Info with { Id = "another" } }));
        Assert.Throws<SourcesException>(() => TestSources.Compile(
            TestSources.Prefixes("one", "vpn", "192.0.2.1"), TestSources.Prefixes("one", "tor", "192.0.2.1")));
    }

    [Fact]
    public void Compile_Nothing_AnswersNothing()
    {
        var snapshot = TestSources.Open();
        Assert.Equal(0u, snapshot.Find(Address.Parse("192.0.2.1")));
        Assert.Equal(0u, snapshot.Find(Address.Parse("2001:db8::1")));
        Assert.True(snapshot.ProfileAt(0).IsEmpty);
    }

    static List<string> ClaimsOnPrefixes(Snapshot snapshot, Profile profile, Address address)
    {
        var claims = new List<string>();
        foreach (var index in snapshot.ClaimsOf(profile.Word).OnPrefixes)
        {
            var claim = snapshot.ClaimAt(index);
            claims.Add($"{((Category)claim.Category).Word()}:{Prefix.Create(address, claim.PrefixLength)}");
        }
        GC.KeepAlive(snapshot);
        return claims;
    }
}
