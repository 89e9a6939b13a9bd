using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>What a source is used for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SourceKind>))]
public enum SourceKind
{
    /// <summary>Claims about prefixes or ASNs.</summary>
    [JsonStringEnumMemberName("claims")]
    Claims,

    /// <summary>Which ASN announces which prefix, and what the ASN is called.</summary>
    [JsonStringEnumMemberName("asnTable")]
    AsnTable,

    /// <summary>What the operator of an ASN does.</summary>
    [JsonStringEnumMemberName("asnRoles")]
    AsnRoles,
}

/// <summary>One source as it went into a snapshot: enough to judge by, to cite, and to say how old it is.</summary>
/// <remarks>Members that may be left out have setters: generated JSON readers give an init-only member that is absent null, not its default.</remarks>
public sealed record SourceInfo
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public SourceKind Kind { get; set; }

    /// <summary>Sources that copy one another share a family, and count once. Default: the id.</summary>
    public required string Family { get; init; }

    /// <summary>Categories that its records have unless they name their own.</summary>
    public IReadOnlyList<string> Categories { get; set; } = [];

    /// <summary>Categories that an address in none of its records can be said not to have.</summary>
    public IReadOnlyList<string> Covers { get; set; } = [];

    /// <summary>The provider all its records belong to, unless they name their own ("Mullvad", "Amazon Web Services").</summary>
    public string? Provider { get; set; }

    /// <summary>Whether it has records of the family, and so covers it.</summary>
    public bool IPv4 { get; set; }

    public bool IPv6 { get; set; }

    /// <summary>0..1: how often its claims are right.</summary>
    public double Reliability { get; set; }

    /// <summary>Reliability where it differs by category.</summary>
    public IReadOnlyDictionary<string, double> ReliabilityByCategory { get; set; } = new Dictionary<string, double>();

    /// <summary>A cloud's own ranges, DROP, Tor: the length of the prefix says nothing about how sure the claim is.</summary>
    public bool Authoritative { get; set; }

    public bool Exportable { get; set; }

    public string Licence { get; set; } = "";

    public string? Attribution { get; set; }

    public string? Homepage { get; set; }

    /// <summary>The data's own date, UTC.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Age up to which it counts in full. Default: the policy's, by category.</summary>
    public TimeSpan? HoldOff { get; set; }

    /// <summary>Age past which it covers nothing. Default: the policy's, by category.</summary>
    public TimeSpan? MaxAge { get; set; }

    public int Entries { get; set; }

    public int Faults { get; set; }

    public double ReliabilityOf(Category category) => ReliabilityByCategory.GetValueOrDefault(category.Word(), Reliability);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(List<SourceInfo>))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
