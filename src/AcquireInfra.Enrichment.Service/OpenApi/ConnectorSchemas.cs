using System.Globalization;
using System.Text;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.OpenApi;

namespace AcquireInfra.Enrichment.Service.OpenApi;

/// <summary>
/// The connector's description, by the rules of Logic Apps' designer: a summary in sentence case and a description that ends with a full
/// stop for each action, a title for each parameter and property, one security definition, and nothing that OpenAPI 2.0 cannot say.
/// </summary>
internal static class ConnectorSchemas
{
    static readonly Dictionary<string, string> Acronyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ip"] = "IP",
        ["ips"] = "IPs",
        ["asn"] = "ASN",
        ["id"] = "ID",
        ["vpn"] = "VPN",
        ["cdn"] = "CDN",
        ["ipv4"] = "IPv4",
        ["ipv6"] = "IPv6",
    };

    public static Task AddNotes(OpenApiOperation operation)
    {
        operation.Extensions = Visibility("important");
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            parameter.Extensions = Visibility(parameter.Required ? "important" : "advanced");
            parameter.Extensions["x-ms-summary"] = new JsonNodeExtension(TitleOf(parameter.Name!));
        }
        if (operation.RequestBody?.Content is { } sent)
        {
            OnlyJson(sent);
        }
        operation.Parameters = [.. (operation.Parameters ?? []).Where(parameter => parameter.Name != "format")]; // JSON alone is what a designer reads
        operation.Responses = new() { ["200"] = operation.Responses!["200"] };
        OnlyJson(operation.Responses["200"].Content!);
        return Task.CompletedTask;
    }

    public static Task Finish(OpenApiDocument document)
    {
        document.Info = new()
        {
            Title = "AcquireInfra Enrichment",
            Version = "1.0",
            Description = "Tells of an IP address which network it is in, whether it is hosting, VPN, proxy or Tor, and how risky it is.",
            Contact = new() { Name = "AcquireInfra.Enrichment" },
        };
        document.Servers = [.. (document.Servers ?? []).Select(server => new OpenApiServer { Url = server.Url?.Replace("http:", "https:", StringComparison.Ordinal).TrimEnd('/') })];
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["api_key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header },
        };
        document.Security = [new() { [new OpenApiSecuritySchemeReference("api_key", document)] = [] }];
        Simplify(document);
        IncidentSchemas.AddTo(document);
        foreach (var schema in document.Components.Schemas?.Values ?? [])
        {
            AddTitles(schema);
        }
        return Task.CompletedTask;
    }

    // OpenAPI 2.0 has no "one of": an item is a text here, and an answer a verdict that may be an error.
    static void Simplify(OpenApiDocument document)
    {
        const string Embedded = "embedded"; // a verdict within a verdict: nothing that the designer can show
        var verdict = BatchSchemas.PropertiesOf<VerdictResponse>(document);
        verdict.Remove(Embedded);
        document.Components!.Schemas![nameof(VerdictResponse)].Required?.Remove(Embedded);
        document.Components.Schemas.Remove(nameof(EmbeddedResponse));
        verdict["override"] = document.Components.Schemas[nameof(OverrideResponse)]; // "one of null and it" is nothing that OpenAPI 2.0 can say
        document.Components.Schemas.Remove(nameof(OverrideResponse));
        verdict["deep"] = document.Components.Schemas[nameof(DeepResponse)];
        document.Components.Schemas.Remove(nameof(DeepResponse));
        var batch = BatchSchemas.PropertiesOf<BatchResponse>(document);
        PutInPlace(document.Components.Schemas);
        document.Components.Schemas.Remove(nameof(ErrorResponse)); // it stands in place everywhere
        var answer = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(verdict) { ["error"] = BatchSchemas.Error() },
        };
        batch["results"] = BatchSchemas.ArrayOf(answer, "One answer for each item, in order.");
        BatchSchemas.PropertiesOf<BatchRequest>(document)["ips"] =
            BatchSchemas.ArrayOf(new() { Type = JsonSchemaType.String }, "Addresses, one text each.");
    }

    // A reference has no title, so what a property refers to stands in its place.
    static void PutInPlace(IDictionary<string, IOpenApiSchema> schemas)
    {
        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var properties in schemas.Values.Select(schema => schema.Properties).OfType<IDictionary<string, IOpenApiSchema>>().ToList())
        {
            foreach (var (name, reference) in properties.ToList().Where(property => property.Value is OpenApiSchemaReference))
            {
                var referred = ((OpenApiSchemaReference)reference).Reference.Id!;
                properties[name] = schemas[referred];
                placed.Add(referred);
            }
        }
        foreach (var referred in placed)
        {
            schemas.Remove(referred);
        }
    }

    static void AddTitles(IOpenApiSchema schema)
    {
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (property is OpenApiSchema described)
            {
                described.Extensions ??= new Dictionary<string, IOpenApiExtension>();
                described.Extensions["x-ms-summary"] = new JsonNodeExtension(TitleOf(name));
                AddTitles(described);
            }
        }
        if (schema.Items is OpenApiSchema items)
        {
            AddTitles(items);
        }
    }

    static void OnlyJson(IDictionary<string, OpenApiMediaType> content)
    {
        foreach (var other in content.Keys.Where(mediaType => mediaType != "application/json").ToList())
        {
            content.Remove(other);
        }
    }

    static Dictionary<string, IOpenApiExtension> Visibility(string word) => new() { ["x-ms-visibility"] = new JsonNodeExtension(word) };

    /// <summary>"asnName" as "ASN Name".</summary>
    internal static string TitleOf(string name)
    {
        var words = new StringBuilder();
        foreach (var character in name)
        {
            words.Append(char.IsUpper(character) && words.Length > 0 ? " " : "").Append(character);
        }
        return string.Join(' ', words.ToString().Split(' ').Select(word =>
            Acronyms.TryGetValue(word, out var known) ? known : char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..]));
    }
}
