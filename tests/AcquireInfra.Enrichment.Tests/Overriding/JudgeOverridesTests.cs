using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Overriding;

/// <summary>Numbers worked out by hand from the bundled policy, as in JudgeTests.</summary>
public sealed class JudgeOverridesTests
{
    const string Vpn = "9.4.1.1";       // vpn 0.9, a /32: 100 · 0.45 · 0.9 = 40.5
    const string TorAndVpn = "9.4.1.2"; // tor 0.9: 63.0; together 100 · (1 − 0.595 · 0.37) = 78.0
    const string Nothing = "9.4.1.3";

    static readonly Judge Evidence = new(
        TestSources.Open(
            TestSources.AsnTable("9.4.0.0,9.4.255.255,64503,Nobody\n"),
            TestSources.Prefixes("vpns", "vpn", $"{Vpn}\n{TorAndVpn}", info => info with { Provider = "Brand" }),
            TestSources.Prefixes("tors", "tor", TorAndVpn)),
        TestPolicy.Bundled, TestSources.Day);

    [Theory]
    [InlineData(Vpn, 41, 4)]        // 40.5 · 0.1 = 4.05
    [InlineData(TorAndVpn, 78, 64)] // 63.0 + 0.1 · (77.985 − 63.0) = 64.4985
    [InlineData(Nothing, 0, 0)]
    public void Allow_Unnamed_LeavesATenthOfAllButWhatIsNeverAllowed(string address, int raw, int score)
    {
        var report = Explain(address, SampleOverrides.On("a", "9.4.1.0/24", OverrideEffect.Allow));
        Assert.Equal((raw, score), (report.Verdict.RawScore, report.Verdict.Score));
        Assert.Equal(score, report.Points.Sum(row => row.Points));
        Assert.Equal(0, report.Override!.Points);
    }

    [Fact]
    public void Allow_NamesTor_LeavesATenthOfItToo()
    {
        var report = Explain(TorAndVpn, SampleOverrides.On("a", TorAndVpn, OverrideEffect.Allow, Category.Tor));
        Assert.Equal((78, 8), (report.Verdict.RawScore, report.Verdict.Score));
        Assert.True(report.Verdict.Is(Category.Tor));
    }

    [Fact]
    public void Suppress_Category_JudgesWithoutItAndShowsItsEvidence()
    {
        var report = Explain(TorAndVpn, SampleOverrides.On("s", TorAndVpn, OverrideEffect.Suppress, Category.Tor));
        Assert.Equal((78, 41), (report.Verdict.RawScore, report.Verdict.Score)); // as the vpn alone
        Assert.Equal([Category.Vpn], report.Categories);
        Assert.False(report.Verdict.Is(Category.Tor));
        var tor = report.Points.Single(row => row.Category == Category.Tor);
        Assert.Equal((0, 0.9), (tor.Points, Math.Round(tor.Probability, 6)));
        Assert.Equal(0.9, Assert.Single(tor.Evidence).Strength, 6);
    }

    [Fact]
    public void Suppress_AllThereIs_SaysSo()
    {
        var report = Explain(Vpn, SampleOverrides.On("s", Vpn, OverrideEffect.Suppress, Category.Vpn));
        Assert.Equal((0, VerdictKind.Unlisted), (report.Verdict.Score, report.Verdict.Kind));
        Assert.StartsWith("An override suppresses what sources list it for: vpn. Override s (suppress): Why s.", report.Reason, StringComparison.Ordinal);
    }

    [Theory, InlineData(Vpn, 41), InlineData(TorAndVpn, 78), InlineData(Nothing, 0)]
    public void Block_AnyAddress_LiftsTheScoreAndSaysByHowMuch(string address, int evidence)
    {
        var report = Explain(address, SampleOverrides.On("b", "AS64503", OverrideEffect.Block));
        Assert.Equal((90, RiskLevel.Critical, evidence), (report.Verdict.Score, report.Verdict.Level, report.Verdict.RawScore));
        Assert.Equal((evidence, 90 - evidence), (report.Points.Sum(row => row.Points), report.Override!.Points));
    }

    [Fact]
    public void Tag_Several_AddUpAndChangeNothingElse()
    {
        var plain = Evidence.Explain(Address.Parse(Vpn));
        var report = Explain(
            Vpn, SampleOverrides.On("x", "provider:BRAND", OverrideEffect.Tag), SampleOverrides.On("y", "9.4.0.0/16", OverrideEffect.Tag), SampleOverrides.On("z", Vpn, OverrideEffect.Tag));
        Assert.Equal(["t-z", "t-y", "t-x"], report.Override!.Match.Tags);
        Assert.Equal("tag:t-z tag:t-y tag:t-x", report.Override.Match.Words);
        Assert.Equal(plain.Verdict, report.Verdict);
    }

    [Theory]
    [InlineData("9.4.1.0/24", Vpn, 4)]           // the address is closer than the prefix
    [InlineData("provider:Brand", "AS64503", 4)] // the ASN than the provider
    [InlineData("AS64503", "9.4.0.0/16", 4)]
    [InlineData("9.4.0.0/16", "9.4.1.0/24", 4)]
    [InlineData("9.4.1.0/24", "9.4.1.0/24", 90)] // of equals, the block
    [InlineData(Vpn, "9.4.1.0/24", 90)]
    public void AllowAndBlock_OnOneAddress_TheCloserActs(string block, string allow, int score)
    {
        var report = Explain(Vpn, SampleOverrides.On("a", allow, OverrideEffect.Allow), SampleOverrides.On("b", block, OverrideEffect.Block));
        Assert.Equal(score, report.Verdict.Score);
        Assert.Equal(score == 90 ? "b" : "a", Assert.Single(report.Override!.Match.Applied).Id);
    }

    [Fact]
    public void Explain_AddressInsideAnother_HasTheOverrideOfItsOwn()
    {
        var report = Explain("64:ff9b::9.4.1.1", SampleOverrides.On("b", Vpn, OverrideEffect.Block));
        Assert.Null(report.Override);
        Assert.Equal("b", report.Embedded!.Report.Override!.Match.Applied.Single().Id);
    }

    // Laws on random overrides of everything: points add up, evidence and raw score stay, all ways to a verdict agree.
    [Theory, InlineData(11), InlineData(12), InlineData(13)]
    public void Verdict_RandomOverrides_KeepsTheLaws(int seed)
    {
        var plain = ExportSample.JudgeOf(ExportSample.Sources());
        var judge = plain.With(SampleOverrides.Random(seed, 300));
        var seen = new HashSet<OverrideEffect>();
        foreach (var address in ExportSample.Probes(seed, 1_500))
        {
            var (before, report) = (plain.Explain(address), judge.Explain(address));
            Assert.Equal(report.Verdict, judge.VerdictOf(address));
            Assert.Equal(before.Verdict.RawScore, report.Verdict.RawScore);
            Assert.Equal(before.Verdict.Confidence, report.Verdict.Confidence);
            Assert.Equal(before.Provider, report.Provider);
            Assert.Equal(
                before.Points.SelectMany(row => row.Evidence).Select(one => (one.Source.Id, one.Prefix, one.Strength)).Order(),
                report.Points.SelectMany(row => row.Evidence).Select(one => (one.Source.Id, one.Prefix, one.Strength)).Order());
            Assert.Equal(report.Verdict.Score, report.Points.Sum(row => row.Points) + (report.Override?.Points ?? 0));
            Assert.All(report.Points, row => Assert.InRange(row.Points, 0, 100));
            if (report.Override is not { } applied)
            {
                Assert.Equal(before.Verdict, report.Verdict);
                continue;
            }
            seen.UnionWith(applied.Match.Applied.Select(entry => entry.Effect));
            Assert.True(applied.Match.IsBlock ? report.Verdict.Score >= 90 : report.Verdict.Score <= report.Verdict.RawScore);
            Assert.True(applied.Points == 0 || applied.Match.IsBlock);
        }
        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public void With_OtherSet_IsAnotherJudgeOfTheSame()
    {
        var set = SampleOverrides.Set(SampleOverrides.On("b", Vpn, OverrideEffect.Block));
        var judge = Evidence.With(set);
        Assert.True(judge.IsFor(Evidence.Snapshot, TestPolicy.Bundled, set, TestSources.Day));
        Assert.False(judge.IsFor(Evidence.Snapshot, TestPolicy.Bundled, OverrideSet.Empty, TestSources.Day));
        Assert.Equal((41, 90), (Evidence.VerdictOf(Address.Parse(Vpn)).Score, judge.VerdictOf(Address.Parse(Vpn)).Score));
        Assert.Same(set, judge.AtTime(TestSources.Day.AddDays(1)).Overrides);
        Assert.Same(set, judge.ForExport().Overrides);
        Assert.False(judge.ForExport().IsExportOf(Evidence));
    }

    [Fact]
    public void VerdictOf_UntouchedAddress_AllocatesNothing()
    {
        var judge = Evidence.With(SampleOverrides.Set(SampleOverrides.On("b", TorAndVpn, OverrideEffect.Block), SampleOverrides.On("n", "AS64999", OverrideEffect.Block)));
        var address = Address.Parse(Vpn);
        judge.VerdictOf(address);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0;
        for (var at = 0; at < 1_000; at++)
        {
            sum += judge.VerdictOf(address).Score;
        }
        Assert.Equal((0, 41_000), (GC.GetAllocatedBytesForCurrentThread() - before, sum));
    }

    static VerdictReport Explain(string address, params Override[] overrides) =>
        Evidence.With(SampleOverrides.Set(overrides)).Explain(Address.Parse(address));
}
