using System.Collections.Concurrent;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;
using AcquireInfra.Enrichment.Service.Refreshing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>When a publisher is asked, by a clock of the test's own. The source says nothing of its interval, which is a day then.</summary>
public sealed class ScheduleTests : IAsyncDisposable
{
    const string NotFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const string TooMany = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7200\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    static readonly TimeSpan Interval = TimeSpan.FromDays(1);
    static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    readonly ConcurrentQueue<DateTimeOffset> _askedAt = [];
    readonly RefreshedService _data;

    public ScheduleTests() => _data = new() { Time = _time };

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task Schedule_PublisherThatAnswers_IsAskedOnceInEachIntervalPlusAFifthOfChance()
    {
        Answer(List);
        await using var service = await StartAsync();
        List<TimeSpan> waits = [];
        for (var attempt = 0; attempt < 6; attempt++)
        {
            waits.Add(await NextAsync(service));
        }
        Assert.All(waits, wait => Assert.InRange(wait, Interval, Interval * 1.2));
        Assert.True(waits.Distinct().Count() > 3, "no jitter: " + string.Join(", ", waits));
        Assert.Equal(1 + waits.Count, _askedAt.Count);
    }

    [Fact]
    public async Task Schedule_PublisherThatIsGone_IsAskedLessAndLessButFourTimesADay()
    {
        Answer(NotFound);
        await using var service = await StartAsync();
        for (var failures = 1; failures <= 12; failures++)
        {
            Assert.Equal(failures, StateOf(service).Failures);
            var expected = TimeSpan.FromMinutes(Math.Min(Math.Pow(2, failures - 1), 360));
            Assert.InRange(await NextAsync(service), expected, expected * 1.2);
        }
        Assert.Equal(13, _askedAt.Count);
        Answer(List);
        await NextAsync(service);
        Assert.Equal((0, null), (StateOf(service).Failures, StateOf(service).Problem));
        Assert.InRange(await NextAsync(service), Interval, Interval * 1.2);
    }

    [Fact]
    public async Task Schedule_PublisherThatAsksForTime_GetsIt()
    {
        Answer(TooMany);
        await using var service = await StartAsync();
        var wait = await NextAsync(service);
        Assert.InRange(wait, TimeSpan.FromHours(2), TimeSpan.FromHours(2 * 1.2));
        Assert.Equal(2, _askedAt.Count); // 429 is not asked again at once
    }

    [Fact]
    public async Task Schedule_WhileAFetchLasts_NoOtherOfTheSourceBegins()
    {
        var (inFlight, most, mayAnswer) = (0, 0, new TaskCompletionSource());
        _data.Serve(async (_, to, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inFlight));
            _askedAt.Enqueue(_time.GetUtcNow());
            await mayAnswer.Task;
            await FakeUpstream.WriteAsync(to, List);
            Interlocked.Decrement(ref inFlight);
        });
        await using var service = await _data.StartAsync(isOn: true);
        await UntilAskedAsync(1);
        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(202, (await service.PostAsync("fetched:refresh", null)).Status);
            await Task.Delay(Settled, TestContext.Current.CancellationToken);
        }
        Assert.Single(_askedAt);
        mayAnswer.SetResult();
        await UntilAskedAsync(2); // once for all who asked meanwhile
        await Task.Delay(3 * Settled, TestContext.Current.CancellationToken);
        Assert.Equal((2, 1), (_askedAt.Count, most));
    }

    [Fact]
    public async Task Refresh_AskedForBeforeItIsDue_IsDoneAtOnceAndTheNextIsAnIntervalLater()
    {
        Answer(List);
        await using var service = await StartAsync();
        _time.Advance(TimeSpan.FromHours(5));
        await service.RefreshAsync();
        Assert.Equal(_time.GetUtcNow(), StateOf(service).LastAttemptAt);
        Assert.InRange(await NextAsync(service), Interval, Interval * 1.2);
        Assert.Equal(3, _askedAt.Count);
    }

    [Fact]
    public async Task Schedule_SwitchedOff_AsksNobodyUntilSomeoneAsks()
    {
        Answer(List);
        await using var service = await _data.StartAsync(isOn: false);
        for (var hour = 0; hour < 60; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        Assert.Empty(_askedAt);
        await service.RefreshAsync();
        Assert.Single(_askedAt);
    }

    // The disk was at fault and not the sources: nobody is asked, and what is there is compiled.
    [Fact]
    public async Task Compile_DiskThatFailed_IsTriedAgainWithinAMinute()
    {
        Answer(List);
        await using var service = await _data.StartAsync(isOn: false);
        var inTheWay = Path.Combine(_data.StateFolder, "snapshots", "compiling", "x");
        Directory.CreateDirectory(inTheWay);
        await service.RefreshAsync();
        await SourcesClient.UntilAsync(async () => (await service.Rest.FetchAsync("/health/ready")).Text.Contains("state folder", StringComparison.Ordinal), "it does not fail");
        Directory.Delete(Path.GetDirectoryName(inTheWay)!, recursive: true);
        await Task.Delay(Settled, TestContext.Current.CancellationToken); // the refresher sleeps
        Assert.Null(await service.NetworkAsync("203.0.113.1"));
        _time.Advance(TimeSpan.FromMinutes(1) + Step);
        await service.KnowsAsync("203.0.113.1");
        await SourcesClient.UntilAsync(async () => (await service.Rest.FetchAsync("/health/ready")).Text.Contains("\"ready\"", StringComparison.Ordinal), "it is not ready");
        Assert.Single(_askedAt);
    }

    static string List => $"HTTP/1.1 200 OK\r\nContent-Length: {RefreshedService.Lines(3).Length}\r\nConnection: close\r\n\r\n{RefreshedService.Lines(3)}";

    void Answer(string response) => _data.Serve((_, to, _) =>
    {
        _askedAt.Enqueue(_time.GetUtcNow());
        return FakeUpstream.WriteAsync(to, response);
    });

    /// <summary>A service that has asked for the first time.</summary>
    async Task<RunningService> StartAsync()
    {
        var service = await _data.StartAsync(isOn: true);
        await SourcesClient.UntilAsync(() => Task.FromResult(StateOf(service).LastAttemptAt is not null), "it is not asked when it starts");
        Assert.Single(_askedAt);
        return service;
    }

    /// <summary>Lets time pass until the publisher is asked again: not before it is due, and soon after.</summary>
    /// <returns>The time from one attempt to the next that was planned.</returns>
    async Task<TimeSpan> NextAsync(RunningService service)
    {
        await Task.Delay(Settled, TestContext.Current.CancellationToken); // the refresher sleeps
        var (state, asked) = (StateOf(service), _askedAt.Count);
        var due = state.NextDueAt!.Value;
        _time.Advance(due - Step - _time.GetUtcNow());
        await Task.Delay(Settled, TestContext.Current.CancellationToken);
        Assert.Equal(asked, _askedAt.Count);
        for (var steps = 0; StateOf(service).LastAttemptAt == state.LastAttemptAt; steps++)
        {
            Assert.True(steps < 60, $"due at {due:O}, and not asked at {_time.GetUtcNow():O}");
            _time.Advance(Step);
            for (var waited = 0; waited < 20 && StateOf(service).LastAttemptAt == state.LastAttemptAt; waited++)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
        Assert.True(_askedAt.Last() >= due);
        return due - state.LastAttemptAt!.Value;
    }

    Task UntilAskedAsync(int times) => SourcesClient.UntilAsync(() => Task.FromResult(_askedAt.Count >= times), $"asked {_askedAt.Count} times, not {times}");

    static FeedState StateOf(RunningService service) => service.Services.GetRequiredService<SourceCatalog>().States["fetched"];
}
