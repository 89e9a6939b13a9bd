using System.IO.Compression;
using System.Net;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Exporting;

/// <summary>On the bundled data, but for what a swap or a broken folder changes.</summary>
public sealed class ExportEndpointsTests(ServiceFixture fixture)
{
    // Global addresses: what is special-purpose is in no export.
    const string FewPrefixes = "100.0.0.0/24\n100.0.1.0/24\n2600:0:1::/48\n";

    public static TheoryData<string, string> Files => new()
    {
        { "watchlist.csv", "text/csv; charset=utf-8" },
        { "ranges.csv", "text/csv; charset=utf-8" },
        { "edl.txt", "text/plain; charset=utf-8" },
        { "enrichment.mmdb", "application/octet-stream" },
    };

    [Theory, MemberData(nameof(Files))]
    public async Task Get_File_IsTheCoresAndSaysHowToAskAgain(string name, string contentType)
    {
        using var response = await GetAsync(fixture.Rest, name);
        Assert.Equal((HttpStatusCode.OK, contentType), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        var judge = fixture.Service.Services.GetRequiredService<JudgeProvider>().Current!;
        using var expected = new MemoryStream();
        SnapshotExport.All.Single(export => export.FileName == name).Write(judge, expected);
        Assert.Equal(expected.ToArray(), await BytesAsync(response));
        Assert.Equal(expected.Length, response.Content.Headers.ContentLength);
        Assert.False(response.Headers.ETag!.IsWeak);
        Assert.Equal(judge.Snapshot.DataAsOf, response.Content.Headers.LastModified);
        Assert.Equal(judge.Snapshot.Id, response.Headers.GetValues("X-Enrichment-Snapshot-Id").Single());
        Assert.True(response.Headers.CacheControl is { Private: true, NoCache: true, NoStore: false });
        Assert.Equal(("attachment", name), (response.Content.Headers.ContentDisposition!.DispositionType, response.Content.Headers.ContentDisposition.FileName));
        Assert.Equal("</v1/exports/attribution.txt>; rel=\"license\"", response.Headers.GetValues("Link").Single());
        Assert.Equal("Accept-Encoding", response.Headers.Vary.Single());
    }

    [Theory, MemberData(nameof(Files))]
    public async Task Get_AcceptingGzip_IsTheSamePackedUnderItsOwnTag(string name, string contentType)
    {
        using var plain = await GetAsync(fixture.Rest, name);
        using var packed = await GetAsync(fixture.Rest, name, ("Accept-Encoding", "br, gzip;q=0.5"));
        Assert.Equal((contentType, "gzip"), (packed.Content.Headers.ContentType!.ToString(), packed.Content.Headers.ContentEncoding.Single()));
        Assert.NotEqual(plain.Headers.ETag, packed.Headers.ETag);
        Assert.Equal("Accept-Encoding", packed.Headers.Vary.Single());
        using var unpacked = new MemoryStream();
        await using (var gzip = new GZipStream(new MemoryStream(await BytesAsync(packed)), CompressionMode.Decompress))
        {
            await gzip.CopyToAsync(unpacked, TestContext.Current.CancellationToken);
        }
        Assert.Equal(unpacked.ToArray(), await BytesAsync(plain));
        using var refused = await GetAsync(fixture.Rest, name, ("Accept-Encoding", "gzip;q=0"));
        Assert.Empty(refused.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("watchlist.csv", "")]
    [InlineData("enrichment.mmdb", "gzip")]
    [InlineData("edl.txt", "")]
    [InlineData("edl.txt?level=low&category=hosting", "")]
    public async Task Get_WithTheTag_Is304WithoutABody(string path, string encoding)
    {
        using var first = await GetAsync(fixture.Rest, path, ("Accept-Encoding", encoding));
        var tag = first.Headers.ETag!.ToString();
        foreach (var sent in (string[])[tag, "\"other\", W/" + tag, "*"])
        {
            using var again = await GetAsync(fixture.Rest, path, ("Accept-Encoding", encoding), ("If-None-Match", sent));
            Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await BytesAsync(again)).Length));
            Assert.Equal(fixture.Service.Services.GetRequiredService<SnapshotHolder>().Current!.Id, again.Headers.GetValues("X-Enrichment-Snapshot-Id").Single());
            Assert.Equal((tag, true, true), (again.Headers.ETag!.ToString(), again.Headers.CacheControl!.Private, again.Headers.CacheControl.NoCache));
        }
        using var changed = await GetAsync(fixture.Rest, path, ("Accept-Encoding", encoding), ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task GetAddressList_LevelAndCategory_ListsThatOnly()
    {
        var all = await LinesAsync(fixture.Rest, "edl.txt?level=low");
        var hosting = await LinesAsync(fixture.Rest, "edl.txt?level=low&category=hosting,vpn");
        Assert.StartsWith("# AcquireInfra.Enrichment: prefixes of level low and above, hosting or vpn", hosting[0], StringComparison.Ordinal);
        Assert.True(hosting.Count(line => line[0] != '#') > 20_000);
        // Nothing else of that level is in the bundled data, and what overrides block is listed whatever it is in.
        string[] blocked = ["12.0.0.0/8", "2600::/19"];
        static bool IsBlocked(string line) => line.StartsWith("12.", StringComparison.Ordinal) || line.StartsWith("260", StringComparison.Ordinal) || line.StartsWith("261", StringComparison.Ordinal);
        Assert.Equal(all.Where(line => line[0] != '#' && !IsBlocked(line)), hosting.Where(line => line[0] != '#' && !IsBlocked(line)));
        Assert.Equal(blocked, all.Where(blocked.Contains));
        Assert.Equal(blocked, (await LinesAsync(fixture.Rest, "edl.txt?level=high")).Where(line => line[0] != '#'));
        Assert.Contains(hosting, line => line.Contains("DB-IP", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("level=worst", "minimal, low, medium, high, critical")]
    [InlineData("level=", "minimal, low")]
    [InlineData("level=2", "minimal, low")]
    [InlineData("category=vpn,virus", "'virus'")]
    [InlineData("category=", "hosting,vpn")]
    public async Task GetAddressList_WrongParameter_SaysWhatThereIs(string query, string word)
    {
        var answer = await fixture.Rest.FetchAsync("/v1/exports/edl.txt?" + query);
        Assert.Equal((400, "bad_request"), (answer.Status, answer.Code));
        Assert.Contains(word, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAttribution_NamesEverySource()
    {
        var lines = await LinesAsync(fixture.Rest, "attribution.txt");
        Assert.StartsWith("snapshot ", lines[0], StringComparison.Ordinal);
        Assert.Equal(4, lines.Length);
        Assert.Contains(lines, line => line.Contains("CC-BY-4.0; ASN data by RouteViews, DB-IP", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_ManyAtOnce_MakesEachFileOnce()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var asked = Enumerable.Range(0, 24).Select(at => GetAsync(service.Rest, at % 2 == 0 ? "ranges.csv" : "enrichment.mmdb")).ToList();
        foreach (var answer in asked)
        {
            using var response = await answer;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        Assert.Equal(2, service.Log.Lines.Count(line => line.Event.Name == "ExportMade"));
        Assert.Equal(4, Directory.GetFiles(folder["state/exports"]).Length);
    }

    [Fact]
    public async Task Get_AfterASwap_IsTheNewSnapshotsAndTheOldFileGoes()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        Directory.CreateDirectory(folder["state/exports"]);
        await File.WriteAllTextAsync(folder["state/exports/leftover.csv"], "of an earlier process", TestContext.Current.CancellationToken);
        using var before = await GetAsync(service.Rest, "watchlist.csv");
        Assert.Equal(["100.0.0.0/23", "2600:0:1::/48"], PrefixesOf(await TextAsync(before)));
        var next = SmallData.Compile(folder, "100.0.0.0/24\n");
        service.Services.GetRequiredService<SnapshotHolder>().Swap(next);
        Assert.Equal(before.Content.Headers.LastModified, next.DataAsOf); // and so a date alone does not tell the two apart
        var since = before.Content.Headers.LastModified!.Value.ToString("R");
        using var dated = await GetAsync(service.Rest, "watchlist.csv", ("If-Modified-Since", since));
        Assert.Equal(HttpStatusCode.OK, dated.StatusCode);
        using var after = await GetAsync(service.Rest, "watchlist.csv", ("If-None-Match", before.Headers.ETag!.ToString()));
        Assert.Equal(["100.0.0.0/24"], PrefixesOf(await TextAsync(after)));
        Assert.Equal([$"{next.Id}.watchlist.csv", $"{next.Id}.watchlist.csv.gz"], Directory.GetFiles(folder["state/exports"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Get_FolderClearedBySomeone_MakesItAgain()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        var first = await LinesAsync(service.Rest, "ranges.csv");
        Directory.Delete(folder["state/exports"], recursive: true);
        Assert.Equal(first, await LinesAsync(service.Rest, "ranges.csv"));
    }

    [Fact]
    public async Task Get_WithoutSnapshot_Says503()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        await File.WriteAllTextAsync(folder["state"], "a file where the folder should be", TestContext.Current.CancellationToken);
        await using var service = await RunningService.StartAsync(folder["state"], $"--Enrichment:DataFolder={folder["data"]}");
        foreach (var name in (string[])["watchlist.csv", "enrichment.mmdb", "edl.txt", "edl.txt?level=low", "attribution.txt"])
        {
            var answer = await service.Rest.FetchAsync("/v1/exports/" + name);
            Assert.Equal((503, "no_snapshot"), (answer.Status, answer.Code));
        }
    }

    static async Task<RunningService> StartAsync(TemporaryFolder folder)
    {
        SmallData.Write(folder["data"], FewPrefixes);
        return await RunningService.StartAsync(folder["state"], $"--Enrichment:DataFolder={folder["data"]}", "--Enrichment:Limits:MaxBulkJobs=100");
    }

    static IEnumerable<string> PrefixesOf(string csv) =>
        csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => Prefix.Parse(line.Split(',')[0]).ToString());

    static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/exports/" + path);
        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    static Task<byte[]> BytesAsync(HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

    static async Task<string> TextAsync(HttpResponseMessage response) => Encoding.UTF8.GetString(await BytesAsync(response));

    static async Task<string[]> LinesAsync(HttpClient client, string path)
    {
        using var response = await GetAsync(client, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await TextAsync(response)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
