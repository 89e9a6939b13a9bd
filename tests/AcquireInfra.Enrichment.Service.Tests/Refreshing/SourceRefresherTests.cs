namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>A service that fetches from a fake publisher: what goes live, what does not, and what it says of it.</summary>
public sealed class SourceRefresherTests : IAsyncDisposable
{
    readonly RefreshedService _data = new();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task FirstStart_PublisherThatTakesItsTime_ServesAtOnceAndTheVersionGoesLiveLater()
    {
        var asked = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        _data.Serve(async (_, to, _) =>
        {
            asked.TrySetResult();
            await mayAnswer.Task;
            await Feeds.Tests.Upstream.FakeUpstream.WriteAsync(to, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n203.0.113.0/24\n");
        });
        await using var service = await _data.StartAsync(isOn: true);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("192.0.2.0/24", await service.NetworkAsync("192.0.2.1"));
        Assert.Null(await service.NetworkAsync("203.0.113.1"));
        mayAnswer.SetResult();
        await service.KnowsAsync("203.0.113.1");
        Assert.Equal("192.0.2.0/24", await service.NetworkAsync("192.0.2.1"));
        var source = await service.SourceAsync();
        Assert.Equal((1, 0), (source.GetProperty("entries").GetInt32(), source.GetProperty("failures").GetInt32()));
        Assert.InRange(source.GetProperty("nextDueAt").GetDateTime() - source.GetProperty("lastAttemptAt").GetDateTime(), TimeSpan.FromDays(1), TimeSpan.FromDays(1.3));
    }

    [Fact]
    public async Task Restart_PublisherGone_KeepsWhatWasFetched()
    {
        _data.Publish(RefreshedService.Lines(10));
        string? id;
        await using (var first = await _data.StartAsync())
        {
            await first.RefreshAsync();
            await first.KnowsAsync("203.0.113.1");
            id = (await first.Rest.LookupAsync("203.0.113.1")).Json.GetProperty("snapshotId").GetString();
        }
        await _data.CloseUpstreamAsync();
        await using var second = await _data.StartAsync(isOn: true);
        Assert.Equal(id, (await second.Rest.LookupAsync("203.0.113.1")).Json.GetProperty("snapshotId").GetString());
        Assert.DoesNotContain(second.Log.Lines, line => line.Event.Name == "SnapshotCompiling"); // it was all there
    }

    [Fact]
    public async Task Refresh_NothingNew_CompilesNothing()
    {
        _data.Publish(RefreshedService.Lines(10));
        await using var service = await _data.StartAsync();
        await service.RefreshAsync();
        await service.KnowsAsync("203.0.113.1");
        var compiled = Count(service, "SnapshotCompiling");
        await service.RefreshAsync();
        await service.RefreshAsync(); // the round of the one before has ended
        Assert.Equal(3, _data.Upstream.Requests.Count);
        Assert.All(_data.Upstream.Requests.Skip(1), request => Assert.Contains("If-None-Match", request.Headers.Keys));
        Assert.Equal(compiled, Count(service, "SnapshotCompiling"));
        Assert.Contains("outcome=\"unchanged\"", await MetricAsync(service, "enrichment_refresh_attempts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_VersionThatLostMost_IsHeldUntilSomeoneAcceptsIt()
    {
        _data.Publish(RefreshedService.Lines(10));
        await using var service = await _data.StartAsync();
        await service.RefreshAsync();
        await service.KnowsAsync("203.0.113.9");
        _data.Publish(RefreshedService.Lines(2));
        var source = await service.RefreshAsync();

        Assert.NotNull(await service.NetworkAsync("203.0.113.9"));
        var held = source.GetProperty("held");
        Assert.Equal("shrank", held.GetProperty("reasons")[0].GetProperty("reason").GetString());
        Assert.Contains("reason=\"shrank\"", await MetricAsync(service, "enrichment_refresh_refused"), StringComparison.Ordinal);
        // Services of other tests in this process count into the same series while they run.
        await SourcesClient.UntilAsync(async () => (await MetricAsync(service, "enrichment_source_held")).EndsWith(" 1", StringComparison.Ordinal), "it is not counted as held");
        Assert.Single(service.Log.Lines, line => line.Event.Id == 2005);
        var ready = await service.Rest.FetchAsync("/health/ready");
        Assert.Equal((200, "degraded"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.Contains("held, see /v1/sources: fetched", ready.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);

        var accept = $$"""{"hash":"{{held.GetProperty("hash").GetString()}}","reason":"the provider is closing"}""";
        Assert.Equal(202, (await service.PostAsync("fetched:accept", accept)).Status);
        await SourcesClient.UntilAsync(async () => await service.NetworkAsync("203.0.113.9") is null, "it did not go live");
        Assert.NotNull(await service.NetworkAsync("203.0.113.1"));
        Assert.Contains("local", Assert.Single(service.Log.Lines, line => line.Event.Id == 2008).Text, StringComparison.Ordinal);
        Assert.Equal("ready", (await service.Rest.FetchAsync("/health/ready")).Json.GetProperty("status").GetString());
        Assert.Equal((404, "not_found"), (await service.PostAsync("fetched:accept", accept)) is var again ? (again.Status, again.Code) : default); // held no more
    }

    [Fact]
    public async Task Refresh_PublisherGone_ChangesNothingAndSaysSo()
    {
        _data.Publish(RefreshedService.Lines(10));
        await using var service = await _data.StartAsync();
        await service.RefreshAsync();
        await service.KnowsAsync("203.0.113.1");
        var (before, age) = ((await service.Rest.LookupAsync("203.0.113.1")).Text, (await service.SourceAsync()).GetProperty("ageSeconds").GetInt64());
        await _data.CloseUpstreamAsync();
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        var source = await service.RefreshAsync();
        Assert.Equal(1, source.GetProperty("failures").GetInt32());
        Assert.NotNull(source.GetProperty("problem").GetString());
        Assert.True(source.GetProperty("ageSeconds").GetInt64() > age, "its age does not grow");
        Assert.Equal(IdIn(before), IdIn((await service.Rest.LookupAsync("203.0.113.1")).Text));
        Assert.Single(service.Log.Lines, line => line.Event.Id == 2006);
    }

    [Fact]
    public async Task Refresh_OwnSpace_IsDropped()
    {
        _data.Publish(RefreshedService.Lines(10));
        await using var service = await _data.StartAsync("--Enrichment:OwnerPrefixes:0=203.0.113.4/30");
        await service.RefreshAsync();
        await service.KnowsAsync("203.0.113.1");
        Assert.Null(await service.NetworkAsync("203.0.113.5"));
        Assert.NotNull(await service.NetworkAsync("203.0.113.8"));
    }

    [Theory]
    [InlineData("fetched:accept", """{"hash":"00"}""", 400)]
    [InlineData("fetched:accept", """{"hash":"00","reason":" "}""", 400)]
    [InlineData("fetched:accept", """{"hash":"00","reason":"because"}""", 404)]
    [InlineData("test-list:refresh", null, 404)] // read where it lies
    [InlineData("unknown:refresh", null, 404)]
    public async Task Post_WhatCannotBe_IsAProblem(string path, string? json, int status)
    {
        await using var service = await _data.StartAsync();
        var answer = await service.PostAsync(path, json);
        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Empty(_data.Upstream.Requests);
    }

    [Fact]
    public async Task GetSources_Coverage_NamesWhoCoversWhatAndWhatNothingCovers()
    {
        _data.Publish(RefreshedService.Lines(10));
        await using var service = await _data.StartAsync();
        await service.RefreshAsync();
        await service.KnowsAsync("203.0.113.1");
        var answer = (await service.Rest.FetchAsync("/v1/sources")).Json;
        Assert.Equal(["fetched"], SourcesOf("vpn"));
        Assert.Equal(["test-list"], SourcesOf("hosting"));
        Assert.Empty(SourcesOf("tor"));
        Assert.Contains("tor", answer.GetProperty("uncoveredIpv4").EnumerateArray().Select(word => word.GetString()));
        Assert.DoesNotContain("vpn", answer.GetProperty("uncoveredIpv4").EnumerateArray().Select(word => word.GetString()));

        IEnumerable<string?> SourcesOf(string category) => answer.GetProperty("coverage").EnumerateArray()
            .Single(row => row.GetProperty("category").GetString() == category).GetProperty("sources").EnumerateArray().Select(id => id.GetString());
    }

    [Fact]
    public async Task Refresh_SnapshotThatFailsTheCanaries_IsNotMadeLiveAndNotAfterARestart()
    {
        await using var data = new RefreshedService(""", "canaries": [ { "ip": "9.0.0.1", "hasNot": ["vpn"] } ]""");
        data.Publish("203.0.113.1\n");
        await using (var service = await data.StartAsync())
        {
            await service.RefreshAsync();
            await service.KnowsAsync("203.0.113.1");
            data.Publish("203.0.113.1\n9.0.0.1\n");
            await service.RefreshAsync();
            await SourcesClient.UntilAsync(() => Task.FromResult(Count(service, "CanaryFailed") == 1), "the canary did not sing");
            await SourcesClient.UntilAsync(async () => (await ReadinessAsync(service)).Contains("canaries", StringComparison.Ordinal), "readiness does not say so");
            Assert.Null(await service.NetworkAsync("9.0.0.1"));
            Assert.Contains("outcome=\"canaries\"", await MetricAsync(service, "enrichment_snapshot_compilations"), StringComparison.Ordinal);
        }
        await using var restarted = await data.StartAsync();
        Assert.Null(await restarted.NetworkAsync("9.0.0.1"));
        Assert.NotNull(await restarted.NetworkAsync("203.0.113.1"));
        Assert.Contains("canaries", await ReadinessAsync(restarted), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_SourcePastItsMaximumAge_IsDegradedAndNamesIt()
    {
        await using var data = new RefreshedService(""", "changes": [ { "id": "test-list", "asOf": "2020-01-01T00:00:00Z", "maxAgeDays": 30 } ]""");
        await using var service = await data.StartAsync();
        var ready = await service.Rest.FetchAsync("/health/ready");
        Assert.Equal((200, "degraded"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.Contains("maximum age: test-list.", ready.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True((await service.SourceAsync("test-list")).GetProperty("isStale").GetBoolean());
    }

    static async Task<string> ReadinessAsync(RunningService service) => (await service.Rest.FetchAsync("/health/ready")).Text;

    static int Count(RunningService service, string name) => service.Log.Lines.Count(line => line.Event.Name == name);

    static string IdIn(string verdict) => verdict[verdict.IndexOf("\"snapshotId\"", StringComparison.Ordinal)..][..50];

    /// <summary>The series of the metric about the source, one after another.</summary>
    static async Task<string> MetricAsync(RunningService service, string name)
    {
        using var admin = new HttpClient { BaseAddress = new($"http://127.0.0.1:{service.Ports.Admin}") };
        var lines = (await admin.FetchAsync("/metrics")).Text.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal));
        return string.Join('\n', lines.Select(line => System.Text.RegularExpressions.Regex.Replace(line.TrimEnd(), " [0-9]{13}$", "")));
    }
}
