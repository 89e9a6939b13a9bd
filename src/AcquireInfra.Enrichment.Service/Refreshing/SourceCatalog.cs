using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Refreshing;

/// <summary>The sources as configured, which holds until the next start, and what is known of those that are refreshed.</summary>
internal sealed class SourceCatalog(IOptions<EnrichmentOptions> options, FeedStore store, TimeProvider time)
{
    ConfiguredSources _configured = new([], [], [], "");
    Dictionary<string, FeedState> _states = [];
    IReadOnlyDictionary<string, string> _broken = new Dictionary<string, string>();
    readonly string _dataFolder = Path.GetFullPath(options.Value.DataFolder) + Path.DirectorySeparatorChar;

    public ConfiguredSources Configured => Volatile.Read(ref _configured);

    /// <summary>By source, as last read: after each round of the refresher.</summary>
    public IReadOnlyDictionary<string, FeedState> States => Volatile.Read(ref _states);

    /// <summary>Sources that could not be read when a snapshot was compiled last, and what was wrong with each.</summary>
    public IReadOnlyDictionary<string, string> Broken => Volatile.Read(ref _broken);

    public void SetBroken(IReadOnlyDictionary<string, string> broken) => Volatile.Write(ref _broken, broken);

    /// <summary>Whether all of its files are part of the bundled data.</summary>
    public bool IsBundled(LocatedSource source) => source.Files.All(file => file.StartsWith(_dataFolder, StringComparison.Ordinal));

    public IEnumerable<LocatedSource> Refreshed => Configured.Sources.Where(source => source.Entry.IsRefreshed);

    public FeedLimits Limits { get; } = FeedLimits.Default with { OwnerPrefixes = PrefixOptions.Parse(options.Value.OwnerPrefixes) };

    /// <summary>What stands for the manifests in the hash of a snapshot's inputs, and for what else it is read by.</summary>
    public string ManifestText => Configured.ManifestText + string.Concat(Limits.OwnerPrefixes.Select(prefix => $" {prefix}"));

    /// <exception cref="BundledDataMissingException">A bundled file is missing or cannot be read.</exception>
    /// <exception cref="Feeds.Manifest.ManifestException">A manifest is wrong.</exception>
    public void Read(DataFolder data, string? furtherManifest)
    {
        Volatile.Write(ref _configured, data.ReadSources(furtherManifest));
        ReadStates();
    }

    public void ReadStates() => Volatile.Write(ref _states, Refreshed.ToDictionary(source => source.Entry.Id, source => store.StateOf(source.Entry)));

    /// <summary>The sources as they are to be compiled now.</summary>
    public IReadOnlyList<LocatedSource> Compilable() => store.WithFetched(Configured.Sources, time.GetUtcNow());
}
