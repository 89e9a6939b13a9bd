using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.Extensions.Time.Testing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Overriding;

public sealed class OverrideStoreTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("enrichment-overrides-").FullName;
    readonly FakeTimeProvider _time = new(Noon);
    readonly List<OverrideRecord> _told = [];
    readonly List<OverrideStore> _opened = [];
    OverrideStore _store;

    public OverrideStoreTests() => _store = Open(out _);

    string LogPath => Path.Combine(_folder, "overrides", "log.ndjson");

    [Fact]
    public void Change_OfAnyKind_IsThereAfterAReopening()
    {
        var (one, two) = (Add("one", Noon.AddDays(1)), Add("two", Noon.AddDays(2)));
        Change(OverrideAction.Replace, (one, one with { Reason = "Another", Revision = 3 }));
        Change(OverrideAction.Delete, (two, null));
        var before = _store.Current;
        _store = Open(out var torn);
        Assert.Equal((4, 0), (_store.Current.Revision, torn));
        Assert.Equal(before.Entries, _store.Current.Entries);
        Assert.Equal("Another", Assert.Single(_store.Current.Entries).Reason);
        Assert.Equal(["create", "create", "replace", "delete"], _store.Records.Select(record => record.Action));
        Assert.Equal(("key:ops", "Why", "Another"), (_store.Records[2].Who, _store.Records[2].Changes[0].Before!.Reason, _store.Records[2].Changes[0].After!.Reason));
    }

    [Fact]
    public void Current_AtTheSecondOfAnExpiry_IsARevisionMoreAndTheAuditSaysSo()
    {
        Add("a", Noon.AddSeconds(10));
        Add("b", Noon.AddSeconds(10));
        Add("c", Noon.AddSeconds(11));
        _time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.Equal(3, _store.Current.Revision);
        _told.Clear();
        _time.Advance(TimeSpan.FromMilliseconds(1)); // and nobody asks: the timer tells
        var expiry = Assert.Single(_told);
        Assert.Equal((4, "expire", "service", 2, Noon.AddSeconds(10).UtcDateTime), (expiry.Revision, expiry.Action, expiry.Who, expiry.Changes.Count, expiry.At));
        Assert.Equal(["c"], _store.Current.Entries.Select(entry => entry.Id));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((5, 0), (_store.Current.Revision, _store.Current.Entries.Count));
        Assert.Equal(5, Open(out _).Records.Count);
    }

    [Fact]
    public void Open_AfterExpiriesThatNobodySaw_HasARevisionForEachSecond()
    {
        Add("a", Noon.AddSeconds(10));
        Add("b", Noon.AddSeconds(20));
        _opened.ForEach(store => store.Dispose());
        _time.Advance(TimeSpan.FromHours(1));
        _store = Open(out _);
        Assert.Equal((4, 0), (_store.Current.Revision, _store.Current.Entries.Count));
        Assert.Equal([Noon.AddSeconds(10), Noon.AddSeconds(20)], _store.Records.Skip(2).Select(record => new DateTimeOffset(record.At)));
        Assert.Equal(["b"], _store.AsOf(Noon.AddSeconds(15)).Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void AsOf_AnyTime_IsWhatWasInForceThen()
    {
        var seen = new List<(DateTimeOffset At, OverrideSet Set)> { (_time.GetUtcNow(), _store.Current) };
        var random = new Random(3);
        for (var step = 0; step < 60; step++)
        {
            _time.Advance(TimeSpan.FromSeconds(random.Next(1, 30)));
            var current = _store.Current;
            if (random.Next(3) == 0 && current.Entries.Count > 0)
            {
                Change(OverrideAction.Delete, (current.Entries[random.Next(current.Entries.Count)], null));
            }
            else
            {
                Add($"o{step}", _time.GetUtcNow().AddSeconds(random.Next(1, 300)));
            }
            seen.Add((_time.GetUtcNow(), _store.Current));
        }
        Assert.Contains(_store.Records, record => record.Action == "expire");
        foreach (var store in (OverrideStore[])[_store, Open(out _)])
        {
            Assert.All(seen, was =>
            {
                var set = store.AsOf(was.At);
                Assert.Equal(was.Set.Revision, set.Revision);
                Assert.Equal(was.Set.Entries, set.Entries);
            });
        }
        Assert.Same(OverrideSet.Empty, _store.AsOf(Noon.AddSeconds(-1)));
    }

    // Every place at which a process can be killed while it writes the last line.
    [Fact]
    public void Open_LastLineCutAnywhere_HasAllBeforeIt()
    {
        Add("a", Noon.AddDays(1));
        var whole = new FileInfo(LogPath).Length;
        Add("b", Noon.AddDays(1));
        var bytes = File.ReadAllBytes(LogPath);
        for (var length = whole; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(LogPath, bytes[..(int)length]);
            _store = Open(out var torn);
            Assert.Equal((length - whole, 1, null), (torn, _store.Current.Revision, _store.Trouble));
        }
        Add("c", Noon.AddDays(1));
        Assert.Equal(["a", "c"], Open(out _).Current.Entries.Select(entry => entry.Id));
    }

    [Theory]
    [InlineData("key:ops", "key:spy")]      // someone else did it
    [InlineData("\"Why\"", "\"Shy\"")]
    [InlineData("{\"revision\":1,", "{\"revision\":2,")]
    [InlineData("\n", " \n")]
    [InlineData("\"check\":\"", "\"chuck\":\"")]
    public void Open_LineThatWasChanged_StopsChangesAndSaysWhere(string from, string to)
    {
        Add("a", Noon.AddDays(1));
        Add("b", Noon.AddDays(1));
        var text = File.ReadAllText(LogPath);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(LogPath, text[..at] + to + text[(at + from.Length)..]);
        _store = Open(out _);
        Assert.Contains("line 1:", _store.Trouble, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => Add("c", Noon.AddDays(1)));
        Assert.Equal(0, _store.Current.Revision);
    }

    [Fact]
    public void Open_LineTakenOut_IsSeen()
    {
        Add("a", Noon.AddDays(1));
        Add("b", Noon.AddDays(1));
        Add("c", Noon.AddDays(1));
        var lines = File.ReadAllLines(LogPath);
        File.WriteAllLines(LogPath, [lines[0], lines[2]]);
        _store = Open(out _);
        Assert.Contains("line 2:", _store.Trouble, StringComparison.Ordinal);
        Assert.Equal(["a"], _store.Current.Entries.Select(entry => entry.Id)); // what was before it serves on
    }

    [Fact]
    public void Change_LogBrokenWhileItRuns_StopsChangesAndKeepsWhatIsInForce()
    {
        Add("a", Noon.AddDays(1));
        File.AppendAllText(LogPath, "{}\n{}\n");
        Assert.Throws<IOException>(() => Add("b", Noon.AddDays(1)));
        Assert.NotNull(_store.Trouble);
        Assert.Equal(["a"], _store.Current.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void Change_TwoStoresOfOneFolder_SeeOneAnother()
    {
        using var other = Open(out _);
        Add("a", Noon.AddDays(1));
        other.Change("key:ops", "create", (current, revision) => [(null, Make("b", Noon.AddDays(1), revision))]);
        Add("c", Noon.AddDays(1));
        Assert.Equal(["a", "b", "c"], _store.Current.Entries.Select(entry => entry.Id));
        Assert.Null(Open(out _).Trouble);
    }

    [Fact]
    public void Change_LogTakenAway_StopsChangesAndKeepsWhatIsInForce()
    {
        Add("a", Noon.AddDays(1));
        File.Delete(LogPath);
        Assert.Throws<IOException>(() => Add("b", Noon.AddDays(1)));
        Assert.Equal(["a"], _store.Current.Entries.Select(entry => entry.Id));
        Assert.False(File.Exists(LogPath));
    }

    // A folder where the log should be: nothing can be written.
    [Fact]
    public void Change_DiskFails_IsNotInForceAndExpiriesAre()
    {
        Add("a", Noon.AddSeconds(10));
        File.Delete(LogPath);
        Directory.CreateDirectory(LogPath);
        Assert.ThrowsAny<Exception>(() => Add("b", Noon.AddDays(1)));
        Assert.Equal(["a"], _store.Current.Entries.Select(entry => entry.Id));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_store.Current.Entries);
        Assert.Equal(2, _store.Current.Revision);
    }

    [Fact]
    public void Change_MoreThanThereMayBe_ChangesNothing()
    {
        using var small = new OverrideStore(_folder, maxEntries: 5, _time);
        _store = small;
        Change("import", [.. Enumerable.Range(0, 5).Select(at => ((Override?)null, (Override?)Make($"o{at}", Noon.AddDays(1), 1)))]);
        Assert.Throws<OverridesFullException>(() => Add("f", Noon.AddDays(1)));
        Assert.Equal((1, 5), (_store.Current.Revision, _store.Current.Entries.Count));
    }

    [Fact]
    public void Change_ClockPutBack_KeepsTheOrder()
    {
        Add("a", Noon.AddDays(1));
        var past = new FakeTimeProvider(Noon.AddHours(-1));
        using var store = new OverrideStore(_folder, 5, past);
        store.Open();
        store.Change("key:ops", "create", (_, revision) => [(null, Make("b", Noon.AddDays(1), revision))]);
        Assert.Equal(Noon.UtcDateTime, store.Records[^1].At);
    }

    [Fact]
    public void File_Edits_AreOneRevisionEachOrNone()
    {
        var file = new OverridesFile(_store, _time);
        Assert.True(file.Look());
        Assert.Equal(0, _store.Current.Revision);
        var rows = "csv-a,9.1.1.1,block,,,Why,Who,2026-12-01T00:00:00Z\n,9.1.1.2,block,,,Why,Who,2026-12-01T00:00:00Z\n";
        Edit(rows);
        Assert.False(file.Look()); // not still yet
        Assert.True(file.Look());
        Assert.Equal((1, 2), (_store.Current.Revision, _store.Current.Entries.Count));
        Assert.All(_store.Current.Entries, entry => Assert.StartsWith("csv-", entry.Id, StringComparison.Ordinal));
        Assert.False(file.Look());

        // One row more, and one that is bad: neither is in force.
        Edit(rows + "csv-c,9.1.1.3,block,,,Why,Who,2026-12-01T00:00:00Z\ncsv-d,9.1.1.4/33,block,,,Why,Who,2026-12-01T00:00:00Z\n");
        Assert.False(file.Look());
        Assert.True(file.Look());
        Assert.Equal("Line 5, target: '9.1.1.4/33' is no prefix; send one like 192.0.2.0/24 or 2001:db8::/32.", Assert.Single(file.Faults).ToString());
        Assert.Equal((1, 2), (_store.Current.Revision, _store.Current.Entries.Count));

        // Mended: one revision with both changes; what stays keeps its own revision.
        Edit(rows.Replace("csv-a,9.1.1.1,block", "csv-a,9.1.1.1,allow", StringComparison.Ordinal) + "csv-c,9.1.1.3,block,,,Why,Who,2026-12-01T00:00:00Z\n");
        file.Look();
        file.Look();
        Assert.Empty(file.Faults);
        Assert.Equal([2, 2, 1], _store.Current.Entries.OrderBy(entry => entry.Target.ToString() == "9.1.1.2").ThenBy(entry => entry.Id).Select(entry => entry.Revision));
        var record = _store.Records[^1];
        Assert.Equal(("overrides.csv", "csv", 2), (record.Who, record.Action, record.Changes.Count));

        File.Delete(_store.CsvPath);
        file.Look();
        Assert.True(file.Look());
        Assert.Equal((3, 0), (_store.Current.Revision, _store.Current.Entries.Count));
    }

    [Theory]
    [InlineData("ov-1,9.1.1.1,block,,,Why,Who,2026-12-01T00:00:00Z\n", "id: 'ov-1' does not begin with csv-")]
    [InlineData("csv-a,9.1.1.1,block,,,Why,Who,2026-12-01T00:00:00Z\ncsv-a,9.1.1.2,block,,,Why,Who,2026-12-01T00:00:00Z\n", "Line 3, id: 'csv-a' is there twice")]
    [InlineData(",9.1.1.1,block,,,Why,Who,2026-12-01T00:00:00Z\n,::ffff:9.1.1.1,block,,,Why,Who,2026-12-01T00:00:00Z\n", "is there twice")]
    [InlineData(",9.1.1.1,block,,,Why,Who,2028-12-01T00:00:00Z\n", "is more than 400 days ahead")]
    [InlineData(",10.1.1.1,block,,,Why,Who,2026-12-01T00:00:00Z\n", "special-purpose")]
    [InlineData(",9.1.1.1,block,,,,Who,2026-12-01T00:00:00Z\n", "reason: '' is no reason")]
    public void File_RowThatCannotBe_IsReportedAndNothingIsInForce(string rows, string expected)
    {
        var file = new OverridesFile(_store, _time);
        Directory.CreateDirectory(Path.GetDirectoryName(_store.CsvPath)!);
        Edit(rows);
        Assert.True(file.Look());
        Assert.Contains(expected, Assert.Single(file.Faults).ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _store.Current.Revision);
    }

    // The row is right, and its time is over: it must not stand in the way of the next edit.
    [Fact]
    public void File_RowThatHasExpired_IsNoFault()
    {
        var file = new OverridesFile(_store, _time);
        Directory.CreateDirectory(Path.GetDirectoryName(_store.CsvPath)!);
        Edit("csv-a,9.1.1.1,block,,,Why,Who,2026-11-24T12:00:10Z\n");
        Assert.True(file.Look());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((2, 0), (_store.Current.Revision, _store.Current.Entries.Count));
        Edit("csv-a,9.1.1.1,block,,,Why,Who,2026-11-24T12:00:10Z\ncsv-b,9.1.1.2,block,,,Why,Who,2026-12-01T00:00:00Z\n");
        file.Look();
        Assert.True(file.Look());
        Assert.Empty(file.Faults);
        Assert.Equal(["csv-b"], _store.Current.Entries.Select(entry => entry.Id));
    }

    public void Dispose()
    {
        _opened.ForEach(store => store.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    OverrideStore Open(out long torn)
    {
        var store = new OverrideStore(_folder, maxEntries: 100, _time, _told.Add);
        torn = store.Open();
        _opened.Add(store);
        return store;
    }

    Override Add(string id, DateTimeOffset expiresAt)
    {
        Override? added = null;
        _store.Change("key:ops", OverrideAction.Create, (_, revision) => [(null, added = Make(id, expiresAt, revision))]);
        return added!;
    }

    void Change(string action, params (Override? Before, Override? After)[] changes) => _store.Change("key:ops", action, (_, _) => changes);

    static Override Make(string id, DateTimeOffset expiresAt, long revision) => new(
        id, OverrideTarget.Of(Address.Parse("9.1.1.1")), OverrideEffect.Tag, CategorySet.Empty, "tag", "Why", "Who", expiresAt, revision);

    void Edit(string rows)
    {
        File.WriteAllText(_store.CsvPath, $"{OverridesCsv.Header}\n{rows}", Encoding.UTF8);
        File.SetLastWriteTimeUtc(_store.CsvPath, DateTime.UnixEpoch.AddSeconds(++_edits)); // whatever the clock of the disk does
    }

    int _edits;
}
