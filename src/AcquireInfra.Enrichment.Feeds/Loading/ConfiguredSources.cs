using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>What the bundled manifest and an operator's come to.</summary>
/// <param name="Sources">Those that are switched on, with their files; none for one that has yet to be fetched.</param>
/// <param name="SwitchedOff">The others.</param>
/// <param name="Canaries">Of both manifests.</param>
/// <param name="ManifestText">Stands for both in the hash of the inputs.</param>
public sealed record ConfiguredSources(
    IReadOnlyList<LocatedSource> Sources, IReadOnlyList<SourceEntry> SwitchedOff, IReadOnlyList<Canary> Canaries, string ManifestText);
