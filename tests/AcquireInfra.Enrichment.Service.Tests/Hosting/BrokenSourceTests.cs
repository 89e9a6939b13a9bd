using AcquireInfra.Enrichment.Service.Tests.Refreshing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>A source whose data is missing or broken when the service starts.</summary>
public sealed class BrokenSourceTests
{
    const string Database = """
        { "sources": [ { "id": "own-vpns", "name": "Own", "files": ["own.mmdb"], "format": { "syntax": "mmdb" }, "categories": ["vpn"],
          "reliability": 0.9, "exportable": false, "licence": "own" } ] }
        """;

    const string List = """
        { "sources": [ { "id": "own-vpns", "name": "Own", "files": ["own.txt"], "format": { "syntax": "text", "allowSpecialPurpose": true },
          "categories": ["vpn"], "reliability": 0.9, "exportable": false, "licence": "own", "asOf": "2026-11-24" } ] }
        """;

    const string Table = """
        { "sources": [ { "id": "own-table", "name": "Own", "kind": "asnTable", "files": ["own.mmdb"],
          "format": { "syntax": "mmdb", "asn": ["asn"] }, "reliability": 0.9, "exportable": false, "licence": "own" } ] }
        """;

    [Theory, InlineData("not a database"), InlineData(null)]
    public async Task Start_BrokenOrMissingAndNothingBefore_ServesWithoutItAndIsDegraded(string? content)
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder, Database, "own.mmdb", content);
        Assert.Equal(200, (await service.Rest.LookupAsync("192.0.2.1")).Status);
        var ready = await service.Rest.GetStringAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Contains("\"status\":\"degraded\"", ready, StringComparison.Ordinal);
        Assert.Contains("own-vpns", ready, StringComparison.Ordinal);
        Assert.Contains("own.mmdb", Assert.Single(service.Log.Lines, line => line.Event.Id == 2002).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BrokenAfterAGoodStart_KeepsTheLastGoodSnapshot()
    {
        using var folder = new TemporaryFolder();
        string? good;
        await using (var first = await StartAsync(folder, List, "own.txt", "192.0.2.0/24\n"))
        {
            good = (await first.Rest.LookupAsync("192.0.2.1")).Json.GetProperty("snapshotId").GetString();
        }
        await using var second = await StartAsync(folder, Database, "own.mmdb", "not a database");
        Assert.Equal(good, (await second.Rest.LookupAsync("192.0.2.1")).Json.GetProperty("snapshotId").GetString());
        Assert.Single(second.Log.Lines, line => line.Event.Id == 3003);
    }

    [Fact]
    public async Task Start_MendedAfterwards_UsesIt()
    {
        using var folder = new TemporaryFolder();
        await using (await StartAsync(folder, List, "own.txt", content: null))
        {
        }
        await using var second = await StartAsync(folder, List, "own.txt", "192.0.2.0/24\n");
        Assert.Contains("\"status\":\"ready\"", await second.Rest.GetStringAsync("/health/ready", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(second.Log.Lines, line => line.Event.Id is 2002 or 3003);
    }

    // Databases are copied before they are parsed: here there is no room for that, and the source is not at fault.
    [Theory, InlineData("scratch"), InlineData("snapshots/compiling/x")]
    public async Task Start_InputsChangedAndNoRoomToCompile_KeepsTheLastGoodSnapshotAndBlamesTheFolder(string inTheWay)
    {
        using var folder = new TemporaryFolder();
        string? good;
        await using (var first = await StartAsync(folder, List, "own.txt", "192.0.2.0/24\n"))
        {
            good = SnapshotIdOf(await first.Rest.LookupAsync("192.0.2.1"));
        }
        var obstacle = folder["state/" + inTheWay];
        Directory.CreateDirectory(Path.GetDirectoryName(obstacle)!);
        await File.WriteAllTextAsync(obstacle, "in the way", TestContext.Current.CancellationToken);
        await using var second = inTheWay == "scratch"
            ? await StartAsync(folder, Database, "own.mmdb", "not read, for want of room")
            : await StartAsync(folder, List, "own.txt", "192.0.2.0/25\n");
        Assert.Equal(good, SnapshotIdOf(await second.Rest.LookupAsync("192.0.2.1")));
        await AssertReadyAsync(second, "degraded", "The state folder cannot be used");
        Assert.Single(second.Log.Lines, line => line.Event.Id == 3003);
        Assert.DoesNotContain(second.Log.Lines, line => line.Event.Id is 2002 or 3002);
    }

    // The next round may be an hour away, and the disk is free long before.
    [Fact]
    public async Task Start_DiskThatIsFreeAgain_CompilesAMinuteLater()
    {
        using var folder = new TemporaryFolder();
        await using (await StartAsync(folder, List, "own.txt", "192.0.2.0/24\n"))
        {
        }
        Directory.CreateDirectory(folder["state/snapshots/compiling"]);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var second = await StartAsync(folder, List, "own.txt", "198.51.100.0/24\n", services => services.AddSingleton<TimeProvider>(clock));
        await AssertReadyAsync(second, "degraded", "The state folder cannot be used");
        Directory.Delete(folder["state/snapshots/compiling"]);
        await SourcesClient.UntilAsync(
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(61));
                return (await second.Rest.FetchAsync("/health/ready")).Json.GetProperty("status").GetString() == "ready";
            },
            "it was not compiled again");
    }

    // As root every file can be read, whatever its mode; a link to nothing cannot.
    [Fact]
    public async Task Start_SourceThatCannotBeRead_KeepsTheLastGoodSnapshotAndBlamesTheSource()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links want a privilege there");
        using var folder = new TemporaryFolder();
        string? good;
        await using (var first = await StartAsync(folder, List, "own.txt", "192.0.2.0/24\n"))
        {
            good = SnapshotIdOf(await first.Rest.LookupAsync("192.0.2.1"));
        }
        File.Delete(folder["own.txt"]);
        File.CreateSymbolicLink(folder["own.txt"], folder["nothing"]);
        await using var second = await StartAsync(folder, List, "own.txt", content: null);
        Assert.Equal(good, SnapshotIdOf(await second.Rest.LookupAsync("192.0.2.1")));
        await AssertReadyAsync(second, "degraded", "Source own-vpns is missing or broken");
        Assert.Contains(folder["own.txt"], Assert.Single(second.Log.Lines, line => line.Event.Id == 2002).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_CutSource_CoversNothingAndSaysSoInTheLog()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(
            folder, List.Replace("\"text\"", "\"json\", \"prefix\": [\"[]\"]", StringComparison.Ordinal), "own.txt", "[\"192.0.2.0/24\", ");
        var line = Assert.Single(service.Log.Lines, line => line.Event.Id == 2003);
        Assert.Contains("own-vpns: own.txt not read to its end (bad_json)", line.Text, StringComparison.Ordinal);
        Assert.Contains("vpn", (await service.Rest.LookupAsync("8.8.8.8")).Json.GetProperty("unassessed").EnumerateArray().Select(word => word.GetString()));
    }

    // Without it every network would be called unannounced.
    [Fact]
    public async Task Start_BrokenAsnTableAndNothingBefore_AnswersNothing()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder, Table, "own.mmdb", "not a database");
        Assert.Equal((503, "no_snapshot"), ((await service.Rest.LookupAsync("192.0.2.1")) is var answer ? answer.Status : 0, answer.Code));
    }

    // Nothing is live yet that could serve on.
    [Fact]
    public async Task Start_FirstSnapshotThatFailsTheCanaries_TheBundledDataServesAloneUntilOnePasses()
    {
        using var folder = new TemporaryFolder();
        var manifest = List[..List.LastIndexOf('}')] + """, "canaries": [ { "ip": "9.0.0.1", "hasNot": ["vpn"] } ] }""";
        for (var start = 0; start < 2; start++)
        {
            await using var service = await StartAsync(folder, manifest, "own.txt", "9.0.0.1\n9.0.0.2\n");
            Assert.NotNull((await service.Rest.LookupAsync("192.0.2.1")).Json.GetProperty("network").GetString());
            Assert.Null((await service.Rest.LookupAsync("9.0.0.2")).Json.GetProperty("network").GetString());
            await AssertReadyAsync(service, "degraded", "The snapshot of the present data does not pass the canaries");
            Assert.Single(service.Log.Lines, line => line.Event.Name == "CanaryFailed");
        }
        await using var mended = await StartAsync(folder, manifest, "own.txt", "9.0.0.2\n");
        Assert.NotNull((await mended.Rest.LookupAsync("9.0.0.2")).Json.GetProperty("network").GetString());
        await AssertReadyAsync(mended, "ready", "");
    }

    [Fact]
    public async Task Start_BundledDataThatFailsTheCanariesToo_AnswersNothingAndSaysWhy()
    {
        using var folder = new TemporaryFolder();
        var manifest = List[..List.LastIndexOf('}')] + """, "canaries": [ { "ip": "9.0.0.1", "has": ["tor"] } ] }""";
        await using var service = await StartAsync(folder, manifest, "own.txt", "9.0.0.2\n");
        Assert.Equal(503, (await service.Rest.LookupAsync("192.0.2.1")).Status);
        await AssertReadyAsync(service, "notReady", "The snapshot of the present data does not pass the canaries");
    }

    static string? SnapshotIdOf(Answer answer) => answer.Json.GetProperty("snapshotId").GetString();

    static async Task AssertReadyAsync(RunningService service, string status, string detail)
    {
        var ready = (await service.Rest.FetchAsync("/health/ready")).Json;
        Assert.Equal(status, ready.GetProperty("status").GetString());
        Assert.StartsWith(detail, ready.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    static async Task<RunningService> StartAsync(
        TemporaryFolder folder, string manifest, string file, string? content, Action<IServiceCollection>? more = null)
    {
        SmallData.Write(folder["data"]);
        await File.WriteAllTextAsync(folder["own.json"], manifest, TestContext.Current.CancellationToken);
        if (content is not null)
        {
            await File.WriteAllTextAsync(folder[file], content, TestContext.Current.CancellationToken);
        }
        var service = await RunningService.StartAnywhereAsync(
            folder["state"], more, $"--Enrichment:DataFolder={folder["data"]}", $"--Enrichment:Sources={folder["own.json"]}");
        await service.CompiledAsync();
        return service;
    }
}
