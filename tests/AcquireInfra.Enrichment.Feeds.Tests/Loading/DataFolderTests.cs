using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

public sealed class DataFolderTests
{
    [Theory, InlineData("policy.json"), InlineData("sources.json"), InlineData("asn.mmdb"), InlineData("asn-roles.csv")]
    public void Read_BundledFileMissing_SaysWhichAndHowToGetIt(string missing)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Repository.Data).Where(file => Path.GetFileName(file) != missing))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }
        var data = new DataFolder(folder.Path);
        var refusal = Assert.Throws<BundledDataMissingException>(() =>
        {
            data.ReadPolicy();
            data.LocateSources(furtherManifest: null);
        });
        Assert.Contains(Path.Combine(folder.Path, missing), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Enrichment:DataFolder", refusal.Message, StringComparison.Ordinal);
    }

    // As root every file can be read, whatever its mode: a folder and a link to nothing cannot.
    [Theory]
    [InlineData("policy.json", true), InlineData("policy.json", false), InlineData("sources.json", true), InlineData("sources.json", false)]
    [InlineData("asn.mmdb", true), InlineData("asn.mmdb", false), InlineData("asn-roles.csv", true)]
    public void Read_BundledFileThatCannotBeRead_SaysWhichAndWhatToDo(string unreadable, bool isFolder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links want a privilege there");
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Repository.Data).Where(file => Path.GetFileName(file) != unreadable))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }
        var path = Path.Combine(folder.Path, unreadable);
        _ = isFolder ? Directory.CreateDirectory(path) : File.CreateSymbolicLink(path, Path.Combine(folder.Path, "nothing"));
        var data = new DataFolder(folder.Path);
        var refusal = Assert.Throws<BundledDataMissingException>(() =>
        {
            data.ReadPolicy();
            data.LocateSources(furtherManifest: null);
        });
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Enrichment:DataFolder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadManifest_AFolder_IsNoManifest()
    {
        using var folder = new TemporaryFolder();
        var refusal = Assert.Throws<ManifestException>(() => DataFolder.ReadManifest(folder.Path));
        Assert.Contains(folder.Path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LocateSources_ASecondAsnTable_IsRefusedBeforeAnythingIsRead()
    {
        using var folder = new TemporaryFolder();
        const string Table = """
            { "id": "mine", "name": "Mine", "kind": "asnTable", "files": ["no-such.mmdb"], "format": { "syntax": "mmdb", "asn": ["asn"] },
              "reliability": 1, "exportable": false, "licence": "own" }
            """;
        var data = new DataFolder(Repository.Data);
        var refusal = Assert.Throws<ManifestException>(() => data.LocateSources(folder.Write("more.json", Manifest(Table))));
        Assert.Contains("switch off all but one of asn-table, mine", refusal.Message, StringComparison.Ordinal);
        var switchedOff = folder.Write("more.json", Manifest(Table.Replace("\"name\"", "\"enabled\": false, \"name\"", StringComparison.Ordinal)));
        Assert.Equal(["asn-roles", "asn-table", "seed-t1583"], WithFiles(data.LocateSources(switchedOff).Sources));
    }

    [Fact]
    public void LocateSources_FurtherManifest_AddsAndReplaces()
    {
        using var folder = new TemporaryFolder();
        folder.Write("lists/one.txt", "9.1.1.1\n");
        folder.Write("lists/two.txt", "9.1.1.2\n");
        folder.Write("seed.txt", "AS64500\n");
        var manifest = folder.Write("more.json", Manifest("""
            { "id": "own", "name": "Own", "files": ["lists"], "format": { "syntax": "text" }, "categories": ["abuse"], "reliability": 1,
              "exportable": false, "licence": "own", "asOf": "2026-08-22T00:00:00Z" },
            { "id": "seed-t1583", "name": "Mine", "files": ["seed.txt"], "format": { "syntax": "text", "asn": ["asn"] }, "reliability": 1,
              "exportable": false, "licence": "own", "asOf": "2026-08-22T00:00:00Z" }
            """));
        var (sources, _) = new DataFolder(Repository.Data).LocateSources(manifest);
        Assert.Equal(["asn-roles", "asn-table", "own", "seed-t1583"], WithFiles(sources));
        Assert.Equal(["one.txt", "two.txt"], sources.Single(source => source.Entry.Id == "own").Files.Select(Path.GetFileName)); // a folder is its files
        Assert.Equal("Mine", sources.Single(source => source.Entry.Id == "seed-t1583").Entry.Name);
    }

    [Fact]
    public void LocateSources_Root_IsWhereRelativePathsBegin()
    {
        using var folder = new TemporaryFolder();
        folder.Write("elsewhere/list.txt", "9.1.1.1\n");
        var manifest = folder.Write("more.json", Manifest("""
            { "id": "own", "name": "Own", "files": ["list.txt"], "format": { "syntax": "text" }, "reliability": 1, "exportable": false,
              "licence": "own", "asOf": "2026-08-22T00:00:00Z" }
            """));
        var data = new DataFolder(Repository.Data);
        var own = data.LocateSources(manifest, Path.Combine(folder.Path, "elsewhere")).Sources.Where(source => source.Entry.Id == "own").ToList();
        Assert.Equal(1, Load(own, folder.Path).Files[0].Content.Entries.Length);
        var beside = data.LocateSources(manifest).Sources.Where(source => source.Entry.Id == "own").ToList();
        var missing = Assert.Throws<SourceException>(() => Load(beside, folder.Path));
        Assert.Equal(("own", $"own: there is no {Path.Combine(folder.Path, "list.txt")}."), (missing.SourceId, missing.Message));
    }

    [Fact]
    public void LocateSources_Changes_ReplaceMemberByMember()
    {
        using var folder = new TemporaryFolder();
        folder.Write("lists/mine.txt", "9.1.1.1\t3\n");
        var manifest = folder.Write("more.json", """
            { "sources": [], "changes": [
              { "id": "ipsum", "enabled": true, "files": ["lists/mine.txt"], "urls": null, "gates": { "maxShrink": 0.5 } },
              { "id": "seed-t1583", "enabled": false } ] }
            """);
        var sources = new DataFolder(Repository.Data).LocateSources(manifest).Sources;
        var ipsum = sources.Single(source => source.Entry.Id == "ipsum");
        Assert.Equal(("stamparm ipsum, three lists or more", 0, 0.5, false),
            (ipsum.Entry.Name, ipsum.Entry.Urls.Count, ipsum.Entry.Gates.MaxShrink, sources.Any(source => source.Entry.Id == "seed-t1583")));
        Assert.Equal([Path.Combine(folder.Path, "lists/mine.txt")], ipsum.Files);
    }

    [Theory]
    [InlineData("{ \"id\": \"no-such\", \"enabled\": true }", "no-such")]
    [InlineData("{ \"enabled\": true }", "there is no bundled one")]
    [InlineData("{ \"id\": 7 }", "there is no bundled one")]
    [InlineData("{ \"id\": \"ipsum\", \"enabeld\": true }", "enabeld")]
    [InlineData("{ \"id\": \"ipsum\", \"reliability\": 7 }", "ipsum: reliability is")]
    [InlineData("{ \"id\": \"ipsum\", \"reliability\": null }", "reliability")]
    [InlineData("null", "changes")]
    public void LocateSources_WrongChange_IsRefusedAndNamed(string change, string named)
    {
        using var folder = new TemporaryFolder();
        var manifest = folder.Write("more.json", $$"""{ "sources": [], "changes": [ {{change}} ] }""");
        var refusal = Assert.Throws<ManifestException>(() => new DataFolder(Repository.Data).LocateSources(manifest));
        Assert.Contains(manifest, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    // What has yet to be fetched is no error, and no source of the snapshot.
    [Fact]
    public void Load_SourceWithoutData_IsPassedOver()
    {
        using var folder = new TemporaryFolder();
        var (sources, _) = new DataFolder(Repository.Data).LocateSources(furtherManifest: null);
        Assert.Contains(sources, source => source.Entry.Id == "x4bnet-vpn" && source.Files.Count == 0);
        Assert.Equal(["asn-roles", "asn-table", "seed-t1583"], Load(sources, folder.Path).Sources.Select(source => source.Info.Id).Order(StringComparer.Ordinal));
    }

    static IEnumerable<string> WithFiles(IReadOnlyList<LocatedSource> sources) =>
        sources.Where(source => source.Files.Count > 0).Select(source => source.Entry.Id).Order(StringComparer.Ordinal);

    static LoadedSources Load(IReadOnlyList<LocatedSource> sources, string scratch) =>
        SourceLoader.Load(sources, Parsing.FeedLimits.Default, scratch, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);

    static string Manifest(string entries) => $$"""{ "sources": [ {{entries}} ] }""";
}
