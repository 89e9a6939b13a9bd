using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Tests.Storage;

public sealed class SnapshotStoreTests : IDisposable
{
    const string Manifest = """
        { "sources": [ { "id": "list", "name": "List", "files": ["list.txt"], "format": { "syntax": "text" }, "categories": ["vpn"],
          "reliability": 0.9, "exportable": true, "licence": "none", "asOf": "2026-08-22T00:00:00Z" } ] }
        """;

    readonly TemporaryFolder _inputs = new();
    readonly TemporaryFolder _state = new();
    int _compilations;

    public SnapshotStoreTests() => _inputs.Write("list.txt", "9.1.1.0/24\n");

    public void Dispose()
    {
        _inputs.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void GetOrCompile_SameInputsAgain_ReusesTheFile()
    {
        var first = Get();
        var again = Get();
        Assert.Equal((1, first.Id), (_compilations, again.Id));
        Assert.Equal([new SnapshotStore(_state.Path).PathOf(first.Id)], Directory.GetFiles(Path.Combine(_state.Path, "snapshots")));
    }

    [Fact]
    public void GetOrCompile_InputChanged_CompilesAnew()
    {
        var first = Get();
        _inputs.Write("list.txt", "9.1.2.0/24\n");
        var second = Get();
        Assert.Equal(2, _compilations);
        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(0u, second.Find(Address.Parse("9.1.2.1")));
        Assert.NotEqual(0u, first.Find(Address.Parse("9.1.1.1"))); // the old one reads on, though its file is gone
    }

    [Fact]
    public void GetOrCompile_ManifestChanged_CompilesAnew()
    {
        Get();
        Get(Manifest.Replace("0.9", "0.8", StringComparison.Ordinal));
        Assert.Equal(2, _compilations);
    }

    [Theory, InlineData(0), InlineData(100), InlineData(-40)]
    public void GetOrCompile_SnapshotDamagedOnDisk_CompilesAnew(int offset)
    {
        var path = new SnapshotStore(_state.Path).PathOf(Get().Id);
        var bytes = File.ReadAllBytes(path);
        bytes[offset < 0 ? bytes.Length + offset : offset] ^= 1;
        File.Delete(path); // the first snapshot is still mapped
        File.WriteAllBytes(path, bytes);
        Assert.NotEqual(0u, Get().Find(Address.Parse("9.1.1.1")));
        Assert.Equal(2, _compilations);
    }

    [Fact]
    public void GetOrCompile_CurrentIsRubbish_CompilesAnew()
    {
        Get();
        _state.Write("current", "\0\0rubbish");
        Get();
        Assert.Equal(2, _compilations);
    }

    [Fact]
    public void OpenLastGood_SourceBroken_IsTheSnapshotBefore()
    {
        Assert.Null(new SnapshotStore(_state.Path).OpenLastGood());
        var first = Get();
        File.Delete(Path.Combine(_inputs.Path, "list.txt"));
        Assert.Throws<SourceException>(() => Get());
        Assert.Equal(first.Id, new SnapshotStore(_state.Path).OpenLastGood()?.Id);
    }

    [Fact]
    public async Task GetOrCompile_TwoAtOnce_CompileOnce()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Get().Id)));
        Assert.Single(ids.Distinct());
        Assert.Equal(1, _compilations);
    }

    [Fact]
    public void GetOrCompile_AFileInPlaceOfTheFolder_ThrowsIOException()
    {
        var path = _inputs.Write("state", "a file");
        Assert.ThrowsAny<IOException>(() => new SnapshotStore(path));
    }

    Snapshot Get(string manifest = Manifest)
    {
        var sources = SourceLoader.Locate(SourceManifest.Parse(System.Text.Encoding.UTF8.GetBytes(manifest), "test"), _inputs.Path);
        return new SnapshotStore(_state.Path).GetOrCompile(sources, manifest, FeedLimits.Default, DateTimeOffset.UtcNow, (_, _) => Interlocked.Increment(ref _compilations));
    }
}
