using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>A row costs a write of the workspace's 100,000 a month: it changes with what a source says, not with how late the source is.</summary>
public sealed class FrozenFeedTests
{
    const string Proxies = "45.10.0.0/28\n45.10.1.7/32\n2a0b:1000::/48\n";
    const string Vpns = "45.10.0.0/24\n45.11.0.0/24\n";

    // Past the maximum age of proxies, which is 7 days; well past their half-life of 3.
    [Theory, InlineData(1), InlineData(8), InlineData(40)]
    public void Watchlist_FeedFrozenAndThawed_KeepsEveryRow(int days)
    {
        var rows = RowsOf(vpnsDay: 0, proxiesDay: 0);
        var frozen = RowsOf(vpnsDay: days, proxiesDay: 0);
        var thawed = RowsOf(vpnsDay: days, proxiesDay: days);
        Assert.True(rows.Count >= 5, string.Join('\n', rows));
        Assert.Equal(rows, frozen);
        Assert.Equal(rows, thawed);
    }

    // The same with the real judge shows that there is something to hold still: of today the frozen feed says less.
    [Fact]
    public void Service_FeedFrozen_BelievesItLess()
    {
        Assert.True(ScoreOf(vpnsDay: 8, proxiesDay: 0) < ScoreOf(vpnsDay: 0, proxiesDay: 0));
        Assert.Equal(ScoreOf(vpnsDay: 0, proxiesDay: 0), ScoreOf(vpnsDay: 8, proxiesDay: 8));
    }

    // What the feed says when it thaws is what changes, and nothing else.
    [Fact]
    public void Watchlist_FeedThawedWithNews_ChangesTheRowsOfTheNews()
    {
        var before = RowsOf(vpnsDay: 8, proxiesDay: 0);
        var after = RowsOf(vpnsDay: 8, proxiesDay: 8, proxies: Proxies + "45.12.0.0/28\n");
        Assert.Equal(["45.12.0.0/28"], after.Except(before).Select(row => row.Split(',')[0]));
        Assert.Empty(before.Except(after));
    }

    static List<string> RowsOf(int vpnsDay, int proxiesDay, string proxies = Proxies) =>
        [.. ExportSample.Text(SnapshotExport.Watchlist, JudgeOf(vpnsDay, proxiesDay, proxies)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)];

    static int ScoreOf(int vpnsDay, int proxiesDay) => JudgeOf(vpnsDay, proxiesDay, Proxies).VerdictOf(Addressing.Prefix.Parse("45.10.1.7/32").First).Score;

    // Days count from the first: a source of day 8 is dated eight days later.
    static Judge JudgeOf(int vpnsDay, int proxiesDay, string proxies)
    {
        CompilerSource[] sources =
        [
            TestSources.Prefixes("vpns", "vpn", Vpns, source => source with { AsOf = TestSources.Day.AddDays(vpnsDay), Provider = "Vee", Exportable = true }),
            TestSources.Prefixes("proxies", "proxy", proxies, source => source with { AsOf = TestSources.Day.AddDays(proxiesDay), Exportable = true }),
        ];
        return ExportSample.JudgeOf(sources, TestSources.Day.AddDays(Math.Max(vpnsDay, proxiesDay)));
    }
}
