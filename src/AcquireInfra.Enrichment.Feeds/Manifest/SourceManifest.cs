using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>Which sources there are and how to read them: <c>data/sources.json</c>, or an operator's own.</summary>
public sealed record SourceManifest
{
    public required IReadOnlyList<SourceEntry> Sources { get; init; }

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

    /// <summary>Files, relative to the root; a folder stands for all files in it, by name.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>How the files are written; role tables need none.</summary>
    public FeedFormat? Format { get; set; }

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
