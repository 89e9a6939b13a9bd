using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.OpenApi;

namespace AcquireInfra.Enrichment.Service.OpenApi;

/// <summary>Schemas of what a type cannot tell: items of a batch, which are texts or objects, and their answers, verdicts or faults.</summary>
internal static class BatchSchemas
{
    public static void AddTo(OpenApiDocument document)
    {
        var item = new OpenApiSchema { AnyOf = [new OpenApiSchema { Type = JsonSchemaType.String }, ItemObject()] };
        PropertiesOf<BatchRequest>(document)["ips"] = ArrayOf(
            item, "Texts, or objects with \"ip\", an \"id\" that is echoed and a time \"at\" (ISO 8601, UTC) to judge as of.");
        var answer = new OpenApiSchema { AnyOf = [new OpenApiSchemaReference(nameof(VerdictResponse), document), Fault()] };
        PropertiesOf<BatchResponse>(document)["results"] = ArrayOf(answer, "One answer for each item, in order.");
    }

    public static IDictionary<string, IOpenApiSchema> PropertiesOf<T>(OpenApiDocument document) => document.Components!.Schemas![typeof(T).Name].Properties!;

    public static OpenApiSchema ArrayOf(OpenApiSchema items, string description) =>
        new() { Type = JsonSchemaType.Array, Description = description, Items = items };

    public static OpenApiSchema Error() => ObjectOf(
        "What is wrong with the item.", ["code", "detail"],
        ("code", "Fixed word."), ("reason", "Fixed word for what is wrong with the address."), ("detail", "What to do about it."));

    static OpenApiSchema Fault()
    {
        var fault = ObjectOf("What is wrong with an item.", ["input", "error"], ("input", "What was sent, as far as it can be shown."), ("id", "The item's own id."));
        fault.Properties!["error"] = Error();
        return fault;
    }

    static OpenApiSchema ItemObject()
    {
        var item = ObjectOf("An address and what belongs to it.", ["ip"], ("ip", "The address as text."), ("id", "Echoed in the answer."), ("at", "Judge as of this hour."));
        ((OpenApiSchema)item.Properties!["at"]).Format = "date-time";
        item.AdditionalPropertiesAllowed = false;
        return item;
    }

    static OpenApiSchema ObjectOf(string description, HashSet<string> required, params (string Name, string Description)[] texts) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Required = required,
        Properties = texts.ToDictionary(
            text => text.Name, text => (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.String, Description = text.Description }),
    };
}
