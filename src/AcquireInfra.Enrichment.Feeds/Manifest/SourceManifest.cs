using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>Which sources there are and how to read them: <c>data/sources.json</c>, or an operator's own.</summary>
public sealed record SourceManifest
{
    /// <summary>For editors: where the schema of this file lies.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    public required IReadOnlyList<SourceEntry> Sources { get; init; }

    /// <summary>
    /// In an operator's manifest: what is different about bundled sources, <c>{ "id": "ipsum", "enabled": true }</c>. A member that is
    /// given replaces the bundled one, <c>null</c> removes it, and the others stay.
    /// </summary>
    public IReadOnlyList<JsonObject> Changes { get; set; } = [];

    /// <summary>Checked in every snapshot before it goes live.</summary>
    public IReadOnlyList<Canary> Canaries { get; set; } = [];

    /// <exception cref="ManifestException">Not a manifest; the message names the file, the entry and the member.</exception>
    public static SourceManifest Parse(ReadOnlySpan<byte> json, string name)
    {
        SourceManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.SourceManifest) ?? throw new ManifestException($"{name} is null.");
        }
        catch (JsonException exception)
        {
            throw new ManifestException($"{name} cannot be read: {exception.Message}", exception);
        }
        var faults = ManifestValidator.FaultsOf(manifest).ToList();
        return faults.Count == 0 ? manifest : throw new ManifestException($"{name} is wrong: {string.Join(" ", faults)}");
    }
}

/// <summary>One source. What it says of its data travels into the snapshot; how it is read stays here.</summary>
/// <remarks>Members that may be left out have setters: generated JSON readers give an init-only member that is absent null, not its default.</remarks>
public sealed record SourceEntry
{
    /// <summary>Lower-case letters, digits and hyphens, 1 to 64; stands in verdicts and metrics.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public SourceKind Kind { get; set; }

    public bool Enabled { get; set; } = true;

    /// <summary>Files, relative to the root; a folder stands for all files in it, by name. Where there are urls too, these are the start.</summary>
    public IReadOnlyList<string> Files { get; set; } = [];

    /// <summary>Where the data is published: all of these together are one version of the source.</summary>
    public IReadOnlyList<SourceUrl> Urls { get; set; } = [];

    /// <summary>
    /// Time between two refreshes, 15 minutes to 30 days; a day where there are urls and none is given. A source of files alone is read
    /// where they lie, and goes through the gates only where this is given.
    /// </summary>
    public TimeSpan? RefreshInterval { get; set; }

    /// <summary>What to send with requests, and only to the host that the url names.</summary>
    public SourceCredentials? Credentials { get; set; }

    /// <summary>Who asks. Default: the product.</summary>
    public string? UserAgent { get; set; }

    /// <summary>What a new version may differ by from the one before.</summary>
    public GateSettings Gates { get; set; } = new();

    /// <summary>Time after which data that was fetched, and not confirmed since, is deleted, also from kept snapshots.</summary>
    public TimeSpan? MaxRetention { get; set; }

    /// <summary>How the files are written; role tables need none.</summary>
    public FeedFormat? Format { get; set; }

    /// <summary>How what is fetched from the urls is written, where it is not as the files are.</summary>
    public FeedFormat? DownloadFormat { get; set; }

    /// <summary>Categories its records have unless they name their own; none for a reference list.</summary>
    public IReadOnlyList<string> Categories { get; set; } = [];

    /// <summary>Categories an address outside it can be said not to have. Default: its categories; none for a list that is not complete.</summary>
    public IReadOnlyList<string>? Covers { get; set; }

    /// <summary>Sources that copy one another. Default: the id.</summary>
    public string? Family { get; set; }

    public string? Provider { get; set; }

    /// <summary>0..1: how often its claims are right.</summary>
    public required double Reliability { get; init; }

    public IReadOnlyDictionary<string, double> ReliabilityByCategory { get; set; } = new Dictionary<string, double>();

    public bool Authoritative { get; set; }

    /// <summary>Whether its data may leave in exports.</summary>
    public required bool Exportable { get; init; }

    public required string Licence { get; init; }

    public string? Attribution { get; set; }

    public string? Homepage { get; set; }

    /// <summary>Date of the data where the data does not state one.</summary>
    public DateTimeOffset? AsOf { get; set; }

    /// <summary>Days; default the policy's by category.</summary>
    public double? HoldOffDays { get; set; }

    /// <summary>Days; default the policy's by category.</summary>
    public double? MaxAgeDays { get; set; }

    /// <summary>For whoever reads the manifest: what is peculiar about the source.</summary>
    public string? Note { get; set; }

    /// <summary>Whether it is fetched, checked and kept, rather than read where it lies.</summary>
    [JsonIgnore]
    public bool IsRefreshed => Urls.Count > 0 || RefreshInterval is not null;

    /// <summary>How what is fetched is written.</summary>
    [JsonIgnore]
    public FeedFormat? FetchedFormat => Urls.Count > 0 ? DownloadFormat ?? Format : Format;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(SourceManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
