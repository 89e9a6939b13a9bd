using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

/// <summary>The real feeds, by the manifest that names each file of the folder, compiled once.</summary>
static class PublicFeeds
{
    public static readonly string Manifest = Path.Combine(Repository.Root, "tests", "public-feeds.sources.json");

    /// <summary>When they were published.</summary>
    public static readonly DateTimeOffset Day = new(2026, 8, 22, 18, 0, 0, TimeSpan.Zero);

    static readonly Lazy<(LoadedSources Loaded, Snapshot Snapshot)> Compiled = new(() =>
    {
        using var folder = new TemporaryFolder();
        var (sources, _) = new DataFolder(Repository.Data).LocateSources(Manifest, Repository.Feeds);
        var loaded = SourceLoader.Load(sources, FeedLimits.Default, folder.Path, Day.AddHours(6));
        return (loaded, SnapshotFile.Write(loaded.Sources, Path.Combine(folder.Path, "all.snapshot")));
    });

    public static LoadedSources Loaded => Compiled.Value.Loaded;

    public static Snapshot Snapshot => Compiled.Value.Snapshot;
}
