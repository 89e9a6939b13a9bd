using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Service.Incidents;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IncidentRequest))]
internal sealed partial class IncidentRequestJson : JsonSerializerContext;
