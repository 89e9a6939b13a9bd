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
        Assert.Equal(["asn-roles", "asn-table", "own", "seed-t1583"], sources.Select(source => source.Entry.Id).Order(StringComparer.Ordinal));
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
        Assert.Equal(1, SourceLoader.Load(own, Parsing.FeedLimits.Default, folder.Path).Files[0].Content.Entries.Length);
        var beside = data.LocateSources(manifest).Sources.Where(source => source.Entry.Id == "own").ToList();
        var missing = Assert.Throws<SourceException>(() => SourceLoader.Load(beside, Parsing.FeedLimits.Default, folder.Path));
        Assert.Equal(("own", $"own: there is no {Path.Combine(folder.Path, "list.txt")}."), (missing.SourceId, missing.Message));
    }

    [Fact]
    public void Load_FileWithoutAnyDate_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("list.txt", "9.1.1.1\n");
        var manifest = SourceManifest.Parse(System.Text.Encoding.UTF8.GetBytes(Manifest("""
            { "id": "own", "name": "Own", "files": ["list.txt"], "format": { "syntax": "text" }, "reliability": 1, "exportable": false, "licence": "own" }
            """)), "test");
        var refusal = Assert.Throws<SourceException>(() =>
            SourceLoader.Load(SourceLoader.Locate(manifest, folder.Path), Parsing.FeedLimits.Default, folder.Path));
        Assert.Contains("own: its files state no date; give asOf", refusal.Message, StringComparison.Ordinal);
    }

    static string Manifest(string entries) => $$"""{ "sources": [ {{entries}} ] }""";
}
