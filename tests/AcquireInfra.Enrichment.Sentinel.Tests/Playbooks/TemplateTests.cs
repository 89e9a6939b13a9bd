using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Service.Tests;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>Templates are built, are what they are built from, and keep to the rules of the Azure-Sentinel repository.</summary>
public sealed partial class TemplateTests(PlaybookFixture fixture)
{
    static readonly string[] Names = ["EnrichEntity", "EnrichIncident", "RefreshWatchlist", "Retro"];

    public static TheoryData<string> BicepFiles => [.. Templates.BicepFiles.Select(file => Path.GetRelativePath(Templates.Content, file))];

    public static TheoryData<string> Playbooks => [.. Names];

    [Fact]
    public void Playbooks_OnDisk_AreThoseTested() => Assert.Equal(
        Names, Templates.Playbooks.Where(playbook => File.Exists(Templates.FileOf(playbook, "azuredeploy.bicep")) && playbook != "EnrichIncidentStandard"));

    // content/build.sh makes them anew.
    [Theory, MemberData(nameof(BicepFiles))]
    public async Task Bicep_Builds_WithoutAWordAndIsTheCommittedTemplate(string file)
    {
        using var folder = new TemporaryFolder();
        var source = Path.Combine(Templates.Content, file);
        var (code, output, errors) = await Templates.BicepAsync(Templates.Content, "build", source, "--outfile", folder["built.json"]);
        Assert.Equal((0, "", ""), (code, output, errors));
        var committed = Path.ChangeExtension(source, ".json");
        Assert.True(File.Exists(committed), $"{committed} is not there: run content/build.sh");
        Assert.Equal(
            await File.ReadAllTextAsync(committed, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(folder["built.json"], TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(Playbooks))]
    public async Task Workflow_Structure_IsSound(string playbook)
    {
        foreach (var workflow in (JsonObject[])[await fixture.WorkflowAsync(playbook), await fixture.WorkflowAsync(playbook, PlaybookFixture.WithApiKey)])
        {
            Assert.Empty(WorkflowCheck.Faults(workflow["definition"]!.AsObject(), workflow["parameters"]!.AsObject()));
        }
    }

    // A key is seen by nobody who may look at runs.
    [Theory, MemberData(nameof(Playbooks))]
    public async Task Workflow_ActionsThatSendTheKey_HaveSecureInputs(string playbook)
    {
        var workflow = await fixture.WorkflowAsync(playbook, PlaybookFixture.WithApiKey);
        Assert.Equal("SecureString", (string?)workflow["definition"]!["parameters"]!["apiKey"]!["type"]);
        var sending = ActionsIn(workflow["definition"]!["actions"]!.AsObject()).Where(action => action["inputs"]?.ToJsonString().Contains("apiKey", StringComparison.Ordinal) == true).ToList();
        Assert.NotEmpty(sending);
        Assert.All(sending, action => Assert.Equal("[\"inputs\"]", action["runtimeConfiguration"]!["secureData"]!["properties"]!.ToJsonString()));
    }

    static IEnumerable<JsonObject> ActionsIn(JsonObject actions) => actions.Select(pair => pair.Value!.AsObject()).SelectMany(action =>
        ((JsonNode?[])[action["actions"], action["else"]?["actions"]]).OfType<JsonObject>().SelectMany(ActionsIn).Prepend(action));

    // The rules of .script/utils/playbookCheckers of that repository.
    [Theory, MemberData(nameof(Playbooks))]
    public void Metadata_IsWhatTheGalleryWants(string playbook)
    {
        var template = JsonNode.Parse(File.ReadAllText(Templates.FileOf(playbook, "azuredeploy.json")))!;
        var metadata = template["metadata"]!;
        foreach (var name in (string[])["title", "description", "lastUpdateTime"])
        {
            Assert.NotEmpty((string)metadata[name]!);
        }
        Assert.True(DateTimeOffset.TryParse((string)metadata["lastUpdateTime"]!, System.Globalization.CultureInfo.InvariantCulture, out _));
        Assert.NotEmpty((string)metadata["support"]!["tier"]!);
        Assert.NotEmpty((string)metadata["author"]!["name"]!);
        Assert.NotEmpty(metadata["postDeployment"]!.AsArray());
        Assert.All(metadata["entities"]!.AsArray(), entity => Assert.Equal(((string)entity!).ToLowerInvariant(), (string)entity!));
        Assert.NotNull(template["parameters"]!["PlaybookName"]);
        var resources = template["resources"] is JsonArray list ? list.ToList() : [.. template["resources"]!.AsObject().Select(pair => pair.Value)];
        var workflow = Assert.Single(resources, resource => (string?)resource!["type"] == "Microsoft.Logic/workflows")!;
        Assert.Equal(("[parameters('PlaybookName')]", "[resourceGroup().location]"), ((string)workflow["name"]!, (string)workflow["location"]!));
        Assert.Equal("SystemAssigned", (string?)workflow["identity"]!["type"]);
        Assert.Equal($"AcquireInfra-{playbook}", (string?)workflow["tags"]!["hidden-SentinelTemplateName"]);
        Assert.Matches(@"^\d+\.\d+$", (string)workflow["tags"]!["hidden-SentinelTemplateVersion"]!);
        Assert.All(resources.Where(resource => (string?)resource!["type"] == "Microsoft.Web/connections"), connection =>
        {
            var variable = Variable().Match((string)connection!["name"]!);
            Assert.True(variable.Success && template["variables"]![variable.Groups[1].Value] is not null, (string)connection["name"]!);
            Assert.Equal("Alternative", (string?)connection["properties"]!["parameterValueType"]);
        });
    }

    [Theory, MemberData(nameof(Playbooks))]
    public void Readme_SaysWhatTheTemplateHas(string playbook)
    {
        var readme = File.ReadAllText(Templates.FileOf(playbook, "readme.md"));
        var template = JsonNode.Parse(File.ReadAllText(Templates.FileOf(playbook, "azuredeploy.json")))!;
        Assert.All(template["parameters"]!.AsObject(), parameter => Assert.Contains($"| `{parameter.Key}` |", readme, StringComparison.Ordinal));
        Assert.Equal(template["parameters"]!.AsObject().Count, Regex.Count(readme, @"(?m)^\| `[A-Z]\w*` \|"));
        foreach (var heading in (string[])["## Summary", "## Prerequisites", "## Deployment", "## Post-deployment"])
        {
            Assert.Contains(heading, readme, StringComparison.Ordinal);
        }
        var buttons = Button().Matches(readme);
        Assert.Equal(["portal.azure.com", "portal.azure.us"], buttons.Select(button => button.Groups[1].Value));
        Assert.All(buttons, button => Assert.EndsWith(
            $"/src/AcquireInfra.Enrichment.Sentinel/content/playbooks/{playbook}/azuredeploy.json", Uri.UnescapeDataString(button.Groups[2].Value), StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\[variables\('(\w+)'\)\]$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\(https://(portal\.azure\.\w+)/#create/Microsoft\.Template/uri/([^)]+)\)")]
    private static partial Regex Button();
}
