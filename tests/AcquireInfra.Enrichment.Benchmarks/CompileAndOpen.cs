using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using BenchmarkDotNet.Attributes;

namespace AcquireInfra.Enrichment.Benchmarks;

/// <summary>What a refresh and a start cost: reading and compiling the bundled data, and opening a snapshot to its first answer.</summary>
public class CompileAndOpen
{
    readonly string _folder = Directory.CreateTempSubdirectory("enrichment-benchmarks-").FullName;
    IReadOnlyList<LocatedSource> _sources = [];
    LoadedSources _loaded = new([], []);

    string SnapshotPath => Path.Combine(_folder, "bundled.snapshot");

    [GlobalSetup]
    public void Setup()
    {
        _sources = new DataFolder(DataFolder.DefaultPath).LocateSources(furtherManifest: null).Sources;
        _loaded = ReadSources();
        using var file = File.Create(SnapshotPath);
        SnapshotCompiler.Compile(_loaded.Sources, file);
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark]
    public LoadedSources ReadSources() => SourceLoader.Load(_sources, FeedLimits.Default, _folder, TimeProvider.System.GetUtcNow());

    [Benchmark]
    public long Compile()
    {
        using var bytes = new MemoryStream(32 * 1024 * 1024);
        SnapshotCompiler.Compile(_loaded.Sources, bytes);
        return bytes.Length;
    }

    [Benchmark]
    public uint OpenVerifiedToFirstAnswer() => Snapshot.Open(SnapshotPath).Find(Address.FromIPv4(0x01010101));
}
