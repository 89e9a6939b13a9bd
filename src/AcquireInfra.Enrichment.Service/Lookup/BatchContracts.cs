using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>Addresses to judge.</summary>
/// <param name="Ips">Texts, or objects with "ip", an "id" that is echoed and a time "at" (ISO 8601, UTC) to judge as of.</param>
internal sealed record BatchRequest(IReadOnlyList<JsonElement> Ips);

/// <summary>One answer for each item, in order.</summary>
internal sealed record BatchResponse(IReadOnlyList<BatchItem> Results, BatchSummary Summary, string SnapshotId, string PolicyVersion, long OverridesRevision, DateTime JudgedAt);

/// <summary>A verdict with the item's input, or what is wrong with the item, in its place.</summary>
/// <param name="Shape">Of the verdict: which members are asked for.</param>
[JsonConverter(typeof(BatchItemConverter))]
internal sealed record BatchItem(ItemAnswer Answer, JsonTypeInfo<VerdictResponse> Shape);

internal sealed record BatchSummary(long Total, long Ok, long Failed);

/// <summary>What follows the last row of a streamed answer.</summary>
/// <param name="Error">Why what follows was not answered; null where everything was.</param>
internal sealed record BulkTrailer(BatchSummary Summary, ErrorResponse? Error, string SnapshotId, string PolicyVersion, long OverridesRevision, DateTime JudgedAt);

/// <summary>Writes whichever of the two an item is, without a wrapper: callers read flat verdicts.</summary>
internal sealed class BatchItemConverter : JsonConverter<BatchItem>
{
    public override BatchItem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, BatchItem value, JsonSerializerOptions options)
    {
        if (value.Answer.Verdict is { } verdict)
        {
            JsonSerializer.Serialize(writer, verdict, value.Shape);
            return;
        }
        JsonSerializer.Serialize(writer, value.Answer.Fault!, VerdictJson.Default.FaultResponse);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BatchResponse))]
[JsonSerializable(typeof(BulkTrailer))]
internal sealed partial class BatchJson : JsonSerializerContext;
