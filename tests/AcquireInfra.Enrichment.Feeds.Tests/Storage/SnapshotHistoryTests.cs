using AcquireInfra.Enrichment.Feeds.Storage;

namespace AcquireInfra.Enrichment.Feeds.Tests.Storage;

public sealed class SnapshotHistoryTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    static readonly HashSet<string> None = [];

    readonly string _folder = Directory.CreateTempSubdirectory("enrichment-history-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Begin_IsThereAfterAReopen_AndTheSameAgainIsNoPeriod()
    {
        var history = new SnapshotHistory(_folder);
        history.Begin(Period("a", Noon), "{}"u8.ToArray());
        history.Begin(Period("a", Noon.AddHours(1)), "{}"u8.ToArray());
        history.Begin(Period("b", Noon.AddHours(2)), "{}"u8.ToArray());
        history.SetPin(new("a", Noon, "Because."));
        var again = new SnapshotHistory(_folder);
        Assert.Equal(["a", "b"], again.Periods.Select(period => period.SnapshotId));
        Assert.Equal("a", again.Pin?.SnapshotId);
        Assert.Equal("{}"u8.ToArray(), again.PolicyOf("p"));
    }

    [Theory, InlineData(-1, -1), InlineData(0, 0), InlineData(59, 0), InlineData(60, 1), InlineData(1000, 1)]
    public void IndexOf_Time_IsThePeriodThatItLiesIn(int minutes, int expected)
    {
        LivePeriod[] periods = [Period("a", Noon), Period("b", Noon.AddHours(1))];
        Assert.Equal(expected, SnapshotHistory.IndexOf(periods, Noon.AddMinutes(minutes)));
    }

    [Theory, InlineData(""), InlineData("{"), InlineData("null"), InlineData("{\"periods\":null,\"pin\":null}"), InlineData("[1]")]
    public void Read_DamagedFile_BeginsAnew(string content)
    {
        File.WriteAllText(Path.Combine(_folder, "history.json"), content);
        var history = new SnapshotHistory(_folder);
        Assert.Empty(history.Periods);
        Assert.Contains("put aside", history.Damage, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(Path.Combine(_folder, "history.json.bad")));
    }

    [Fact]
    public void Begin_DiskThatFails_IsRememberedAndWrittenWithTheNext()
    {
        var history = new SnapshotHistory(_folder);
        var inTheWay = Directory.CreateDirectory(Path.Combine(_folder, "history.json"));
        Assert.ThrowsAny<IOException>(() => history.Begin(Period("a", Noon), "{}"u8.ToArray()));
        Assert.Throws<IOException>(() => history.SetPin(new("a", Noon, "Because.")));
        Assert.Equal(("a", null), (Assert.Single(history.Periods).SnapshotId, history.Pin));
        inTheWay.Delete();
        history.Begin(Period("b", Noon.AddHours(-1)), "{}"u8.ToArray()); // by a clock that was put back
        var again = new SnapshotHistory(_folder);
        Assert.Equal(["a", "b"], again.Periods.Select(period => period.SnapshotId));
        Assert.True(again.Periods[0].From < again.Periods[1].From);
    }

    [Fact]
    public void Prune_PastItsDays_IsDeletedAndSaysWhy()
    {
        var history = new SnapshotHistory(_folder);
        Directory.CreateDirectory(Path.Combine(_folder, "snapshots"));
        foreach (var (id, at) in new[] { ("a", Noon.AddDays(-40)), ("b", Noon.AddDays(-20)), ("c", Noon) })
        {
            history.Begin(Period(id, at), "{}"u8.ToArray());
            File.WriteAllText(history.PathOf(id), "1234567890");
        }
        File.WriteAllText(history.PathOf("unknown"), "");
        File.SetLastWriteTimeUtc(history.PathOf("unknown"), Noon.AddDays(-11).UtcDateTime);
        var deleted = history.Prune(new(Days: 10, MaxBytes: 1000), Noon, new HashSet<string> { "c" });
        Assert.Equal(["a", "unknown"], deleted.Select(pair => pair.SnapshotId).Order()); // b was live until now
        Assert.Equal((false, true, true), (history.IsKept("a"), history.IsKept("b"), history.IsKept("c")));
        Assert.Equal("snapshots are kept for 10 days", new SnapshotHistory(_folder).Periods[0].DeletedBecause);
    }

    [Fact]
    public void ToDelete_TooManyBytes_ThinsToTheLastOfEachDayAndThenFromTheOldest()
    {
        // Four a day for three days; each takes a byte.
        var periods = Enumerable.Range(0, 12).Select(at => Period($"{at:x}", Noon.Date.AddDays(at / 4).AddHours(1 + at % 4))).ToList();
        var files = periods.ToDictionary(period => period.SnapshotId, _ => new SnapshotOnDisk(1, Noon));
        var now = Noon.AddDays(3);
        string[] Kept(long bytes, params string[] spared) => [.. periods.Select(period => period.SnapshotId).Except(
            SnapshotHistory.ToDelete(periods, files, new(400, bytes), now, spared.ToHashSet()).Select(pair => pair.SnapshotId))];
        Assert.Equal(12, Kept(12).Length);
        Assert.Equal(["2", "6", "a", "b"], Kept(4)); // 3 and 7 were live until the next day, and so are the first of that
        Assert.Equal(["6", "a", "b"], Kept(3));
        Assert.Equal(["a", "b"], Kept(0, "a", "b"));
        Assert.Equal(["b"], Kept(1));
    }

    [Fact]
    public void ToDelete_LicenceOfItsLastPeriod_CountsForTheFile()
    {
        LivePeriod[] periods =
        [
            Period("a", Noon) with { MayBeKeptUntil = Noon.AddHours(1) }, Period("b", Noon.AddHours(1)),
            Period("a", Noon.AddHours(2)) with { MayBeKeptUntil = Noon.AddHours(3) },
        ];
        var files = new Dictionary<string, SnapshotOnDisk> { ["a"] = new(1, Noon), ["b"] = new(1, Noon) };
        Assert.Empty(SnapshotHistory.ToDelete(periods, files, new(400, 1000), Noon.AddHours(2.5), None));
        Assert.Equal(["a"], SnapshotHistory.ToDelete(periods, files, new(400, 1000), Noon.AddHours(3), None).Select(pair => pair.SnapshotId));
        Assert.Empty(SnapshotHistory.ToDelete(periods, files, new(400, 1000), Noon.AddHours(3), new HashSet<string> { "a" }));
    }

    static LivePeriod Period(string id, DateTimeOffset from) => new(from, id, "p", from, 1);
}
