using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>The syntaxes a feed can have. What a feed's fields are called is data, see <see cref="FeedFormat"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FeedSyntax>))]
public enum FeedSyntax
{
    /// <summary>One value a line, the first word of it; what follows white space is remark.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>Fields between delimiters, quoted if need be; a record is one line.</summary>
    [JsonStringEnumMemberName("csv")]
    Csv,

    /// <summary>One JSON document.</summary>
    [JsonStringEnumMemberName("json")]
    Json,

    /// <summary>One JSON document a line.</summary>
    [JsonStringEnumMemberName("jsonl")]
    JsonLines,

    /// <summary>RFC 8805: prefix,country,region,city,postal without header.</summary>
    [JsonStringEnumMemberName("geofeed")]
    Geofeed,

    /// <summary>A MaxMind DB of any vendor.</summary>
    [JsonStringEnumMemberName("mmdb")]
    MaxMindDb,
}

/// <summary>
/// How one feed is written, as its manifest entry says. Fields are named by path: a column name (CSV), a dotted path inside a
/// record with <c>[]</c> for "each element" and <c>.</c> for the record itself (JSON), or a dotted path in the record's map (MaxMind DB).
/// </summary>
/// <remarks>Members that may be left out have setters: generated JSON readers give an init-only member that is absent null, not its default.</remarks>
public sealed record FeedFormat
{
    public required FeedSyntax Syntax { get; init; }

    /// <summary>Whether the feed is an ASN table, whose records without an ASN say "not routed". The source's kind says so, not the manifest's format.</summary>
    [JsonIgnore]
    public bool IsAsnTable { get; set; }

    /// <summary>Where records begin in a JSON document, e.g. <c>prefixes[]</c>; empty: the document is one record.</summary>
    public IReadOnlyList<string> Records { get; set; } = [];

    /// <summary>Columns of a CSV feed without header line, in order.</summary>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Whether the first line that is no comment names the columns.</summary>
    public bool Header { get; set; }

    /// <summary>One character between CSV fields. Default a comma.</summary>
    public string Delimiter { get; set; } = ",";

    /// <summary>What begins a comment, at the start of a line or after white space. Default <c>#</c> and <c>;</c> (text), <c>#</c> (CSV).</summary>
    public IReadOnlyList<string>? Comments { get; set; }

    /// <summary>Paths of addresses, prefixes or <c>first-last</c> ranges.</summary>
    public IReadOnlyList<string> Prefix { get; set; } = [];

    /// <summary>Path of a range's first address; goes with <see cref="Last"/>.</summary>
    public string? First { get; set; }

    public string? Last { get; set; }

    /// <summary>Path of an AS number, <c>64500</c> or <c>AS64500</c>. Without prefix or range, the record is about the ASN.</summary>
    public IReadOnlyList<string> Asn { get; set; } = [];

    /// <summary>Path of the AS organisation's name.</summary>
    public string? Name { get; set; }

    /// <summary>Path of the provider's name (the VPN's, the cloud's).</summary>
    public string? Provider { get; set; }

    /// <summary>What the feed calls a provider, to what it is called here; spellings that differ in capitals and signs alone need no entry.</summary>
    public IReadOnlyDictionary<string, string> ProviderNames { get; set; } = new Dictionary<string, string>();

    /// <summary>Path of a confidence from 0 to 1 that multiplies the source's reliability.</summary>
    public string? Confidence { get; set; }

    /// <summary>Path of the time the record was first seen.</summary>
    public string? FirstSeen { get; set; }

    /// <summary>Path of the time the record was last seen.</summary>
    public string? LastSeen { get; set; }

    /// <summary>Path to category: the record is in the category where the value is true, "true" or a number but 0.</summary>
    public IReadOnlyDictionary<string, string> CategoryFlags { get; set; } = new Dictionary<string, string>();

    /// <summary>Only records that pass all are taken; the others are no faults.</summary>
    public IReadOnlyList<FeedFilter> Where { get; set; } = [];

    /// <summary>Values are endpoints: <c>scheme://</c> before and a port or country after the address are dropped.</summary>
    public bool Endpoints { get; set; }

    /// <summary>Where the feed's own date stands: a JSON path from the document's root, or the words before it in a comment.</summary>
    public string? AsOf { get; set; }

    /// <summary>Whether records in special-purpose space are wanted (reference lists) rather than faults.</summary>
    public bool AllowSpecialPurpose { get; set; }
}

/// <summary>A condition on one field: exactly one of the tests is set.</summary>
public sealed record FeedFilter
{
    public required string Field { get; init; }

    /// <summary>The value is one of these.</summary>
    public IReadOnlyList<string>? In { get; set; }

    /// <summary>The value is none of these.</summary>
    public IReadOnlyList<string>? NotIn { get; set; }

    /// <summary>The value is a number at least this.</summary>
    public double? Min { get; set; }
}
