using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Overriding;

namespace AcquireInfra.Enrichment.Feeds.Overriding;

/// <summary>What one override was and became.</summary>
/// <param name="Before">Null where it is new.</param>
/// <param name="After">Null where it is gone.</param>
public sealed record OverrideChange(OverrideEntry? Before, OverrideEntry? After);

/// <summary>One revision of the overrides, as the log has it.</summary>
/// <param name="At">When it came into force, UTC.</param>
/// <param name="Who">Who changed it: a caller, the file, or the service itself.</param>
/// <param name="Action">create, replace, delete, import, csv or expire.</param>
/// <param name="Changes">All of them or none are in force.</param>
public sealed record OverrideRecord(long Revision, DateTime At, string Who, string Action, IReadOnlyList<OverrideChange> Changes)
{
    [JsonIgnore]
    internal DateTimeOffset Time => new(At, TimeSpan.Zero);
}

/// <summary>Words of <see cref="OverrideRecord.Action"/>.</summary>
public static class OverrideAction
{
    public const string Create = "create";
    public const string Replace = "replace";
    public const string Delete = "delete";
    public const string Import = "import";
    public const string Csv = "csv";
    public const string Expire = "expire";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OverrideRecord))]
internal sealed partial class OverrideRecordJson : JsonSerializerContext;
