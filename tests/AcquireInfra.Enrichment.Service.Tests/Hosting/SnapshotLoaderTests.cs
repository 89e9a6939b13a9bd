using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Storage;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

public sealed class SnapshotLoaderTests(ServiceFixture fixture)
{
    [Fact]
    public async Task Start_UnchangedInputs_ReusesTheSnapshot()
    {
        var file = SnapshotOf(fixture.StateFolder);
        var (writtenAt, current) = (file.LastWriteTimeUtc, File.GetLastWriteTimeUtc(Path.Combine(fixture.StateFolder, "current")));
        await using (var second = await RunningService.StartAsync(fixture.StateFolder))
        {
            Assert.Equal(SnapshotIdOf(await fixture.Rest.LookupAsync("8.8.8.8")), SnapshotIdOf(await second.Rest.LookupAsync("8.8.8.8")));
        }
        Assert.Equal((file.Name, writtenAt), (SnapshotOf(fixture.StateFolder).Name, SnapshotOf(fixture.StateFolder).LastWriteTimeUtc));
        Assert.Equal(current, File.GetLastWriteTimeUtc(Path.Combine(fixture.StateFolder, "current")));
        var (sources, text) = new DataFolder(DataFolder.DefaultPath).LocateSources(furtherManifest: null);
        Assert.NotNull(new SnapshotStore(fixture.StateFolder).TryOpen(sources, text, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_ChangedInputs_CompilesAndKeepsTheOldSnapshot()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        var first = await StartAsync(folder);
        SmallData.Write(folder["data"], "192.0.2.0/25\n");
        var second = await StartAsync(folder);
        Assert.NotEqual(first, second);
        Assert.Equal(
            new[] { first + ".snapshot", second + ".snapshot" }.Order(),
            Directory.GetFiles(Path.Combine(folder["state"], "snapshots")).Select(Path.GetFileName).Order());
        SmallData.Write(folder["data"]);
        Assert.Equal(first, await StartAsync(folder)); // equal inputs, equal snapshot
    }

    [Fact]
    public async Task Start_DamagedSnapshot_CompilesItAnew()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        var id = await StartAsync(folder);
        var bytes = await File.ReadAllBytesAsync(SnapshotOf(folder["state"]).FullName, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(SnapshotOf(folder["state"]).FullName, bytes, TestContext.Current.CancellationToken);
        Assert.Equal(id, await StartAsync(folder));
    }

    [Fact]
    public async Task Start_FaultyRecords_AreLoggedWithTheirPlaceAndTheRestIsUsed()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"], "192.0.2.0/24\n\n010.0.0.0/8\n198.51.100.1/24\n");
        await using var service = await RunningService.StartAsync(folder["state"], $"--Enrichment:DataFolder={folder["data"]}");
        var line = Assert.Single(service.Log.Lines, line => line.Event.Id == 2001);
        Assert.Equal("FeedFaults", line.Event.Name);
        const string Message = "test-list: list.txt has 2 faulty records, the first bad_address at line 3, column 1; the rest is used.";
        Assert.Contains(Message, line.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await service.Rest.LookupAsync("192.0.2.1")).Status);
    }

    [Theory, InlineData("scratch"), InlineData("snapshots"), InlineData("lock/x"), InlineData("current/x")]
    public async Task Start_StateFolderThatCannotBeUsed_IsNotReadyAndAnErrorInTheLog(string inTheWay)
    {
        using var state = new TemporaryFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(state[inTheWay])!);
        await File.WriteAllTextAsync(state[inTheWay], "in the way", TestContext.Current.CancellationToken);
        using var data = new TemporaryFolder();
        SmallData.Write(data.Path);
        if (inTheWay == "scratch")
        {
            AddDatabaseTo(data.Path); // databases alone are copied there, and on other threads
        }
        await using var service = await RunningService.StartAsync(state.Path, $"--Enrichment:DataFolder={data.Path}");
        Assert.Equal((503, "no_snapshot"), ((await service.Rest.LookupAsync("192.0.2.1")) is var answer ? answer.Status : 0, answer.Code));
        Assert.Contains("NoSnapshot", Assert.Single(service.Log.Lines, line => line.Event.Id == 3002).Event.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SourcesThatCannotGoTogether_IsWrongConfiguration()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        const string Table = """
            { "id": "table-?", "name": "Table", "kind": "asnTable", "files": ["table.csv"], "reliability": 0.9, "asOf": "2026-11-24",
              "format": { "syntax": "csv", "columns": ["first", "last", "asn"], "first": "first", "last": "last", "asn": ["asn"] },
              "exportable": true, "licence": "MIT" }
            """;
        var two = $"{{ \"sources\": [ {Table.Replace('?', '1')}, {Table.Replace('?', '2')} ] }}";
        await File.WriteAllTextAsync(folder["further.json"], two, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["table.csv"], "192.0.2.0,192.0.2.255,64500\n", TestContext.Current.CancellationToken);
        var exception = await Assert.ThrowsAsync<ManifestException>(() => RunningService.StartAsync(
            folder["state"], $"--Enrichment:DataFolder={folder["data"]}", $"--Enrichment:Sources={folder["further.json"]}"));
        Assert.Contains("table-1, table-2", exception.Message, StringComparison.Ordinal);
    }

    static async Task<string?> StartAsync(TemporaryFolder folder)
    {
        await using var service = await RunningService.StartAsync(folder["state"], $"--Enrichment:DataFolder={folder["data"]}");
        return SnapshotIdOf(await service.Rest.LookupAsync("192.0.2.1"));
    }

    static string? SnapshotIdOf(Answer answer) => answer.Json.GetProperty("snapshotId").GetString();

    static FileInfo SnapshotOf(string stateFolder) => new(Assert.Single(Directory.GetFiles(Path.Combine(stateFolder, "snapshots"))));

    static void AddDatabaseTo(string folder)
    {
        File.Copy(Path.Combine(DataFolder.DefaultPath, "asn.mmdb"), Path.Combine(folder, "asn.mmdb"));
        var manifest = File.ReadAllText(Path.Combine(folder, "sources.json"));
        const string Table = """
            , { "id": "table", "name": "Table", "kind": "asnTable", "files": ["asn.mmdb"], "reliability": 0.9,
                "format": { "syntax": "mmdb", "asn": ["autonomous_system_number"] }, "exportable": true, "licence": "CC-BY-4.0" } ] }
            """;
        File.WriteAllText(Path.Combine(folder, "sources.json"), manifest.Replace("] }", Table, StringComparison.Ordinal));
    }
}
