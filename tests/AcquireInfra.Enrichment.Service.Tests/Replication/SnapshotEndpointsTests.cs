using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Replication;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Replication;

public sealed class SnapshotEndpointsTests : IAsyncLifetime
{
    const string FilePath = "/v1/snapshots/current/file";
    const string PolicyPath = "/v1/snapshots/current/policy";

    readonly TemporaryFolder _folder = new();
    RunningService _service = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    SnapshotHolder Holder => _service.Services.GetRequiredService<SnapshotHolder>();

    Snapshot Live => Holder.Current!;

    public async ValueTask InitializeAsync() => _service = await SmallData.StartAsync(_folder);

    [Fact]
    public async Task Snapshot_Live_IsDescribedWithItsSources()
    {
        var answer = await _service.Rest.FetchAsync("/v1/snapshots/current");
        var json = answer.Json;
        Assert.Equal(["id", "policyVersion", "overridesRevision", "dataAsOf", "fileBytes", "sources"], json.Members().Select(member => member.Name));
        Assert.Equal((Live.Id, "p1"), (json.GetProperty("id").GetString(), json.GetProperty("policyVersion").GetString()));
        Assert.Equal((Live.FileBytes, "2026-11-24T00:00:00Z"), (json.GetProperty("fileBytes").GetInt64(), json.GetProperty("dataAsOf").GetString()));
        Assert.Equal(
            """[{"id":"test-list","name":"List of this test","asOf":"2026-11-24T00:00:00Z","entries":2,"exportable":true,"licence":"MIT","attribution":null}]""",
            json.GetProperty("sources").GetRawText());
    }

    [Fact]
    public async Task Overrides_InForce_AreWhatAReplicaJudgesUnder()
    {
        var store = _service.Services.GetRequiredService<OverrideStore>();
        store.Change("key:ops", "create", (_, revision) => [(null, OverrideRules.Parse(new(
            "ov-1", new(Asn: 64500), "tag", Tag: "ours", Reason: "Why", Owner: "Who", ExpiresAt: "2027-06-01T00:00:00Z", Revision: revision)))]);
        var answer = await _service.Rest.FetchAsync("/v1/snapshots/current/overrides");
        var set = OverridesDocument.Parse(Encoding.UTF8.GetBytes(answer.Text));
        Assert.Equal(1, set.Revision);
        Assert.Equal(store.Current.Entries, set.Entries);
        using var file = await SendAsync(FilePath);
        Assert.Equal("1", file.Headers.GetValues("X-Enrichment-Overrides-Revision").Single());
        using var first = await SendAsync("/v1/snapshots/current/overrides");
        using var again = await SendAsync("/v1/snapshots/current/overrides", [("If-None-Match", first.Headers.ETag!.ToString())]);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task File_Live_IsTheFileOnDiskByteByByte()
    {
        using var response = await SendAsync(FilePath);
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.Equal(await File.ReadAllBytesAsync(_folder[$"state/snapshots/{Live.Id}.snapshot"], Cancelled), bytes);
        Assert.Equal(Live.Id, Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)))[..32]); // what a replica checks
        Assert.Equal((HttpStatusCode.OK, "application/octet-stream"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Equal((Live.FileBytes, "bytes"), (response.Content.Headers.ContentLength, response.Headers.AcceptRanges.ToString()));
        AssertNames(response, Live.Id);
    }

    [Fact]
    public async Task File_Head_HasTheHeadersAlone()
    {
        using var response = await SendAsync(FilePath, method: HttpMethod.Head);
        Assert.Equal((HttpStatusCode.OK, Live.FileBytes), (response.StatusCode, response.Content.Headers.ContentLength));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancelled));
        AssertNames(response, Live.Id);
    }

    [Theory]
    [InlineData("\"{0}\"", 304)]
    [InlineData("\"x\", \"{0}\"", 304)]
    [InlineData("*", 304)]
    [InlineData("W/\"{0}\"", 304)]  // If-None-Match compares weakly, RFC 9110 section 13.1.2
    [InlineData("\"x\"", 200)]
    [InlineData("{0}", 200)]        // no entity tag: ignored
    public async Task File_IfNoneMatch_AnswersAsItSays(string header, int status)
    {
        using var response = await SendAsync(FilePath, [("If-None-Match", header.Replace("{0}", Live.Id, StringComparison.Ordinal))]);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 200 ? Live.FileBytes : 0, (await response.Content.ReadAsByteArrayAsync(Cancelled)).Length);
        AssertNames(response, Live.Id); // also of another policy for the same snapshot
    }

    [Theory]
    [InlineData("bytes=0-99", "\"{0}\"", 206, 0, 100)]
    [InlineData("bytes=100-", "\"{0}\"", 206, 100, -1)]     // a download goes on
    [InlineData("bytes=-32", null, 206, -32, 32)]
    [InlineData("bytes=100-", "\"another\"", 200, 0, -1)]   // of another snapshot: all of this one
    [InlineData("bytes=100-", "W/\"{0}\"", 200, 0, -1)]     // If-Range compares strongly
    [InlineData("bytes=0-1,5-6", null, 200, 0, -1)]         // several parts at once are not worth it
    [InlineData("nonsense", null, 200, 0, -1)]
    [InlineData("bytes=999999999999-", null, 416, 0, 0)]
    public async Task File_Range_IsThatPart(string range, string? ifRange, int status, int start, int length)
    {
        var whole = await _service.Rest.GetByteArrayAsync(FilePath, Cancelled);
        var condition = ifRange?.Replace("{0}", Live.Id, StringComparison.Ordinal);
        using var response = await SendAsync(FilePath, [("Range", range), .. condition is null ? [] : new[] { ("If-Range", condition) }]);
        Assert.Equal(status, (int)response.StatusCode);
        var from = start < 0 ? whole.Length + start : start;
        var expected = whole.AsSpan(from, length < 0 ? whole.Length - from : length).ToArray();
        if (status != 416)
        {
            Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync(Cancelled));
        }
        Assert.Equal(status == 206 ? $"bytes {from}-{from + expected.Length - 1}/{whole.Length}" : status == 416 ? $"bytes */{whole.Length}" : "",
            response.Content.Headers.ContentRange?.ToString() ?? "");
    }

    // The reader has taken a part when the snapshot it reads is swapped out, and its file deleted.
    [Fact]
    public async Task File_SwapAndDeletionOnTheWay_TheDownloadIsStillWhollyTheFirst()
    {
        var first = Live.Id;
        var expected = await _service.Rest.GetByteArrayAsync(FilePath, Cancelled);
        using var response = await SendAsync(FilePath);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        var copy = new MemoryStream();
        var part = new byte[1000];
        await body.ReadExactlyAsync(part, Cancelled);
        copy.Write(part);
        SwapTo("203.0.113.0/24\n");
        File.Delete(_folder[$"state/snapshots/{first}.snapshot"]);
        GC.Collect();
        await body.CopyToAsync(copy, Cancelled);
        Assert.Equal(expected, copy.ToArray());
        AssertNames(response, first);
        using var next = await SendAsync(FilePath, [("If-None-Match", $"\"{first}\"")]);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        AssertNames(next, Live.Id);
    }

    [Fact]
    public async Task File_SwapsUnderDownloads_EachIsWholeAndNamed()
    {
        Snapshot[] snapshots = [Live, SmallData.Compile(_folder, "203.0.113.0/24\n")];
        using var done = new CancellationTokenSource();
        var swapper = Task.Run(async () =>
        {
            for (var swap = 0; !done.IsCancellationRequested; swap++)
            {
                Holder.Swap(snapshots[swap % 2]);
                await Task.Delay(1, Cancelled);
            }
        }, Cancelled);
        var seen = new HashSet<string>();
        for (var download = 0; download < 40 || (seen.Count < 2 && download < 400); download++)
        {
            using var response = await SendAsync(FilePath);
            var bytes = await response.Content.ReadAsByteArrayAsync(Cancelled);
            var id = Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)))[..32];
            AssertNames(response, id);
            seen.Add(id);
        }
        await done.CancelAsync();
        await swapper;
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public async Task Policy_Live_IsTheFileByteByByteAndConditional()
    {
        using var response = await SendAsync(PolicyPath);
        var json = await response.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.Equal(new DataFolder(_folder["data"]).ReadPolicyJson(), json);
        Assert.Equal(("application/json", "no-cache, private"), (response.Content.Headers.ContentType?.ToString(), response.Headers.CacheControl?.ToString()));
        var tag = response.Headers.ETag!;
        Assert.False(tag.IsWeak);
        using var again = await SendAsync(PolicyPath, [("If-None-Match", tag.ToString())]);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);

        _service.Services.GetRequiredService<JudgeProvider>().UsePolicy(SmallData.PolicyNamed("p2"));
        using var other = await SendAsync(PolicyPath, [("If-None-Match", tag.ToString())]);
        Assert.Equal(SmallData.PolicyNamed("p2"), await other.Content.ReadAsByteArrayAsync(Cancelled));
        using var file = await SendAsync(FilePath, [("If-None-Match", $"\"{Live.Id}\"")]);
        Assert.Equal((HttpStatusCode.NotModified, "p2"), (file.StatusCode, file.Headers.GetValues(SnapshotEndpoints.PolicyVersionHeader).Single()));
    }

    [Theory, InlineData(""), InlineData("/file")]
    public async Task Snapshot_NoneYet_Is503(string part)
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        await File.WriteAllTextAsync(folder["state"], "a file where the folder should be", Cancelled);
        await using var service = await RunningService.StartAsync(folder["state"], $"--Enrichment:DataFolder={folder["data"]}");
        var answer = await service.Rest.FetchAsync("/v1/snapshots/current" + part);
        Assert.Equal((503, "no_snapshot"), (answer.Status, answer.Code));
        Assert.Equal(200, (await service.Rest.FetchAsync(PolicyPath)).Status); // that is there from the start
    }

    [Theory, InlineData(""), InlineData("/file"), InlineData("/policy")]
    public async Task Snapshot_OtherMethods_Are405(string part)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
        {
            var answer = await _service.Rest.AnswerToAsync(new(method, "/v1/snapshots/current" + part));
            Assert.Equal((405, "method_not_allowed"), (answer.Status, answer.Code));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    void SwapTo(string list) => Holder.Swap(SmallData.Compile(_folder, list));

    static void AssertNames(HttpResponseMessage response, string id)
    {
        Assert.Equal(new EntityTagHeaderValue($"\"{id}\""), response.Headers.ETag);
        Assert.Equal("p1", response.Headers.GetValues(SnapshotEndpoints.PolicyVersionHeader).Single());
        Assert.Equal("no-cache, private", response.Headers.CacheControl?.ToString());
    }

    async Task<HttpResponseMessage> SendAsync(string path, IEnumerable<(string Name, string Value)>? headers = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        foreach (var (name, value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await _service.Rest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }
}
