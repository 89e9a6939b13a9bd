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

    // Whoever looks at a snapshot before it is current may refuse it.
    [Fact]
    public void GetOrCompile_RefusedWhenCompiled_LeavesTheLastGood()
    {
        var first = Get();
        var store = new SnapshotStore(_state.Path);
        _inputs.Write("list.txt", "9.1.2.0/24\n");
        var sources = SourceLoader.Locate(SourceManifest.Parse(System.Text.Encoding.UTF8.GetBytes(Manifest), "test"), _inputs.Path);
        Assert.Throws<FormatException>(() => store.GetOrCompile(
            sources, Manifest, FeedLimits.Default, DateTimeOffset.UnixEpoch, (_, _) => throw new FormatException(), TestContext.Current.CancellationToken));
        Assert.Equal(first.Id, store.OpenLastGood()?.Id);
        Assert.Null(store.TryOpen(sources, Manifest, TestContext.Current.CancellationToken));
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
    public void TryOpen_InputsUnchangedOrNot_IsTheSnapshotOrNull()
    {
        Assert.Null(TryOpen());
        var first = Get();
        Assert.Equal(first.Id, TryOpen()?.Id);
        _inputs.Write("list.txt", "9.1.2.0/24\n");
        Assert.Null(TryOpen());
        File.Delete(Path.Combine(_inputs.Path, "list.txt"));
        Assert.Throws<SourceException>(TryOpen);
    }

    // While another process compiles, what is there and unchanged is answered from.
    [Fact]
    public void GetOrCompile_UnchangedWhileAnotherHoldsTheLock_DoesNotWait()
    {
        var first = Get();
        using var other = FolderLock.Take(_state.Path, TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.Equal(first.Id, Get().Id);
    }

    [Fact]
    public async Task GetOrCompile_CancelledWhileAnotherHoldsTheLock_EndsAtOnce()
    {
        using var other = FolderLock.Take(_state.Path, TimeSpan.Zero, TestContext.Current.CancellationToken);
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var waiting = Task.Run(() => GetFrom(new SnapshotStore(_state.Path), Manifest, stopping.Token), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    // It was tried again for a minute, whatever it was.
    [Fact]
    public async Task GetOrCompile_FolderGone_ThrowsAtOnce()
    {
        var store = new SnapshotStore(Path.Combine(_state.Path, "gone"));
        Directory.Delete(store.Folder, recursive: true);
        var failing = Task.Run(() => GetFrom(store, Manifest, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<IOException>(() => failing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void GetOrCompile_CopiesThatAKilledProcessLeft_AreRemoved()
    {
        var left = _state.Write("scratch/copy-0.tmp", "half a database");
        Get();
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void GetOrCompile_NoRoom_LeavesTheLastGood()
    {
        var first = Get();
        _inputs.Write("list.txt", "9.1.2.0/24\n");
        _state.Write("snapshots/compiling/in-the-way", "a folder cannot be renamed over"); // as a full disk: what is written cannot stay
        Assert.ThrowsAny<IOException>(() => Get());
        Assert.Equal(first.Id, new SnapshotStore(_state.Path).OpenLastGood()?.Id);
    }

    // Opened, hashed and verified once: one mapping, of the file as it is called now.
    [Fact]
    public void GetOrCompile_NewSnapshot_IsTheOneThatWasVerified()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/maps");
        var snapshot = Get();
        Assert.EndsWith(new SnapshotStore(_state.Path).PathOf(snapshot.Id), Assert.Single(Mappings()), StringComparison.Ordinal);
        GC.KeepAlive(snapshot);
    }

    IEnumerable<string> Mappings() => File.ReadLines("/proc/self/maps").Where(line => line.Contains(_state.Path, StringComparison.Ordinal));

    [Theory, InlineData("../../etc/passwd"), InlineData("a\0b"), InlineData("")]
    public void OpenLastGood_CurrentNamesNoSnapshot_IsNull(string id)
    {
        Get();
        _state.Write("current", $"hash {id}\n");
        Assert.Null(new SnapshotStore(_state.Path).OpenLastGood());
    }

    [Fact]
    public void RemoveLeftovers_AfterAProcessDied_RemovesHalfFilesAndNothingElse()
    {
        var (snapshot, store) = (Get(), new SnapshotStore(_state.Path));
        var whole = _state.Write("policies/0123.json", "{}");
        string[] half = [.. new[] { ".current-01.tmp", ".history.json-02.tmp", "snapshots/.compiling-03.tmp", "policies/.0123.json-04.tmp" }.Select(name => _state.Write(name, "half"))];
        using (FolderLock.TryTake(_state.Path))
        {
            store.RemoveLeftovers();
            Assert.All(half, path => Assert.True(File.Exists(path))); // another process may be writing them
        }
        store.RemoveLeftovers();
        Assert.All(half, path => Assert.False(File.Exists(path), path));
        Assert.All([whole, store.PathOf(snapshot.Id)], path => Assert.True(File.Exists(path), path));
        Assert.Equal(snapshot.Id, TryOpen()?.Id);
    }

    [Fact]
    public void GetOrCompile_AFileInPlaceOfTheFolder_ThrowsIOException()
    {
        var path = _inputs.Write("state", "a file");
        Assert.ThrowsAny<IOException>(() => new SnapshotStore(path));
    }

    Snapshot Get(string manifest = Manifest) => GetFrom(new SnapshotStore(_state.Path), manifest, TestContext.Current.CancellationToken);

    Snapshot GetFrom(SnapshotStore store, string manifest, CancellationToken cancellation) => store.GetOrCompile(
        Located(manifest), manifest, FeedLimits.Default, DateTimeOffset.UtcNow, (_, _) => Interlocked.Increment(ref _compilations), cancellation);

    Snapshot? TryOpen() => new SnapshotStore(_state.Path).TryOpen(Located(Manifest), Manifest, TestContext.Current.CancellationToken);

    IReadOnlyList<LocatedSource> Located(string manifest) =>
        SourceLoader.Locate(SourceManifest.Parse(System.Text.Encoding.UTF8.GetBytes(manifest), "test"), _inputs.Path);
}
