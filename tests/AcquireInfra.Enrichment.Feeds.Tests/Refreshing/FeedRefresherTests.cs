using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Refreshing;

public sealed class FeedRefresherTests
{
    static readonly string List = RefreshRig.Lines(100);
    static readonly string Short = RefreshRig.Lines(10);
    static readonly DateTimeOffset Published = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Refresh_FirstTime_IsAcceptedAndCompiledWithThePublishersDate()
    {
        await using var rig = new RefreshRig();
        Assert.Empty(rig.EntriesNow()); // no data yet, and no error
        rig.Upstream.Publish("/list.txt", List, Published);
        var report = await rig.RefreshAsync();
        Assert.Equal((RefreshOutcome.Accepted, null, null), (report.Outcome, report.Reason, report.Detail));
        Assert.Equal(100, rig.EntriesNow().Count);
        var located = rig.Store.WithFetched([new(rig.Source(), [])], rig.Time.GetUtcNow());
        Assert.Equal(Published, Assert.Single(located).Entry.AsOf);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Refresh_PublisherWithoutABelievableDate_HasThatOfTheDownload(bool inFuture)
    {
        await using var rig = new RefreshRig();
        rig.Upstream.Publish("/list.txt", List, inFuture ? rig.Time.GetUtcNow().AddDays(400) : null);
        await rig.RefreshAsync();
        Assert.Equal(rig.Time.GetUtcNow(), Assert.Single(rig.Store.WithFetched([new(rig.Source(), [])], rig.Time.GetUtcNow())).Entry.AsOf);
    }

    // 304, or the same bytes again under other validators: nothing to compile.
    [Fact]
    public async Task Refresh_NothingNew_IsUnchanged()
    {
        await using var rig = new RefreshRig();
        rig.Upstream.Publish("/list.txt", List, Published);
        await rig.RefreshAsync();
        var before = InputsOf(rig);
        rig.Time.Advance(TimeSpan.FromHours(30));
        Assert.Equal(RefreshOutcome.Unchanged, (await rig.RefreshAsync()).Outcome);
        Assert.True(rig.Upstream.Requests[1].Headers.ContainsKey("If-None-Match"));
        rig.Upstream.Publish("/list.txt", List, Published.AddHours(1));
        rig.Upstream.ServeRaw("/list.txt", $"HTTP/1.1 200 OK\r\nContent-Length: {List.Length}\r\n\r\n{List}");
        Assert.Equal(RefreshOutcome.Unchanged, (await rig.RefreshAsync()).Outcome);
        Assert.Equal(before, InputsOf(rig));
        Assert.Equal(rig.Time.GetUtcNow(), rig.State.Accepted!.ConfirmedAt);
    }

    [Fact]
    public async Task Refresh_SameBytesWithANewDate_AreNewsAfterADay()
    {
        await using var rig = new RefreshRig();
        foreach (var (hours, outcome) in new[] { (0, RefreshOutcome.Accepted), (1, RefreshOutcome.Unchanged), (23, RefreshOutcome.Unchanged), (24, RefreshOutcome.Accepted) })
        {
            var date = Published.AddDays(-2).AddHours(hours);
            rig.Upstream.ServeRaw("/list.txt", $"HTTP/1.1 200 OK\r\nLast-Modified: {date:R}\r\nContent-Length: {List.Length}\r\n\r\n{List}");
            var before = InputsOf(rig);
            Assert.Equal(outcome, (await rig.RefreshAsync()).Outcome);
            Assert.Equal(outcome == RefreshOutcome.Unchanged, before == InputsOf(rig)); // what is compiled has another date
        }
        Assert.Equal(Published.AddDays(-1), rig.State.Accepted!.PublishedAt);
    }

    [Fact]
    public async Task Refresh_SameTagAndOtherBody_IsJudgedByItsBody()
    {
        await using var rig = new RefreshRig();
        foreach (var (list, outcome) in new[] { (List, RefreshOutcome.Accepted), (List + "9.1.1.1\n", RefreshOutcome.Accepted), (Short, RefreshOutcome.Refused) })
        {
            rig.Upstream.ServeRaw("/list.txt", $"HTTP/1.1 200 OK\r\nETag: \"same\"\r\nContent-Length: {list.Length}\r\n\r\n{list}");
            Assert.Equal(outcome, (await rig.RefreshAsync()).Outcome);
        }
        Assert.Equal(101, rig.EntriesNow().Count);
    }

    [Fact]
    public async Task Refresh_OneOfTwoFilesChanged_FetchesThatOne()
    {
        await using var rig = new RefreshRig();
        var source = rig.Source(null, "/v4", "/v6");
        rig.Upstream.Publish("/v4", "9.1.1.1\n");
        rig.Upstream.Publish("/v6", "2a00::1\n");
        await rig.RefreshAsync(source);
        rig.Upstream.Publish("/v6", "2a00::1\n2a00::2\n");
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(source)).Outcome);
        Assert.Equal(["9.1.1.1/32", "2a00::1/128", "2a00::2/128"], rig.EntriesNow(source));
        rig.Upstream.Serve("/v6", (_, to, _) => FakeUpstream.WriteAsync(to, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        rig.Upstream.Publish("/v4", "9.1.1.2\n");
        Assert.Equal((RefreshOutcome.Failed, "http_status"), ((await rig.RefreshAsync(source)) is var report ? (report.Outcome, report.Reason) : default));
        Assert.Equal(["9.1.1.1/32", "2a00::1/128", "2a00::2/128"], rig.EntriesNow(source)); // all of a version, or none
    }

    [Fact]
    public async Task Refresh_PublisherAway_KeepsWhatWasThereAndBacksOff()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        rig.Upstream.ServeRaw("/list.txt", "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n");
        var first = await rig.RefreshAsync();
        Assert.Equal((RefreshOutcome.Failed, "http_status", 1), (first.Outcome, first.Reason, first.State.Failures));
        Assert.Equal(rig.Time.GetUtcNow().AddHours(2 * 1.1), first.State.NextDueAt);
        rig.Upstream.ServeRaw("/list.txt", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((2, rig.Time.GetUtcNow().AddMinutes(2 * 1.1)), ((await rig.RefreshAsync()) is { State: var state } ? (state.Failures, state.NextDueAt!.Value) : default));
        Assert.Equal(100, rig.EntriesNow().Count);
        rig.Upstream.Publish("/list.txt", List);
        var again = await rig.RefreshAsync();
        Assert.Equal((RefreshOutcome.Unchanged, 0, null), (again.Outcome, again.State.Failures, again.State.Problem));
        Assert.Equal(rig.Time.GetUtcNow().AddDays(1.1), again.State.NextDueAt);
    }

    // A list that lost 90 % and stays so: an accident at first, news after two further looks and a day.
    [Fact]
    public async Task Refresh_ShrinkThatStays_IsBelievedAfterTwoLooksAndADay()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        Assert.Equal((RefreshOutcome.Refused, "shrank"), ((await rig.RefreshAsync(Short)) is var report ? (report.Outcome, report.Reason) : default));
        for (var hours = 8; hours < 24; hours += 8)
        {
            rig.Time.Advance(TimeSpan.FromHours(8));
            Assert.Equal(RefreshOutcome.Refused, (await rig.RefreshAsync()).Outcome); // by 304: it is what was seen last
        }
        Assert.Equal(3, rig.State.Held!.TimesSeen);
        rig.Time.Advance(TimeSpan.FromHours(8));
        var believed = await rig.RefreshAsync();
        Assert.Equal(RefreshOutcome.Accepted, believed.Outcome);
        Assert.Contains("published 4 times since 2026-11-24 12:00", believed.State.Accepted!.AcceptedBecause, StringComparison.Ordinal);
        Assert.Equal(10, rig.EntriesNow().Count);
        Assert.Null(rig.State.Held);
    }

    [Theory, InlineData(1, 48, false), InlineData(2, 11.9, false), InlineData(2, 12, true), InlineData(5, 1, false)]
    public async Task Refresh_ShrinkThatStays_NeedsBothTheLooksAndTheDay(int furtherLooks, double hoursBetween, bool isBelieved)
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        var report = await rig.RefreshAsync(Short);
        for (var look = 0; look < furtherLooks; look++)
        {
            rig.Time.Advance(TimeSpan.FromHours(hoursBetween));
            report = await rig.RefreshAsync();
        }
        Assert.Equal(isBelieved ? RefreshOutcome.Accepted : RefreshOutcome.Refused, report.Outcome);
    }

    [Fact]
    public async Task Refresh_ShrinkThatIsTakenBack_BeginsAnew()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        await rig.RefreshAsync(Short);
        await rig.RefreshAsync(Short);
        rig.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(RefreshOutcome.Unchanged, (await rig.RefreshAsync(List)).Outcome);
        Assert.Null(rig.State.Held);
        var again = await rig.RefreshAsync(Short);
        Assert.Equal((RefreshOutcome.Refused, 1, rig.Time.GetUtcNow()), (again.Outcome, again.State.Held!.TimesSeen, again.State.Held.FirstSeenAt));
    }

    [Fact]
    public async Task Refresh_Poison_IsNeverBelieved()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        rig.Upstream.Publish("/list.txt", List + "0.0.0.0/0\n");
        for (var day = 0; day < 10; day++)
        {
            Assert.Equal((RefreshOutcome.Refused, "too_wide"), ((await rig.RefreshAsync()) is var report ? (report.Outcome, report.Reason) : default));
            rig.Time.Advance(TimeSpan.FromDays(1));
        }
        Assert.Equal(10, rig.State.Held!.TimesSeen);
    }

    // Known by its hash: read once, and then only counted, by whatever way it comes back.
    [Fact]
    public async Task Refresh_RefusedVersionComesBack_IsNotParsedAgain()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        await rig.RefreshAsync(Short);
        await rig.RefreshAsync("oops\n");
        Assert.Equal("shrank", (await rig.RefreshAsync(Short)).Reason);
        // A refresher that can read nothing knows it all the same, and calls what it has not seen cut.
        var blind = new FeedRefresher(rig.Store, rig.Fetcher, rig.Limits with { MaxFeedBytes = 1 }, rig.Time, () => 0);
        rig.Upstream.Publish("/list.txt", "oops\n");
        Assert.Equal("empty", (await RefreshAsync(blind, rig)).Reason);
        rig.Upstream.Publish("/list.txt", "oops, another\n");
        Assert.Equal("cut", (await RefreshAsync(blind, rig)).Reason);
    }

    [Fact]
    public async Task Refresh_RefusedVersionUnderOtherGates_IsLookedAtAnew()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        await rig.RefreshAsync(Short);
        Assert.Equal(RefreshOutcome.Refused, (await rig.RefreshAsync()).Outcome);
        Assert.Equal("removed", (await rig.RefreshAsync(rig.Source() with { Gates = new() { MaxShrink = 1 } })).Reason);
        var open = rig.Source() with { Gates = new() { MaxShrink = 1, MaxRemoved = 1, MaxCoverageChange = 1 } };
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(open)).Outcome);
        Assert.Equal(10, rig.EntriesNow(open).Count);
    }

    [Fact]
    public async Task Accept_ByAnOperator_LetsTheHeldVersionPass()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        var hash = (await rig.RefreshAsync(List + "0.0.0.0/1\n9.1.1.1\n")).State.Held!.Version.Hash;
        Assert.False(rig.Store.Accept(rig.Source(), new string('0', 64), "no such", rig.Time.GetUtcNow()));
        Assert.True(rig.Store.Accept(rig.Source(), hash, "ada: checked with the publisher", rig.Time.GetUtcNow()));
        Assert.Equal(101, rig.EntriesNow().Count); // and yet no prefix is wider than any may be
        Assert.Equal("ada: checked with the publisher", rig.State.Accepted!.AcceptedBecause);
        Assert.Equal(RefreshOutcome.Unchanged, (await rig.RefreshAsync()).Outcome);
        Assert.False(rig.Store.Accept(rig.Source(), hash, "again", rig.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Refresh_EntryOfAnotherAddressOrFormat_IsAnotherSource()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        var other = rig.Source(new FeedFormat { Syntax = FeedSyntax.Text, Endpoints = true });
        Assert.Empty(rig.EntriesNow(other));
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(Short, other)).Outcome); // no shrink: nothing came before
        Assert.Empty(rig.EntriesNow());
        Assert.Equal(10, rig.EntriesNow(other with { Reliability = 0.1, Gates = new() { MaxShrink = 1 } }).Count);
    }

    [Fact]
    public async Task Refresh_DownloadFormat_IsHowWhatIsFetchedIsRead()
    {
        await using var rig = new RefreshRig();
        var source = rig.Source(new FeedFormat { Syntax = FeedSyntax.MaxMindDb }) with { DownloadFormat = new FeedFormat { Syntax = FeedSyntax.Text } };
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(List, source)).Outcome);
        Assert.Equal(100, rig.EntriesNow(source).Count);
    }

    [Fact]
    public async Task Refresh_LocalFilesAndFolders_GoThroughTheGatesToo()
    {
        await using var rig = new RefreshRig();
        using var folder = new TemporaryFolder();
        var source = rig.Source() with { Urls = [], Files = ["lists"], RefreshInterval = TimeSpan.FromHours(1) };
        Task<RefreshReport> Refresh() => rig.Refresher.RefreshAsync(
            SourceLoader.Locate(new SourceManifest { Sources = [source] }, folder.Path)[0], TestContext.Current.CancellationToken);

        Assert.Equal((RefreshOutcome.Failed, "no_file"), ((await Refresh()) is var missing ? (missing.Outcome, missing.Reason) : default));
        folder.Write("lists/a.txt", List);
        Assert.Equal(RefreshOutcome.Accepted, (await Refresh()).Outcome);
        folder.Write("lists/b.txt", "9.1.1.1\n");
        Assert.Equal(RefreshOutcome.Accepted, (await Refresh()).Outcome);
        folder.Write("lists/a.txt", "");
        Assert.Equal(RefreshOutcome.Refused, (await Refresh()).Outcome);
        Assert.Equal(101, rig.EntriesNow(source).Count);
        Assert.Equal(RefreshOutcome.Refused, (await Refresh()).Outcome);
    }

    [Fact]
    public async Task Refresh_WhileAnotherIsAtIt_IsBusy()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        using (FolderLock.TryTake(Path.Combine(rig.StateFolder, "feeds", "own")))
        {
            Assert.Equal(RefreshOutcome.Busy, (await rig.RefreshAsync(Short)).Outcome);
            Assert.False(rig.Store.Accept(rig.Source(), "x", "y", rig.Time.GetUtcNow()));
        }
        Assert.Equal(RefreshOutcome.Refused, (await rig.RefreshAsync()).Outcome);
    }

    [Fact]
    public async Task Refresh_StateFolderThatCannotBeWritten_FailsAndDoesNotThrow()
    {
        await using var rig = new RefreshRig();
        File.WriteAllText(Path.Combine(rig.StateFolder, "feeds"), "in the way");
        var report = await rig.RefreshAsync(List);
        Assert.Equal((RefreshOutcome.Failed, "state_folder", 1), (report.Outcome, report.Reason, report.State.Failures));
    }

    [Fact]
    public async Task Refresh_Cancelled_LeavesEverythingAsItWas()
    {
        await using var rig = new RefreshRig();
        await rig.RefreshAsync(List);
        rig.Upstream.Serve("/list.txt", (_, _, stopping) => Task.Delay(Timeout.Infinite, stopping));
        using var cancelled = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Refresher.RefreshAsync(new(rig.Source(), []), cancelled.Token));
        Assert.Equal(100, rig.EntriesNow().Count);
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(List + "9.1.1.1\n")).Outcome);
    }

    static string InputsOf(RefreshRig rig) => InputsHash.Of(rig.Store.WithFetched([new(rig.Source(), [])], rig.Time.GetUtcNow()), "", TestContext.Current.CancellationToken);

    static Task<RefreshReport> RefreshAsync(FeedRefresher refresher, RefreshRig rig) =>
        refresher.RefreshAsync(new(rig.Source(), []), TestContext.Current.CancellationToken);
}
