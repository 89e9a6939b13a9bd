using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Verdicts;

/// <summary>
/// Numbers worked out by hand from the bundled policy. Addresses are global ones that stand for documentation space, which is never
/// judged: 9.0.0.0/8 and 2a0f::/16 have no meaning here.
/// </summary>
public sealed class JudgeTests
{
    static readonly DateTimeOffset Day = TestSources.Day;

    const string Table = "9.1.0.0,9.1.255.255,64500,Hoster\n9.2.0.0,9.2.255.255,64501,Carrier\n9.3.0.0,9.3.255.255,64502,Line\n9.4.0.0,9.4.255.255,64503,Nobody\n";
    const string Roles = "64500,hosting,BrandHost,certain,\n64501,transit,,certain,\n64502,access,BrandLine,knowledge,\n";

    [Fact]
    public void Judge_RoleAlone_CountsBySpecificityAndBasis()
    {
        var report = Explain("9.1.2.3", TestSources.AsnTable(Table), TestSources.Roles(Roles));
        // 0.95 × 1.00 × 0.90 = 0.855; 100 · 0.25 · 0.855 = 21.4
        Assert.Equal((21, RiskLevel.Low, VerdictKind.Hosting), (report.Verdict.Score, report.Verdict.Level, report.Verdict.Kind));
        Assert.Equal("BrandHost", report.Provider);
        Assert.Equal("9.1.0.0/16", report.Network.ToString());
    }

    [Fact]
    public void Judge_PrefixEvidence_CountsBySpecificityOfItsLength()
    {
        // vpn: 0.9 × 0.95 (a /24) = 0.855; 100 · 0.45 · 0.855 = 38.5
        var report = Explain("9.4.1.1", TestSources.AsnTable(Table), TestSources.Prefixes("vpns", "vpn", "9.4.1.0/24"));
        Assert.Equal((38, RiskLevel.Medium, VerdictKind.Anonymizer), (report.Verdict.Score, report.Verdict.Level, report.Verdict.Kind));
        var evidence = Assert.Single(Assert.Single(report.Points).Evidence);
        Assert.Equal(("vpns", "9.4.1.0/24", 0.855), (evidence.Source.Id, evidence.Prefix.ToString(), Math.Round(evidence.Strength, 6)));
    }

    [Theory]
    [InlineData("9.4.0.0/16", 0.80)]
    [InlineData("9.4.1.0/24", 0.95)]
    [InlineData("9.4.1.0/28", 1.00)]
    [InlineData("9.0.0.0/8", 0.60)]
    public void Judge_Specificity_FollowsThePolicy(string prefix, double factor)
    {
        var report = Explain("9.4.1.1", TestSources.Prefixes("vpns", "vpn", prefix));
        Assert.Equal(Math.Round(0.9 * factor, 6), Math.Round(report.Points[0].Evidence[0].Strength, 6));
    }

    [Fact]
    public void Judge_AuthoritativeSource_IgnoresPrefixLength()
    {
        var report = Explain("9.4.1.1", TestSources.Prefixes("drop", "bulletproof", "9.0.0.0/8", info => info with { Authoritative = true }));
        Assert.Equal(0.9, report.Points[0].Evidence[0].Strength, 6);
        Assert.Equal(VerdictKind.HostileInfrastructure, report.Verdict.Kind);
    }

    // Hold-off 7 days, half-life 14: as the policy has it for vpn.
    [Theory]
    [InlineData(0, 0.9)]
    [InlineData(7, 0.9)]
    [InlineData(21, 0.45)]
    [InlineData(35, 0.225)]
    public void Judge_Age_HalvesAfterTheHoldOff(int days, double strength)
    {
        var report = ExplainAt("9.4.1.1", Day.AddDays(days), TestSources.Prefixes("vpns", "vpn", "9.4.1.1"));
        Assert.Equal(strength, report.Points[0].Evidence[0].Strength, 3);
    }

    [Fact]
    public void Judge_BeforeTheDataWasMade_CountsInFull() =>
        Assert.Equal(0.9, ExplainAt("9.4.1.1", Day.AddDays(-400), TestSources.Prefixes("vpns", "vpn", "9.4.1.1")).Points[0].Evidence[0].Strength, 6);

    [Fact]
    public void Judge_TwoFamilies_AddUpAndOneFamilyDoesNot()
    {
        var one = Explain("9.4.1.1", TestSources.Prefixes("a", "vpn", "9.4.1.1"));
        var copy = Explain("9.4.1.1", TestSources.Prefixes("a", "vpn", "9.4.1.1"), TestSources.Prefixes("b", "vpn", "9.4.1.1", info => info with { Family = "a" }));
        var independent = Explain("9.4.1.1", TestSources.Prefixes("a", "vpn", "9.4.1.1"), TestSources.Prefixes("b", "vpn", "9.4.1.1"));
        Assert.Equal(one.Verdict.RawScore, copy.Verdict.RawScore);
        Assert.Equal(2, copy.Points[0].Evidence.Count); // shown, though it adds nothing
        Assert.Equal(0.99, independent.Points[0].Probability, 6); // 1 - 0.1 × 0.1
    }

    [Theory, InlineData("9.2.1.1"), InlineData("9.3.1.1")]
    public void Judge_AsnListAtCarrierOrAccessNetwork_ScoresNothingAndIsShown(string address)
    {
        var report = Explain(address, TestSources.AsnTable(Table), TestSources.Roles(Roles), TestSources.Asns("seed", "hosting", "AS64501\nAS64502"));
        Assert.Equal((0, 0), (report.Verdict.Score, report.Verdict.RawScore));
        Assert.Equal(false, report.Verdict.Is(Category.Hosting));
        Assert.Equal(0, report.Points.Single(row => row.Category == Category.Hosting).Evidence[0].Strength);
    }

    // A telecom by its name alone may be a network of ASN-DROP: the guess silences lists, and not an authoritative source.
    [Theory]
    [InlineData("inferred", true, true)]
    [InlineData("inferred", false, false)]
    [InlineData("name", true, false)]
    public void Judge_AsnListAtAccessNetwork_CountsWhereTheRoleIsAGuessAndTheSourceAuthoritative(string basis, bool isAuthoritative, bool counts)
    {
        var drop = TestSources.Asns("drop", "bulletproof", "AS64502", info => info with { Authoritative = isAuthoritative });
        var report = Explain("9.3.1.1", TestSources.AsnTable(Table), TestSources.Roles($"64502,access,,{basis},\n"), drop);
        Assert.Equal(counts, report.Verdict.Is(Category.Bulletproof));
        Assert.Equal(counts, report.Verdict.Score > 0);
        Assert.Equal(counts, report.Points.Single(row => row.Category == Category.Bulletproof).Evidence[0].Strength > 0);
    }

    // 0.95 × 0.50 × 0.50: a guess is still present, and the weakest of all bases.
    [Fact]
    public void Judge_InferredRole_IsPresentAndWeakest()
    {
        var report = Explain("9.1.2.3", TestSources.AsnTable(Table), TestSources.Roles("64500,hosting,,inferred,cloud\n"));
        Assert.Equal((VerdictKind.Hosting, 6), (report.Verdict.Kind, report.Verdict.Score));
        Assert.Equal(0.2375, report.Points[0].Evidence[0].Strength, 6);
    }

    [Fact]
    public void Judge_PrefixAtCarrier_Counts()
    {
        var report = Explain("9.2.1.1", TestSources.AsnTable(Table), TestSources.Roles(Roles), TestSources.Prefixes("vpns", "vpn", "9.2.1.1"));
        Assert.Equal(41, report.Verdict.Score); // 100 · 0.45 · 0.9 = 40.5
    }

    // A blocklist entry on a line of a mobile network speaks of one of thousands of customers; a first party knows what is its own.
    [Theory]
    [InlineData("abuse", false, 20)] // 100 · 0.75 · 0.9 · 0.3 = 20.25
    [InlineData("hosting", false, 11)] // 100 · 0.25 · 0.9 · 0.5 = 11.25
    [InlineData("proxy", false, 54)] // 100 · 0.60 · 0.9: open proxies are on such lines
    [InlineData("hosting", true, 22)] // 100 · 0.25 · 0.9 = 22.5, and a little less in binary
    public void Judge_PrefixInsideAccessNetwork_CountsLess(string category, bool isAuthoritative, int score)
    {
        var list = TestSources.Prefixes("list", category, "9.3.1.1", info => info with { Authoritative = isAuthoritative });
        var report = Explain("9.3.1.1", TestSources.AsnTable(Table), TestSources.Roles(Roles), list);
        Assert.Equal(score, report.Verdict.Score);
        Assert.Equal(score, report.Points.Sum(row => row.Points));
        var row = report.Points.Single(row => row.Category.Word() == category);
        Assert.Equal(row.Probability, row.Evidence.Single().Strength, 1e-12);
    }

    [Fact]
    public void Judge_RelayAlsoListedAsVpn_RelayOutranksAndRawScoreShowsBoth()
    {
        var report = Explain("9.4.1.1", TestSources.Prefixes("vpns", "vpn", "9.4.1.1"), TestSources.Prefixes("relays", "relay", "9.4.1.1"));
        Assert.Equal((9, 46), (report.Verdict.Score, report.Verdict.RawScore)); // 100·0.1·0.9; 100·(1 − 0.91·0.595)
        Assert.Equal([Category.Relay, Category.Vpn], report.Categories);
        Assert.StartsWith("Privacy relay", report.Reason, StringComparison.Ordinal);
        Assert.Equal(41, report.Points.Single(row => row.Category == Category.Relay).WithoutIt); // vpn would count again
    }

    [Fact]
    public void Judge_UncoveredCategory_IsUnknownAndNamed()
    {
        var report = Explain("9.1.2.3", TestSources.AsnTable(Table), TestSources.Roles(Roles), TestSources.Prefixes("tor", "tor", "9.9.9.9"));
        Assert.Equal(false, report.Verdict.Is(Category.Tor));            // looked for and absent
        Assert.Equal(false, report.Verdict.Is(Category.Vpn));            // the ASN has a role, and it is another
        Assert.Null(report.Verdict.Is(Category.Proxy));                  // nobody looked
        Assert.Contains(Category.Proxy, report.Unassessed);
        Assert.Contains("proxy", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_AsnWithoutRole_RolesCoverNothing() =>
        Assert.Null(Explain("9.4.1.1", TestSources.AsnTable(Table), TestSources.Roles(Roles)).Verdict.Is(Category.Hosting));

    [Fact]
    public void Judge_SourceOfOneFamily_CoversThatAlone()
    {
        var tor = TestSources.Prefixes("tor", "tor", "9.9.9.9", info => info with { IPv6 = false });
        Assert.Equal(false, Explain("9.4.1.1", tor).Verdict.Is(Category.Tor));
        Assert.Null(Explain("2a0f::1", tor).Verdict.Is(Category.Tor));
    }

    [Fact]
    public void Judge_SourcePastItsMaximumAge_CoversNothingAndWarns()
    {
        var tor = TestSources.Prefixes("tor", "tor", "9.9.9.9");
        Assert.Equal(false, ExplainAt("9.4.1.1", Day.AddDays(14), tor).Verdict.Is(Category.Tor));
        Assert.Null(ExplainAt("9.4.1.1", Day.AddDays(15), tor).Verdict.Is(Category.Tor));
        Assert.Contains("tor: data of 2026-08-22", Assert.Single(ExplainAt("9.9.9.9", Day.AddDays(15), tor).Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1", AddressScope.Private)]
    [InlineData("192.0.2.1", AddressScope.Documentation)]
    [InlineData("2001:db8::1", AddressScope.Documentation)]
    public void Judge_SpecialPurposeEvenIfListed_IsNotJudged(string address, AddressScope scope)
    {
        var report = Explain(address, TestSources.Prefixes("vpns", "vpn", address));
        Assert.Equal((scope, VerdictKind.Special), (report.Scope, report.Verdict.Kind));
        Assert.Empty(report.Points);
    }

    [Fact]
    public void Judge_EmbeddedAddress_IsJudgedBeside()
    {
        var report = Explain("64:ff9b::9.4.1.1", TestSources.Prefixes("vpns", "vpn", "9.4.1.1"));
        Assert.Equal((VerdictKind.Unlisted, 0), (report.Verdict.Kind, report.Verdict.Score));
        Assert.Equal(("nat64", 41), (report.Embedded!.Scheme, report.Embedded.Report.Verdict.Score));
        Assert.Equal(VerdictKind.Special, Explain("2002:904:101::1", TestSources.Prefixes("vpns", "vpn", "9.4.1.1")).Verdict.Kind); // 6to4 itself
    }

    [Fact]
    public void Judge_SameHour_SameVerdictAndAnotherMinuteNoOther()
    {
        var snapshot = TestSources.Open(TestSources.Prefixes("vpns", "vpn", "9.4.1.1"));
        var early = new Judge(snapshot, TestPolicy.Bundled, Day.AddDays(30));
        var late = new Judge(snapshot, TestPolicy.Bundled, Day.AddDays(30).AddMinutes(59));
        Assert.Equal(early.At, late.At);
        Assert.Equal(early.VerdictOf(Address.Parse("9.4.1.1")), late.VerdictOf(Address.Parse("9.4.1.1")));
    }

    [Fact]
    public void VerdictOf_ManyTimes_AllocatesNothing()
    {
        var judge = new Judge(TestSources.Open(TestSources.Prefixes("vpns", "vpn", "9.4.0.0/16")), TestPolicy.Bundled, Day);
        var address = Address.Parse("9.4.1.1");
        judge.VerdictOf(address);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0;
        for (var round = 0; round < 1_000; round++)
        {
            sum += judge.VerdictOf(address).Score;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(32_000, sum); // 100 · 0.45 · 0.9 · 0.8 = 32.4
    }

    static VerdictReport Explain(string address, params CompilerSource[] sources) => ExplainAt(address, Day, sources);

    static VerdictReport ExplainAt(string address, DateTimeOffset at, params CompilerSource[] sources) =>
        new Judge(TestSources.Open(sources), TestPolicy.Bundled, at).Explain(Address.Parse(address));
}
