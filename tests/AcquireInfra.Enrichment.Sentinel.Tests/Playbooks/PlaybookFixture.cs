using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;
using AcquireInfra.Enrichment.Service.Tests;

[assembly: AssemblyFixture(typeof(PlaybookFixture))]

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>One service on small data, and each playbook as it would be deployed.</summary>
public sealed class PlaybookFixture : IAsyncLifetime
{
    public const string ApiKey = "playbook.secret";

    internal static readonly (string Name, string Value) WithApiKey = ("AuthenticationType", "ApiKey");

    // On public space, so that something is judged; hosters and VPN exits that there are none of.
    const string List = "9.4.0.0/16\n2620:fe::/48\n";

    readonly TemporaryFolder _folder = new();
    readonly ConcurrentDictionary<string, Lazy<Task<JsonObject>>> _workflows = new();
    RunningService? _service;

    internal RunningService Service => _service!;

    public async ValueTask InitializeAsync()
    {
        SmallData.Write(_folder["data"], List);
        await File.WriteAllTextAsync(_folder["further.json"], """
            { "sources": [ { "id": "exits", "name": "Exits", "files": ["exits.txt"], "format": { "syntax": "text" }, "categories": ["vpn"],
              "reliability": 0.95, "exportable": true, "licence": "none", "asOf": "2026-11-24T00:00:00Z" } ] }
            """);
        await File.WriteAllTextAsync(_folder["exits.txt"], "9.4.1.0/24\n2620:fe::9\n");
        _service = await RunningService.StartAsync(_folder["state"], $"--Enrichment:DataFolder={_folder["data"]}", $"--Enrichment:Sources={_folder["further.json"]}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        _folder.Dispose();
    }

    /// <summary>Parameters that a playbook has no default for, and those that a case sets.</summary>
    internal static Dictionary<string, string> ParametersOf(string playbook, params (string Name, string Value)[] more)
    {
        var parameters = new Dictionary<string, string> { ["EnrichmentUrl"] = FakeSentinel.ServiceUrl, ["EnrichmentAudience"] = FakeSentinel.Audience };
        if (playbook is "RefreshWatchlist" or "Retro")
        {
            parameters["WorkspaceName"] = "w";
        }
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }
        return parameters;
    }

    /// <summary>The workflow's properties with these parameters.</summary>
    internal Task<JsonObject> WorkflowAsync(string playbook, params (string Name, string Value)[] more) => _workflows.GetOrAdd(
        playbook + string.Join('|', more),
        _ => new(async () => Templates.WorkflowIn(await Templates.ResourcesAsync(Templates.FileOf(playbook, "azuredeploy.bicep"), ParametersOf(playbook, more))))).Value;

    /// <summary>A run of it that talks to these.</summary>
    internal async Task<WorkflowRun> RunOfAsync(string playbook, Func<Sent, Task<Received>> send, params (string Name, string Value)[] more)
    {
        var workflow = (await WorkflowAsync(playbook, more)).DeepClone().AsObject();
        var definition = JsonNode.Parse(workflow["definition"]!.ToJsonString().Replace("[environment().resourceManager]", FakeSentinel.ResourceManager + "/", StringComparison.Ordinal))!.AsObject();
        var parameters = workflow["parameters"]!.AsObject().ToDictionary(parameter => parameter.Key, parameter => ValueOf(parameter.Key, parameter.Value!["value"]));
        return new(definition, parameters, send);
    }

    // What the snapshot cannot know stands in it as an expression of the template.
    static JsonNode? ValueOf(string name, JsonNode? value) => name switch
    {
        "$connections" => new JsonObject { ["azuresentinel"] = new JsonObject { ["connectionId"] = "connection-of-sentinel" } },
        "resourceManager" => FakeSentinel.ResourceManager,
        "apiKey" => ApiKey, // a secret is in no snapshot
        _ when value is JsonValue given && given.TryGetValue<string>(out var text) && text.StartsWith('[') => throw new InvalidOperationException($"{name} is {text}"),
        _ => value?.DeepClone(),
    };
}
