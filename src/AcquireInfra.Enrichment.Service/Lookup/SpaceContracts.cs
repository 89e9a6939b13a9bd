using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>What is known of an ASN and of its space. Special-purpose space is not counted.</summary>
/// <param name="Role">What its operator does; null where nobody has looked.</param>
/// <param name="RoleBasis">certain, knowledge, brand, name or inferred: why the role is believed.</param>
/// <param name="Provider">Brand.</param>
/// <param name="IPv4Addresses">Addresses in its prefixes.</param>
/// <param name="IPv6Slash64s">/64 networks in its prefixes.</param>
/// <param name="Categories">What some of its space is.</param>
/// <param name="MaxScore">The highest score of any of its addresses; null where it has none.</param>
internal sealed record AsnResponse(
    uint Asn,
    string? Name,
    string? Role,
    string? RoleBasis,
    string? Provider,
    [property: JsonPropertyName("ipv4Addresses")] ulong IPv4Addresses,
    [property: JsonPropertyName("ipv6Slash64s")] ulong IPv6Slash64s,
    IReadOnlyList<CategorySpace> Categories,
    int? MaxScore,
    string SnapshotId,
    string PolicyVersion);

/// <param name="IPv4Share">0..1 of its IPv4 addresses; null where it has none.</param>
/// <param name="IPv6Share">0..1 of its IPv6 space; null where it has none.</param>
internal sealed record CategorySpace(
    string Category,
    [property: JsonPropertyName("ipv4Share")] double? IPv4Share,
    [property: JsonPropertyName("ipv6Share")] double? IPv6Share);

/// <summary>What lies inside a prefix.</summary>
/// <param name="Scope">Null where it has more than one.</param>
/// <param name="Segments">The first ones, in order: parts of which all addresses have the same verdict.</param>
/// <param name="Truncated">Whether there are more.</param>
internal sealed record PrefixResponse(
    string Prefix,
    string? Scope,
    PrefixSummary Summary,
    IReadOnlyList<SegmentResponse> Segments,
    bool Truncated,
    string SnapshotId,
    string PolicyVersion);

/// <summary>Of the whole prefix.</summary>
/// <param name="Addresses">Of an IPv4 prefix; the counts are addresses then.</param>
/// <param name="Slash64s">Of an IPv6 prefix; the counts are /64 networks then, and a part of one counts as one.</param>
/// <param name="ByVerdict">Only verdicts that occur.</param>
/// <param name="ByCategory">Only categories that occur; an address may be in several.</param>
/// <param name="MaxScore">Null where no address is global.</param>
/// <param name="Segments">How many there are in all.</param>
internal sealed record PrefixSummary(
    ulong? Addresses,
    ulong? Slash64s,
    IReadOnlyDictionary<string, ulong> ByVerdict,
    IReadOnlyDictionary<string, ulong> ByCategory,
    int? MaxScore,
    int Segments);

/// <summary>Addresses with the same verdict. Null means unknown, never "no".</summary>
/// <param name="Prefixes">The fewest that cover them exactly.</param>
internal sealed record SegmentResponse(
    IReadOnlyList<string> Prefixes,
    string Scope,
    uint? Asn,
    string? AsnName,
    string? AsnRole,
    string Verdict,
    string? Level,
    int? Score,
    int? RawScore,
    int? Confidence,
    IReadOnlyList<string> Categories,
    string? Provider,
    bool? IsHosting,
    bool? IsVpn,
    bool? IsProxy,
    bool? IsResidentialProxy,
    bool? IsTor,
    bool? IsRelay,
    bool? IsBulletproof,
    bool? IsCdn,
    bool? IsCrawler,
    bool? IsMobile);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AsnResponse))]
[JsonSerializable(typeof(PrefixResponse))]
internal sealed partial class SpaceJson : JsonSerializerContext;
