using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;

namespace AcquireInfra.Enrichment.Feeds.Tests.Refreshing;

/// <summary>What lies on disk: whole after every way to die, and gone when it has to be.</summary>
public sealed class FeedStoreTests
{
    static readonly string List = RefreshRig.Lines(100);

    [Fact]
    public async Task Folder_AfterEachRefresh_HoldsWhatTheStateNames()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        Assert.Equal(3, rig.FilesOnDisk.Count());           // a list, the lock and the state
        await rig.RefreshAsync(List + "9.1.1.1\n");
        Assert.Equal(4, rig.FilesOnDisk.Count());           // and the list before, which may be read at this moment
        await rig.RefreshAsync("");
        Assert.Equal(4, rig.FilesOnDisk.Count());           // which made place for the one that is held
        await rig.RefreshAsync(List + "9.1.1.1\n");
        Assert.Equal(3, rig.FilesOnDisk.Count());
    }

    // Killed between any two steps of a refresh, a process leaves files that no state names, and half a temporary one.
    [Fact]
    public async Task Refresh_AfterAProcessDied_GoesOnFromTheLastWholeState()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        var folder = Path.Combine(rig.StateFolder, "feeds", "own");
        var whole = await File.ReadAllBytesAsync(Path.Combine(folder, "state.json"), TestContext.Current.CancellationToken);
        await rig.RefreshAsync(List + "9.1.1.1\n");
        var files = Directory.GetFiles(folder, "0-*");
        Assert.Equal(2, files.Length);
        // The new file is in its place, the state is the old one: dead just before the state was written.
        await File.WriteAllBytesAsync(Path.Combine(folder, "state.json"), whole, TestContext.Current.CancellationToken);
        foreach (var torn in new[] { ".state.json-0123.tmp", "incoming-0", "incoming-0.published", ".incoming-0-4567.tmp" })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, torn), "half", TestContext.Current.CancellationToken);
        }
        Assert.Equal(100, rig.EntriesNow().Count);
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync()).Outcome);
        Assert.Equal(101, rig.EntriesNow().Count);
        Assert.Equal(4, rig.FilesOnDisk.Count());
    }

    [Fact]
    public async Task Purge_AfterAProcessDied_RemovesWhatItHasLeftAndNothingElse()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        await rig.RefreshAsync(List + "9.1.1.1\n");
        var (folder, whole) = (Path.Combine(rig.StateFolder, "feeds", "own"), rig.FilesOnDisk.ToList());
        foreach (var torn in new[] { ".state.json-0123.tmp", "incoming-0", "incoming-0.published", ".incoming-0-4567.tmp" })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, torn), "half", TestContext.Current.CancellationToken);
        }
        using (FolderLock.TryTake(folder))
        {
            rig.Store.Purge([new(rig.Source(), [])], rig.Time.GetUtcNow());
            Assert.Equal(whole.Count + 4, rig.FilesOnDisk.Count()); // another process may be writing them
        }
        Assert.Empty(rig.Store.Purge([new(rig.Source(), [])], rig.Time.GetUtcNow()));
        Assert.Equal(whole, rig.FilesOnDisk);
    }

    [Theory, InlineData(""), InlineData("{"), InlineData("null"), InlineData("{\"definition\": null}"), InlineData("{\"definition\": \"other\"}")]
    public async Task Refresh_StateThatIsDamaged_FetchesAnew(string damage)
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        await File.WriteAllTextAsync(Path.Combine(rig.StateFolder, "feeds", "own", "state.json"), damage, TestContext.Current.CancellationToken);
        Assert.Empty(rig.EntriesNow());
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync()).Outcome);
        Assert.Equal(100, rig.EntriesNow().Count);
    }

    [Fact]
    public async Task Refresh_FileThatWentMissing_IsFetchedAgain()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        File.Delete(Directory.GetFiles(Path.Combine(rig.StateFolder, "feeds", "own"), "0-*").Single());
        Assert.Empty(rig.EntriesNow());
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync()).Outcome); // and not 304 for what is not there
        Assert.Equal(100, rig.EntriesNow().Count);
    }

    [Fact]
    public async Task WithFetched_SourceWithFilesOfItsOwn_BeginsWithThem()
    {
        await using var rig = new RefreshRig();
        using var bundled = new TemporaryFolder();
        LocatedSource source = new(rig.Source() with { Files = ["start.txt"] }, [bundled.Write("start.txt", "9.1.1.1\n")]);
        Assert.Equal(source, Assert.Single(rig.Store.WithFetched([source], rig.Time.GetUtcNow())));
        rig.Upstream.Publish("/list.txt", List);
        await rig.Refresher.RefreshAsync(source, TestContext.Current.CancellationToken);
        Assert.NotEqual(source.Files, Assert.Single(rig.Store.WithFetched([source], rig.Time.GetUtcNow())).Files);
        Assert.Equal("9.1.1.1\n", await File.ReadAllTextAsync(source.Files[0], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Purge_SourceThatIsGoneOrOff_KeepsNothing()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        Assert.Empty(rig.Store.Purge([new(rig.Source(), [])], rig.Time.GetUtcNow()));
        Assert.Equal(["own"], rig.Store.Purge([new(rig.Source() with { Id = "another" }, [])], rig.Time.GetUtcNow()));
        Assert.Empty(Directory.GetDirectories(Path.Combine(rig.StateFolder, "feeds")));
        Assert.Empty(rig.Store.Purge([], rig.Time.GetUtcNow()));
    }

    // Kept for as long as the publisher goes on publishing it, and for the licence's time after.
    [Fact]
    public async Task Purge_PastItsRetention_IsDeletedAndNotCompiled()
    {
        await using var rig = new RefreshRig();
        var source = rig.Source() with { MaxRetention = TimeSpan.FromDays(30) };
        await rig.RefreshAsync(List, source);
        rig.Time.Advance(TimeSpan.FromDays(29));
        await rig.RefreshAsync(source);
        rig.Time.Advance(TimeSpan.FromDays(30));
        Assert.Empty(rig.Store.Purge([new(source, [])], rig.Time.GetUtcNow()));
        Assert.Equal(100, rig.EntriesNow(source).Count);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(rig.EntriesNow(source));
        Assert.Equal(["own"], rig.Store.Purge([new(source, [])], rig.Time.GetUtcNow()));
        Assert.Equal(["lock", "state.json"], rig.FilesOnDisk);
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(source)).Outcome);
    }

    // Two processes, one folder: never torn, whoever wins.
    [Fact]
    public async Task Refresh_TwoAtOnce_OneWinsAndTheFolderIsWhole()
    {
        await using var rig = new RefreshRig();
        var other = new FeedRefresher(new FeedStore(rig.StateFolder), rig.Fetcher, rig.Limits, rig.Time);
        for (var round = 0; round < 50; round++)
        {
            rig.Upstream.Publish("/list.txt", RefreshRig.Lines(100 + round));
            var outcomes = await Task.WhenAll(rig.RefreshAsync(), other.RefreshAsync(new(rig.Source(), []), TestContext.Current.CancellationToken));
            Assert.Equal(1, outcomes.Count(report => report.Outcome == RefreshOutcome.Accepted));
            Assert.All(outcomes, report => Assert.True(report.Outcome is RefreshOutcome.Accepted or RefreshOutcome.Busy or RefreshOutcome.Unchanged, report.Detail));
            Assert.Equal(100 + round, rig.EntriesNow().Count);
        }
    }
}
