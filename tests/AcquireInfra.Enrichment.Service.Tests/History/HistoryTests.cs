using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Service.Tests.Refreshing;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.V1;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Service.Tests.History;

/// <summary>A service whose one fetched list changes twice: what was said when, and choosing what is live. The address is global, so that it is judged.</summary>
public sealed class HistoryTests : IAsyncDisposable
{
    const string Ip = "9.2.2.2";
    const string Other = "9.3.3.3";

    readonly RefreshedService _data = new();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task AsOf_ThreeKeptSnapshots_AnswersByteForByteWhatWasAnsweredThen()
    {
        await using var service = await _data.StartAsync();
        var moments = await ThreeAsync(service);
        Assert.Equal(3, moments.Select(moment => moment.Body).Distinct().Count());
        foreach (var moment in moments)
        {
            Assert.Equal(moment.Body, (await service.Rest.FetchAsync($"/v1/ip/{Ip}?asOf={moment.At}")).Text);
        }
        Assert.Equal("unlisted", Verdict(moments[0].Body));
        Assert.Equal("anonymizer", Verdict(moments[1].Body));
    }

    [Fact]
    public async Task At_OfItems_IsTheSameThroughEveryDoor()
    {
        await using var service = await _data.StartAsync();
        var moments = await ThreeAsync(service);
        var items = string.Join('\n', moments.Select(moment => $$"""{"ip":"{{Ip}}","at":"{{moment.At}}"}"""));
        var rows = (await service.Rest.PostAsync(Encoding.UTF8.GetBytes(items), "application/x-ndjson", "?fields=verdict,score,categories")).Text.Split('\n');
        var batch = await service.Rest.BatchAsync(items.Split('\n'));
        using var rpc = new RpcClient(service);
        foreach (var (moment, at) in moments.Select((moment, at) => (moment, at)))
        {
            using var then = JsonDocument.Parse(moment.Body);
            using var row = JsonDocument.Parse(rows[at]);
            Assert.All(row.RootElement.EnumerateObject(), member => Assert.Equal(then.RootElement.GetProperty(member.Name).GetRawText(), member.Value.GetRawText()));
            Assert.Equal(then.RootElement.Members(), batch.Json.GetProperty("results")[at].Members("input"));
            var answer = await rpc.ScoreAsync(new ScoreIpRequest { Ip = Ip, At = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(moment.At, CultureInfo.InvariantCulture)) });
            Assert.Equal(then.RootElement.GetProperty("snapshotId").GetString(), answer.Basis.SnapshotId);
            Assert.Equal(then.RootElement.GetProperty("score").GetInt32(), answer.Verdict.Score);
        }
    }

    [Fact]
    public async Task At_BeforeTheHistory_IsJudgedByTheOldestAndWarnsOfIt()
    {
        await using var service = await _data.StartAsync();
        var first = (await ThreeAsync(service))[0];
        var answer = await service.Rest.BatchAsync([$$"""{"ip":"{{Ip}}","at":"2020-01-01T00:00:00Z"}"""]);
        var verdict = answer.Json.GetProperty("results")[0];
        Assert.Equal(JsonDocument.Parse(first.Body).RootElement.GetProperty("snapshotId").GetString(), verdict.GetProperty("snapshotId").GetString());
        Assert.StartsWith("Nothing of that time is kept", verdict.GetProperty("warnings").EnumerateArray().Last().GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2020-01-01T00:00:00Z", 404, "not_kept")]
    [InlineData("2999-01-01T00:00:00Z", 400, "bad_request")]
    [InlineData("2026-11-24", 400, "bad_request")]
    [InlineData("11/12/2026", 400, "bad_request")]
    [InlineData("", 400, "bad_request")]
    public async Task AsOf_TimeWithoutAnAnswer_IsAProblem(string asOf, int status, string code)
    {
        await using var service = await _data.StartAsync();
        var answer = await service.Rest.FetchAsync($"/v1/ip/{Ip}?asOf={asOf}");
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task AsOf_UnderAnOverrideOfThen_IsAsItWasThen()
    {
        await using var service = await _data.StartAsync();
        await GoLiveAsync(service, Ip);
        var created = await service.Rest.AnswerToAsync(new(HttpMethod.Post, "/v1/overrides")
        {
            Content = Json($$"""{"target":{"ip":"{{Ip}}"},"effect":"block","reason":"Test.","owner":"us","expiresAt":"{{DateTime.UtcNow.AddDays(1):yyyy-MM-ddTHH:mm:ssZ}}"}"""),
        });
        Assert.Equal(201, created.Status);
        var blocked = await MomentAsync(service);
        Assert.Equal(90, JsonDocument.Parse(blocked.Body).RootElement.GetProperty("score").GetInt32());
        var id = created.Json.GetProperty("id").GetString();
        using var delete = new HttpRequestMessage(HttpMethod.Delete, $"/v1/overrides/{id}");
        delete.Headers.TryAddWithoutValidation("If-Match", "*");
        using var deleted = await service.Rest.SendAsync(delete, TestContext.Current.CancellationToken);
        Assert.True(deleted.IsSuccessStatusCode, $"{(int)deleted.StatusCode}");
        Assert.NotEqual(blocked.Body, (await service.Rest.LookupAsync(Ip)).Text);
        Assert.Equal(blocked.Body, (await service.Rest.FetchAsync($"/v1/ip/{Ip}?asOf={blocked.At}")).Text);
    }

    [Fact]
    public async Task Retro_TellsThenAndNowAndWhatChanged()
    {
        await using var service = await _data.StartAsync();
        var moments = await ThreeAsync(service);
        var answer = await RetroAsync(service, $$"""
            {"ips":[{"ip":"{{Ip}}","at":"{{moments[0].At}}","id":"a"},{"ip":"{{Ip}}","at":"{{moments[1].At}}"},{"ip":"{{Ip}}"},
             {"ip":"{{Ip}}","at":"2020-01-01T00:00:00Z"},{"ip":"x","at":"{{moments[0].At}}"}]}
            """);
        Assert.Equal((200, "{\"total\":5,\"ok\":2,\"failed\":3,\"changed\":1}"), (answer.Status, answer.Json.GetProperty("summary").GetRawText()));
        var results = answer.Json.GetProperty("results");
        Assert.Equal("a", results[0].GetProperty("id").GetString());
        Assert.Equal(("unlisted", "anonymizer"), (Word(results[0], "then"), Word(results[0], "now")));
        Assert.Equal("[\"vpn\"]", results[0].GetProperty("added").GetRawText());
        Assert.False(results[1].GetProperty("changed").GetBoolean());
        Assert.Equal(
            ["bad_request", "not_kept", "bad_address"],
            results.EnumerateArray().Skip(2).Select(result => result.GetProperty("error").GetProperty("code").GetString()));

        static string? Word(JsonElement result, string side) => result.GetProperty(side).GetProperty("verdict").GetString();
    }

    [Theory, InlineData("[]", 400), InlineData("{", 400), InlineData("{\"ips\":[1]}", 200)]
    public async Task Retro_BadBody_IsAProblemOrAFault(string body, int status)
    {
        await using var service = await _data.StartAsync();
        Assert.Equal(status, (await RetroAsync(service, body)).Status);
    }

    [Fact]
    public async Task History_OfAnAddress_IsItsVerdictsWithTheTimesBetweenThem()
    {
        await using var service = await _data.StartAsync();
        await ThreeAsync(service);
        var periods = (await service.Rest.FetchAsync($"/v1/history/{Ip}")).Json.GetProperty("periods").EnumerateArray().ToList();
        Assert.Equal(["anonymizer", "unlisted"], periods.Select(period => period.GetProperty("verdict").GetProperty("verdict").GetString())); // the third changed another
        Assert.Equal(periods[0].GetProperty("from").GetRawText(), periods[1].GetProperty("until").GetRawText());
        Assert.Equal("null", periods[0].GetProperty("until").GetRawText());
        Assert.True((await service.Rest.FetchAsync($"/v1/history/{Ip}?limit=1")).Json.GetProperty("truncated").GetBoolean());
        Assert.Equal(400, (await service.Rest.FetchAsync("/v1/history/x")).Status);
    }

    [Fact]
    public async Task RollBack_IsQuickAndStaysUntilItIsLetGo()
    {
        await using var service = await _data.StartAsync();
        var moments = await ThreeAsync(service);
        var began = Stopwatch.GetTimestamp();
        var answer = await ChooseAsync(service, ":rollback");
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 0, 1_000); // the figure of 100 ms is tests/load.sh's
        Assert.Equal(200, answer.Status);
        Assert.Equal(moments[1].Body, (await service.Rest.LookupAsync(Ip)).Text);
        Assert.Contains("Wrong list.", answer.Json.GetProperty("pin").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("is pinned", (await service.Rest.FetchAsync("/health/ready")).Text, StringComparison.Ordinal);

        _data.Publish($"{Ip}\n{Other}\n9.4.4.4\n");
        await service.RefreshAsync();
        await SourcesClient.UntilAsync(() => Task.FromResult(service.Log.Lines.Any(line => line.Event.Name == "SnapshotHeldBack")), "nothing was held back");
        Assert.Equal(moments[1].Body, (await service.Rest.LookupAsync(Ip)).Text);

        Assert.Equal(200, (await ChooseAsync(service, ":unpin")).Status);
        Assert.NotNull(await service.NetworkAsync("9.4.4.4"));
        Assert.Equal(404, (await ChooseAsync(service, ":unpin")).Status);
    }

    [Fact]
    public async Task RollBack_Twice_GoesBackFurther()
    {
        await using var service = await _data.StartAsync();
        var moments = await ThreeAsync(service);
        await ChooseAsync(service, ":rollback");
        Assert.Equal(200, (await ChooseAsync(service, ":rollback")).Status);
        Assert.Equal(moments[0].Body, (await service.Rest.LookupAsync(Ip)).Text);
        Assert.Equal(404, (await ChooseAsync(service, ":rollback")).Status);
    }

    [Fact]
    public async Task Activate_SurvivesARestart()
    {
        string id;
        await using (var service = await _data.StartAsync())
        {
            var moments = await ThreeAsync(service);
            id = JsonDocument.Parse(moments[0].Body).RootElement.GetProperty("snapshotId").GetString()!;
            Assert.Equal(200, (await ChooseAsync(service, $"/{id}:activate")).Status);
            Assert.Equal(moments[0].Body, (await service.Rest.LookupAsync(Ip)).Text);
        }
        await using var second = await _data.StartAsync();
        Assert.Equal(id, (await second.Rest.FetchAsync("/v1/snapshots")).Json.GetProperty("liveId").GetString());
        Assert.Contains("is pinned", (await second.Rest.FetchAsync("/health/ready")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/00000000000000000000000000000000:activate", "{\"reason\":\"x\"}", 404)]
    [InlineData("/..%2Fcurrent:activate", "{\"reason\":\"x\"}", 404)]
    [InlineData(":rollback", "{\"reason\":\"x\"}", 404)]
    [InlineData(":rollback", "{}", 400)]
    [InlineData(":rollback", "{\"reason\":\" \"}", 400)]
    [InlineData(":rollback", "nothing", 400)]
    public async Task Choice_OfWhatIsNotThere_ChangesNothing(string path, string body, int status)
    {
        await using var service = await _data.StartAsync();
        var before = (await service.Rest.FetchAsync("/v1/snapshots")).Text;
        Assert.Equal(status, (await ChooseAsync(service, path, body)).Status);
        Assert.Equal(before, (await service.Rest.FetchAsync("/v1/snapshots")).Text);
    }

    [Fact]
    public async Task Diff_OfTheLastTwo_CountsWhatWasAdded()
    {
        await using var service = await _data.StartAsync();
        var moments = await ThreeAsync(service);
        var diff = (await service.Rest.FetchAsync("/v1/snapshots/diff")).Json;
        var row = Assert.Single(diff.GetProperty("categories").EnumerateArray());
        Assert.Equal("vpn", row.GetProperty("category").GetString());
        Assert.Equal((1, 1), (row.GetProperty("added").GetProperty("segments").GetInt32(), row.GetProperty("added").GetProperty("ipv4Addresses").GetInt32()));
        var first = JsonDocument.Parse(moments[0].Body).RootElement.GetProperty("snapshotId").GetString();
        var lines = (await service.Rest.FetchAsync($"/v1/snapshots/diff?from={first}&format=ndjson")).Text.Trim().Split('\n');
        Assert.Equal([$"[\"{Ip}/32\"]", $"[\"{Other}/32\"]"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("prefixes").GetRawText()));
        Assert.Equal(404, (await service.Rest.FetchAsync("/v1/snapshots/diff?from=abc")).Status);
        Assert.Equal(400, (await service.Rest.FetchAsync("/v1/snapshots/diff?format=xml")).Status);
    }

    [Fact]
    public async Task Days_OfNone_KeepWhatIsLiveAndSayWhyTheRestIsGone()
    {
        await using var service = await _data.StartAsync("--Enrichment:History:Days=0");
        var moments = await ThreeAsync(service);
        var folder = Path.Combine(_data.StateFolder, "snapshots");
        await SourcesClient.UntilAsync(() => Task.FromResult(Directory.GetFiles(folder, "*.snapshot").Length == 1), "the others are kept");
        var answer = await service.Rest.FetchAsync($"/v1/ip/{Ip}?asOf={moments[0].At}");
        Assert.Equal((404, "not_kept"), (answer.Status, answer.Code));
        Assert.Contains("kept for 0 days", answer.Text, StringComparison.Ordinal);
        Assert.Equal(moments[2].Body, (await service.Rest.FetchAsync($"/v1/ip/{Ip}?asOf={moments[2].At}")).Text);
    }

    [Fact]
    public async Task Retention_OfALicence_DeletesKeptSnapshotsToo()
    {
        await using var data = new RefreshedService(maxRetention: "00:00:03");
        await using var service = await data.StartAsync();
        data.Publish(Ip + "\n");
        await service.RefreshAsync();
        await service.KnowsAsync(Ip);
        var moment = await MomentAsync(service);
        await Task.Delay(TimeSpan.FromSeconds(3.5), TestContext.Current.CancellationToken);
        data.Publish(Other + "\n" + Ip + "\n");
        await service.RefreshAsync();
        await SourcesClient.UntilAsync(
            async () => (await service.Rest.FetchAsync($"/v1/ip/{Ip}?asOf={moment.At}")).Text.Contains("licence", StringComparison.Ordinal), "it is kept");
    }

    sealed record Moment(string At, string Body);

    // Without the list, with the address in it, and with another beside it.
    async Task<Moment[]> ThreeAsync(RunningService service)
    {
        var first = await MomentAsync(service);
        await GoLiveAsync(service, Ip);
        var second = await MomentAsync(service);
        await GoLiveAsync(service, Ip, Other);
        return [first, second, await MomentAsync(service)];
    }

    async Task GoLiveAsync(RunningService service, params string[] addresses)
    {
        _data.Publish(string.Concat(addresses.Select(address => address + "\n")));
        await service.RefreshAsync();
        await service.KnowsAsync(addresses[^1]);
    }

    // An answer, and a time at which it was given: after the last change and before the next.
    static async Task<Moment> MomentAsync(RunningService service)
    {
        var at = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        return new(at, (await service.Rest.LookupAsync(Ip)).Text);
    }

    static string? Verdict(string body) => JsonDocument.Parse(body).RootElement.GetProperty("verdict").GetString();

    static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    static Task<Answer> RetroAsync(RunningService service, string body) => service.Rest.AnswerToAsync(new(HttpMethod.Post, "/v1/retro") { Content = Json(body) });

    static Task<Answer> ChooseAsync(RunningService service, string path, string body = "{\"reason\":\"Wrong list.\"}")
    {
        var verbatim = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return service.Rest.AnswerToAsync(new(HttpMethod.Post, new Uri($"{service.Rest.BaseAddress}v1/snapshots{path}", verbatim)) { Content = Json(body) });
    }
}
