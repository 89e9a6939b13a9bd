using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>The variant of the plan Standard is the other one, but for where its connection and its parameters come from.</summary>
public sealed partial class EnrichIncidentStandardTests(PlaybookFixture fixture)
{
    [Fact]
    public async Task Workflow_IsThatOfConsumption()
    {
        var consumption = (await fixture.WorkflowAsync("EnrichIncident"))["definition"]!.DeepClone().AsObject();
        consumption.Remove("parameters");
        var expected = consumption.ToJsonString()
            .Replace(JsonNode.Parse("""{"connection":{"name":"@parameters('$connections')['azuresentinel']['connectionId']"}}""")!.ToJsonString(), """{"connection":{"referenceName":"azuresentinel"}}""", StringComparison.Ordinal)
            .Replace("[environment().resourceManager]", "@{parameters(\\u0027resourceManager\\u0027)}/", StringComparison.Ordinal)
            .Replace($"\"{FakeSentinel.Audience}\"", "\"@parameters(\\u0027enrichmentAudience\\u0027)\"", StringComparison.Ordinal);
        var standard = Read("EnrichIncident/workflow.json");
        Assert.Equal("Stateful", (string?)standard["kind"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), standard["definition"]), "app/EnrichIncident/workflow.json is another than the definition in ../EnrichIncident");
    }

    [Fact]
    public void Structure_IsSoundAndParametersAreThere()
    {
        var definition = Read("EnrichIncident/workflow.json")["definition"]!.DeepClone().AsObject();
        definition["parameters"] = Read("parameters.json").DeepClone(); // declared and given in one place
        Assert.Empty(WorkflowCheck.Faults(definition, Read("parameters.json")));
        Assert.Equal(["azuresentinel"], Read("connections.json")["managedApiConnections"]!.AsObject().Select(connection => connection.Key));
        Assert.NotNull(Read("host.json")["extensionBundle"]);
    }

    [Fact]
    public void Readme_NamesEverySetting()
    {
        var readme = File.ReadAllText(Templates.FileOf("EnrichIncidentStandard", "readme.md"));
        var settings = Setting().Matches(Read("parameters.json").ToJsonString() + Read("connections.json").ToJsonString()).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(settings.Count >= 9, $"only {settings.Count} settings");
        Assert.All(settings, setting => Assert.Contains($"`{setting}`", readme, StringComparison.Ordinal));
    }

    static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(Templates.FileOf("EnrichIncidentStandard", Path.Combine("app", file))))!.AsObject();

    [GeneratedRegex(@"appsetting\(\\u0027(\w+)\\u0027\)")]
    private static partial Regex Setting();
}
