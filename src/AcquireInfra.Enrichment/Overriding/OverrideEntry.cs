using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>An override in JSON: as it is sent, logged, answered and downloaded. <see cref="OverrideRules"/> reads it.</summary>
/// <param name="Id">Given by the service where it is not sent.</param>
/// <param name="Effect">allow, suppress, block or tag.</param>
/// <param name="Categories">Of a suppress, at least one; of an allow, which of tor, bulletproof and abuse it dampens too.</param>
/// <param name="Tag">Of a tag: 1 to 40 letters, digits, dots, hyphens and underscores.</param>
/// <param name="Reason">Why; 1 to 500 printable characters.</param>
/// <param name="Owner">Who answers for it; 1 to 100 printable characters.</param>
/// <param name="ExpiresAt">When it ends: ISO 8601 in UTC to the second, at most 400 days ahead.</param>
/// <param name="Revision">Of the overrides in which it became what it is; not sent.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] // a misspelt member must not make an override of another kind
public sealed record OverrideEntry(
    string? Id = null, TargetEntry? Target = null, string? Effect = null, IReadOnlyList<string>? Categories = null, string? Tag = null,
    string? Reason = null, string? Owner = null, string? ExpiresAt = null, long? Revision = null)
{
    public static OverrideEntry From(Override entry) => new(
        entry.Id, TargetEntry.From(entry.Target), entry.Effect.Word(), [.. entry.Categories.Members().Select(category => category.Word())], entry.Tag,
        entry.Reason, entry.Owner, UtcTime.Text(entry.ExpiresAt), entry.Revision);
}

/// <summary>One of the four.</summary>
/// <param name="Ip">One address, in any spelling.</param>
/// <param name="Prefix">Network and length.</param>
/// <param name="Provider">A name as verdicts have it; letter case does not matter.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TargetEntry(string? Ip = null, string? Prefix = null, uint? Asn = null, string? Provider = null)
{
    public static TargetEntry From(OverrideTarget target) => target.Kind switch
    {
        TargetKind.Ip => new(Ip: target.ToString()),
        TargetKind.Prefix => new(Prefix: target.ToString()),
        TargetKind.Asn => new(Asn: target.Asn.Number),
        _ => new(Provider: target.Provider),
    };
}

/// <summary>All overrides that are in force: what a replica downloads.</summary>
public sealed record OverridesDocument(long Revision, IReadOnlyList<OverrideEntry> Overrides)
{
    public static OverridesDocument From(OverrideSet set) => new(set.Revision, [.. set.Entries.Select(OverrideEntry.From)]);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, OverridesJson.Default.OverridesDocument);

    /// <exception cref="FormatException">It is no such document; the message says where.</exception>
    public static OverrideSet Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json, OverridesJson.Default.OverridesDocument) ?? throw new FormatException("The overrides are null.");
            return new(document.Revision, document.Overrides.Select(entry => OverrideRules.Parse(entry)));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new FormatException($"The overrides cannot be read: {exception.Message}", exception);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OverrideEntry))]
[JsonSerializable(typeof(OverridesDocument))]
public sealed partial class OverridesJson : JsonSerializerContext;
