using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>Addresses to judge.</summary>
/// <param name="Ips">Texts, or objects with "ip", an "id" that is echoed and a time "at" (ISO 8601, UTC) to judge as of.</param>
internal sealed record BatchRequest(IReadOnlyList<JsonElement> Ips);

/// <summary>One answer for each item, in order.</summary>
internal sealed record BatchResponse(IReadOnlyList<BatchItem> Results, BatchSummary Summary, string SnapshotId);

/// <summary>A verdict with the item's input, or what is wrong with the item, in its place.</summary>
[JsonConverter(typeof(BatchItemConverter))]
internal sealed record BatchItem(VerdictResponse? Verdict, ItemFault? Fault);

internal sealed record ItemFault(string Input, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id, ItemError Error);

/// <param name="Code">Fixed word.</param>
/// <param name="Reason">Fixed word for what is wrong with the address; only with bad_address.</param>
internal sealed record ItemError(
    string Code, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason, string Detail);

internal sealed record BatchSummary(int Total, int Ok, int Failed);

/// <summary>Writes whichever of the two an item is, without a wrapper: callers read flat verdicts.</summary>
internal sealed class BatchItemConverter : JsonConverter<BatchItem>
{
    public override BatchItem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, BatchItem value, JsonSerializerOptions options)
    {
        if (value.Verdict is { } verdict)
        {
            JsonSerializer.Serialize(writer, verdict, VerdictJson.Default.VerdictResponse);
            return;
        }
        JsonSerializer.Serialize(writer, value.Fault!, BatchJson.Default.ItemFault);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = 8)]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BatchResponse))]
[JsonSerializable(typeof(ItemFault))]
internal sealed partial class BatchJson : JsonSerializerContext;
