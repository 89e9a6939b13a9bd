using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>
/// A file of the operator's that breaks while the service runs: that source serves what was read of it before, the others stay as fresh as
/// they are, and both doors for operators say so. As root every file can be read, whatever its mode, and so links stand for that.
/// </summary>
public sealed class BrokenFilesTests
{
    const string Own = "9.5.5.5";

    static string Entry(string more) => $$"""
        { "id": "own", "name": "Own", "files": ["own.csv"], "format": { "syntax": "csv", "columns": ["ip"], "prefix": ["ip"] }, "categories": ["vpn"],
          "reliability": 0.9, "exportable": true, "licence": "none"{{more}} },
        """;

    [Theory, InlineData("deleted"), InlineData("a folder"), InlineData("a link to nothing"), InlineData("a link to itself")]
    public async Task Compile_FileThatIsReadWhereItLies_CostsItsSourceAlone(string breakage)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links want a privilege there");
        await using var data = new RefreshedService(moreSources: Entry(""));
        await File.WriteAllTextAsync(data["own.csv"], Own + "\n", TestContext.Current.CancellationToken);
        data.Publish(RefreshedService.Lines(10));
        await using (var service = await data.StartAsync())
        {
            await service.RefreshAsync();
            await service.KnowsAsync("203.0.113.9");
            Break(data["own.csv"], breakage);
            data.Publish(RefreshedService.Lines(12));
            await service.RefreshAsync();
            await service.KnowsAsync("203.0.113.11"); // as fresh as ever
            await AssertServesOnAsync(service, "broken", "Source own is missing or broken");
            Assert.Contains(data["own.csv"], Assert.Single(service.Log.Lines, line => line.Event.Id == 2002).Text, StringComparison.Ordinal);
        }
        await using (var restarted = await data.StartAsync())
        {
            Assert.NotNull(await restarted.NetworkAsync("203.0.113.11"));
            await AssertServesOnAsync(restarted, "broken", "Source own is missing or broken");
        }
        Mend(data["own.csv"], "9.6.6.6\n");
        await using var mended = await data.StartAsync();
        Assert.NotNull(await mended.NetworkAsync("9.6.6.6"));
        Assert.Null(await mended.NetworkAsync(Own));
        Assert.Equal("ready", (await mended.Rest.FetchAsync("/health/ready")).Json.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, (await mended.SourceAsync("own")).GetProperty("problem").ValueKind);
    }

    // Another format makes another source: what was read of the one before is not to be read as this one.
    [Fact]
    public async Task Start_BrokenFileOfAnEntryThatWasChanged_IsNotReplacedByWhatWasReadBefore()
    {
        await using var data = new RefreshedService(moreSources: Entry(""));
        await File.WriteAllTextAsync(data["own.csv"], Own + "\n", TestContext.Current.CancellationToken);
        await using (await data.StartAsync())
        {
        }
        File.Delete(data["own.csv"]);
        var manifest = await File.ReadAllTextAsync(data["further.json"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(data["further.json"], manifest.Replace("\"columns\": [\"ip\"]", "\"columns\": [\"ip\", \"more\"]", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var service = await data.StartAsync();
        Assert.NotNull(await service.NetworkAsync(Own)); // from the last good snapshot as a whole
        Assert.Single(service.Log.Lines, line => line.Event.Id == 3003);
    }

    [Theory]
    [InlineData("deleted", "no_file")]
    [InlineData("a folder", "no_file")]
    [InlineData("a link to nothing", "no_file")]
    [InlineData("a link to itself", "no_file")]
    [InlineData("cut", null)]   // held: "shrank"
    [InlineData("emptied", null)]
    public async Task Refresh_FileThatIsRefreshed_CostsItsSourceAlone(string breakage, string? problem)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links want a privilege there");
        await using var data = new RefreshedService(moreSources: Entry(", \"refreshInterval\": \"01:00:00\""));
        await File.WriteAllTextAsync(data["own.csv"], Own + "\n9.5.5.6\n9.5.5.7\n", TestContext.Current.CancellationToken);
        data.Publish(RefreshedService.Lines(10));
        await using var service = await data.StartAsync();
        await service.RefreshAsync("own");
        await service.RefreshAsync();
        await service.KnowsAsync("203.0.113.9");
        Break(data["own.csv"], breakage);
        data.Publish(RefreshedService.Lines(12));
        var own = await service.RefreshAsync("own");
        Assert.Equal(problem is null ? JsonValueKind.Object : JsonValueKind.Null, own.GetProperty("held").ValueKind);
        await service.RefreshAsync();
        await service.KnowsAsync("203.0.113.11");
        await AssertServesOnAsync(service, problem, problem is null ? "Refused and held, see /v1/sources: own" : "Missing or unreadable, see /v1/sources: own");
    }

    static async Task AssertServesOnAsync(RunningService service, string? problem, string sentence)
    {
        Assert.Equal(Own + "/32", await service.NetworkAsync(Own));
        await SourcesClient.UntilAsync(async () => (await service.Rest.FetchAsync("/health/ready")).Text.Contains(sentence, StringComparison.Ordinal), sentence);
        var ready = await service.Rest.FetchAsync("/health/ready");
        Assert.Equal((200, "degraded"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.Equal(problem, (await service.SourceAsync("own")).GetProperty("problem").GetString());
        Assert.Equal(JsonValueKind.Null, (await service.SourceAsync()).GetProperty("problem").ValueKind);
    }

    static void Break(string path, string breakage)
    {
        if (breakage == "cut")
        {
            File.WriteAllText(path, Own + "\n");
            return;
        }
        File.Delete(path);
        switch (breakage)
        {
            case "a folder":
                Directory.CreateDirectory(path);
                break;
            case "a link to nothing":
                File.CreateSymbolicLink(path, path + ".gone");
                break;
            case "a link to itself":
                File.CreateSymbolicLink(path, path);
                break;
            case "emptied":
                File.WriteAllText(path, "");
                break;
        }
    }

    static void Mend(string path, string content)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path);
        }
        File.Delete(path);
        File.WriteAllText(path, content);
    }
}
