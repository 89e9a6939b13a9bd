using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Service.Tests;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

public sealed class ConnectorTests(PlaybookFixture fixture)
{
    // After a change of the API: curl -s http://127.0.0.1:8080/openapi/connector.json > content/connector/swagger.json, then content/build.sh.
    [Fact]
    public async Task Swagger_OfTheTemplate_IsWhatTheServiceServes()
    {
        var resources = await Templates.ResourcesAsync(
            Path.Combine(Templates.Content, "connector", "azuredeploy.bicep"), new Dictionary<string, string> { ["ServiceHost"] = "enrichment.example" });
        var connector = Assert.Single(resources)!;
        Assert.Equal("Microsoft.Web/customApis", (string?)connector["type"]);
        var swagger = connector["properties"]!["swagger"]!.AsObject();
        var served = JsonNode.Parse((await fixture.Service.Rest.FetchAsync("/openapi/connector.json")).Text)!.AsObject();
        Assert.Equal("enrichment.example", (string?)swagger["host"]);
        served["host"] = swagger["host"]!.DeepClone();
        Assert.True(JsonNode.DeepEquals(served, swagger), "content/connector/swagger.json is another than what is served");
        Assert.InRange(swagger.ToJsonString().Length, 10_000, 1_000_000);
        Assert.Equal(["api_key"], swagger["securityDefinitions"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal("securestring", (string?)connector["properties"]!["connectionParameters"]!["api_key"]!["type"]);
    }
}
