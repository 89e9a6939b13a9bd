using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Xml.Linq;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Tests.Manifest;

/// <summary>
/// <c>data/sources.schema.json</c> is what the classes say, with their comments for editors to show. After a change of the classes,
/// ENRICHMENT_WRITE_SCHEMA=1 writes it anew.
/// </summary>
public sealed class ManifestSchemaTests
{
    static readonly string SchemaPath = Path.Combine(Repository.Data, "sources.schema.json");
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    [Fact]
    public void Schema_OfTheRepository_IsThatOfTheClasses()
    {
        var schema = Describe().ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("ENRICHMENT_WRITE_SCHEMA") == "1")
        {
            File.WriteAllText(SchemaPath, schema);
        }
        Assert.Equal(schema, File.ReadAllText(SchemaPath));
    }

    [Theory, InlineData("data/sources.json"), InlineData("tests/public-feeds.sources.json")]
    public void Schema_EveryMemberOfAManifest_IsInIt(string path)
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaPath))!;
        var source = schema["properties"]!["sources"]!["items"]!;
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, path)))!;
        var entries = manifest["sources"]!.AsArray().Concat(manifest["changes"]?.AsArray() ?? []);
        Assert.All(entries.SelectMany(entry => entry!.AsObject()), member => Assert.NotNull(source["properties"]![member.Key]));
        Assert.False(source["additionalProperties"]!.GetValue<bool>());
    }

    static JsonObject Describe()
    {
        var comments = Comments(typeof(SourceEntry), typeof(Address));
        var exporting = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is JsonObject described && context.PropertyInfo?.AttributeProvider is System.Reflection.PropertyInfo property
                    && comments.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var comment))
                {
                    described.Insert(0, "description", comment);
                }
                return node;
            },
        };
        var schema = ManifestJson.Default.Options.GetJsonSchemaAsNode(typeof(SourceManifest), exporting).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        // A change is an entry of which anything but the id may be left out, and null takes a member away.
        var source = schema["properties"]!["sources"]!["items"]!.AsObject();
        var members = source["properties"]!.AsObject().Select(member => KeyValuePair.Create<string, JsonNode?>(member.Key, new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["$ref"] = $"#/properties/sources/items/properties/{member.Key}" }, new JsonObject { ["type"] = "null" }),
        }));
        schema["properties"]!["changes"]!["items"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(members),
            ["required"] = new JsonArray("id"),
            ["additionalProperties"] = false,
        };
        return schema;
    }

    // The comments that the compiler writes beside each assembly.
    static Dictionary<string, string> Comments(params Type[] ofAssemblies) => ofAssemblies
        .SelectMany(type => XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member"))
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => string.Join(' ', member.Element("summary")!.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
}
