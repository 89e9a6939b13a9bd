using AcquireInfra.Enrichment.Service.Incidents;
using Microsoft.OpenApi;

namespace AcquireInfra.Enrichment.Service.OpenApi;

/// <summary>Schemas of what Sentinel sends as it comes: objects of whatever members.</summary>
internal static class IncidentSchemas
{
    public static void AddTo(OpenApiDocument document)
    {
        var request = BatchSchemas.PropertiesOf<IncidentRequest>(document);
        foreach (var name in (string[])["entities", "alertEntities", "comments"])
        {
            request[name] = BatchSchemas.ArrayOf(new() { Type = JsonSchemaType.Object }, request[name].Description!);
        }
    }
}
