using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Verdicts;

/// <summary>What is not exportable is, in an export, as if it had never been there.</summary>
public sealed class ExportJudgeTests
{
    [Theory]
    [InlineData("vpns", 300)]
    [InlineData("proxies", 300)]
    [InlineData("bad-asns", 20)]
    [InlineData("asn-roles", 200)]
    [InlineData("asn-table", 300)]
    public void ForExport_SourceThatIsNotExportable_IsAsIfItWereNotThere(string hidden, int leastDifferences)
    {
        var live = ExportSample.JudgeOf(ExportSample.Sources(hidden));
        var export = live.ForExport();
        var without = ExportSample.JudgeOf(ExportSample.Sources().Where(source => source.Info.Id != hidden));
        var differences = 0;
        foreach (var address in ExportSample.Probes(seed: 1, count: 6_000))
        {
            var (expected, found) = (ExportSample.FactsOf(without, address), ExportSample.FactsOf(export, address));
            Assert.Equal((expected.Verdict, expected.Asn, expected.Provider), (found.Verdict, found.Asn, found.Provider));
            Assert.Equal(expected.Categories, found.Categories);
            Assert.DoesNotContain(export.SourcesBehind(export.Snapshot.ProfileAt(export.Snapshot.Find(address))), source => source.Id == hidden);
            differences += live.VerdictOf(address) == found.Verdict ? 0 : 1;
        }
        Assert.True(differences >= leastDifferences, $"only {differences} addresses are judged otherwise");
    }

    [Fact]
    public void ForExport_EverythingExportable_IsTheJudgeAtTheDateOfTheData()
    {
        var export = ExportSample.JudgeOf(ExportSample.Sources(), TestSources.Day.AddDays(300)).ForExport();
        var then = ExportSample.JudgeOf(ExportSample.Sources());
        Assert.Equal(TestSources.Day, export.At);
        Assert.All(ExportSample.Probes(2, 2_000), address => Assert.Equal(then.VerdictOf(address), export.VerdictOf(address)));
    }

    [Fact]
    public void IsExportOf_OtherSnapshotOrPolicy_No()
    {
        var judge = ExportSample.JudgeOf(ExportSample.Sources());
        var export = judge.ForExport();
        Assert.Same(export, export.ForExport());
        Assert.True(export.IsExportOf(judge) && export.IsExportOf(judge.AtTime(TestSources.Day.AddDays(1))));
        Assert.False(judge.IsExportOf(judge));
        Assert.False(export.IsExportOf(new Judge(judge.Snapshot, TestPolicy.Bundled with { Version = "p2" }, TestSources.Day)));
        Assert.False(export.IsExportOf(ExportSample.JudgeOf(ExportSample.Sources())));
    }

    // What a claim rests on, by the explanation of the ordinary judge.
    [Fact]
    public void SourcesBehind_AnyAddress_AreThoseOfTheEvidenceThatCounts()
    {
        var judge = ExportSample.JudgeOf(ExportSample.Sources());
        var seen = new HashSet<string>();
        foreach (var address in ExportSample.Probes(3, 3_000))
        {
            var report = judge.Explain(address);
            var expected = report.Points.SelectMany(row => row.Evidence).Where(evidence => evidence.Strength > 0).Select(evidence => evidence.Source.Id).Distinct().Order(StringComparer.Ordinal);
            if (!report.Verdict.IsSpecial)
            {
                var found = judge.SourcesBehind(judge.Snapshot.ProfileAt(judge.Snapshot.Find(address))).Select(source => source.Id).ToList();
                Assert.Equal(expected, found);
                seen.UnionWith(found);
            }
        }
        Assert.Equal(["asn-roles", "bad-asns", "crawlers", "proxies", "tors", "vpns"], seen.Order(StringComparer.Ordinal));
    }
}
