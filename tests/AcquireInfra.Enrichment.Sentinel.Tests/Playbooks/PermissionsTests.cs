using System.Diagnostics;
using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Service.Tests;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>The script that gives roles, with an az that writes down what it is asked; and the template that gives the same.</summary>
public sealed class PermissionsTests
{
    // Answers what the script asks for; "has" makes it answer that everything is there already.
    const string FakeAz = """
        #!/usr/bin/env bash
        printf '%s\n' "$*" >> "$AZ_LOG"
        case "$*" in
          "role assignment list"*) [ -z "$AZ_HAS" ] || echo assigned ;;
          "rest --method GET"*) [ -z "$AZ_HAS" ] || echo assigned ;;
          "ad app list"*) [ -z "$AZ_HAS" ] || echo app-id ;;
          "ad app create"*) echo app-id ;;
          "ad sp show"*"appRoles"*) echo app-role-id ;;
          "ad sp show"*"--query id"*) echo sp-object-id ;;
          "ad sp show"*) [ -n "$AZ_HAS" ] ;;
          "resource show"*"Microsoft.Logic/workflows"*) echo identity-id ;;
          "resource show"*) echo /workspaces/w ;;
          "group show"*) echo /groups/rg ;;
          "cloud show"*) echo https://graph.microsoft.com/ ;;
          "account show"*) echo tenant-id ;;
        esac
        """;

    const string Responder = "3e150937-b8fe-4cfb-8069-0eaf05ecd056";
    const string Contributor = "ab8e14d6-4a74-4a29-9ba8-549422addade";
    const string AutomationContributor = "f4c81013-99ee-4d62-a7ee-b3f1f648599a";
    const string Reader = "73c42c96-874c-492b-b04d-ab87d138a893";
    const string Publisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    [Theory]
    [InlineData("playbook --group rg --playbook p --workspace w --app a --app-role lookup", new[] { Responder + " /workspaces/w" }, true)]
    [InlineData("playbook --object-id identity-id --workspace w --workspace-group rg", new[] { Responder + " /workspaces/w" }, false)]
    [InlineData("refresh --group rg --playbook p --workspace w --app a --app-role bulk", new[] { Reader + " /workspaces/w", Contributor + " /workspaces/w" }, true)]
    [InlineData("sentinel --group rg", new[] { AutomationContributor + " /groups/rg" }, false)]
    [InlineData("publish --object-id identity-id --rule /rules/r", new[] { Publisher + " /rules/r" }, false)]
    public async Task Script_Command_GivesTheseRolesAndNoOthers(string arguments, string[] roles, bool hasAppRole)
    {
        var (code, calls, errors) = await RunAsync(arguments, has: false);
        Assert.Equal((0, ""), (code, errors));
        var given = calls.Where(call => call.StartsWith("role assignment create", StringComparison.Ordinal)).Select(call => call.Split(' ')).Select(words => $"{After(words, "--role")} {After(words, "--scope")}");
        Assert.Equal(roles, given);
        Assert.Equal(hasAppRole ? 1 : 0, calls.Count(call => call.StartsWith("rest --method POST", StringComparison.Ordinal) && call.Contains("\"appRoleId\":\"app-role-id\"", StringComparison.Ordinal)));
    }

    [Theory, InlineData("playbook --group rg --playbook p --workspace w --app a --app-role lookup"), InlineData("refresh --group rg --playbook p --workspace w"), InlineData("sentinel --group rg"), InlineData("app --name x")]
    public async Task Script_WhereAllIsThere_ChangesNothing(string arguments)
    {
        var (code, calls, _) = await RunAsync(arguments, has: true);
        Assert.Equal(0, code);
        Assert.DoesNotContain(calls, call => call.Contains(" create", StringComparison.Ordinal) || call.Contains("POST", StringComparison.Ordinal));
    }

    // The words of the service's roles are the app's.
    [Fact]
    public async Task Script_App_HasTheRolesOfTheService()
    {
        var (_, calls, _) = await RunAsync("app --name it's", has: false);
        var create = calls.Single(call => call.StartsWith("ad app create", StringComparison.Ordinal));
        var json = JsonNode.Parse(create[create.IndexOf('[', StringComparison.Ordinal)..(create.LastIndexOf(']') + 1)])!.AsArray();
        Assert.Equal(["lookup", "bulk", "deep", "override.write", "admin"], json.Select(role => (string?)role!["value"]));
        Assert.All(json, role => Assert.True(Guid.TryParse((string?)role!["id"], out _)));
        Assert.Distinct(json.Select(role => (string?)role!["id"]));
        Assert.Contains(calls, call => call.Contains("appRoleAssignmentRequired=true", StringComparison.Ordinal));
        Assert.Contains(calls, call => call.Contains("displayName eq 'it''s'", StringComparison.Ordinal));
    }

    [Theory, InlineData(""), InlineData("what"), InlineData("playbook --group rg"), InlineData("playbook --group"), InlineData("sentinel"), InlineData("refresh --group rg --playbook p"), InlineData("playbook --x y")]
    public async Task Script_WithoutWhatItNeeds_SaysSoAndChangesNothing(string arguments)
    {
        var (code, calls, errors) = await RunAsync(arguments, has: false);
        Assert.Equal(2, code);
        Assert.NotEmpty(errors);
        Assert.DoesNotContain(calls, call => call.Contains("create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Template_Roles_AreThoseOfTheScript()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Templates.Content, "playbooks", "roles.json"), TestContext.Current.CancellationToken);
        Assert.All((string[])[Responder, Contributor, AutomationContributor, Reader, Publisher], role => Assert.Contains(role, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AutomationRule_RunsThePlaybookWhenAnIncidentIsCreated()
    {
        var rule = Assert.Single(await Templates.ResourcesAsync(Path.Combine(Templates.Content, "playbooks", "automation-rule.bicep"), new Dictionary<string, string> { ["WorkspaceName"] = "w" }))!;
        Assert.Equal("Microsoft.SecurityInsights/automationRules", (string?)rule["type"]);
        Assert.Equal(("Incidents", "Created"), ((string?)rule["properties"]!["triggeringLogic"]!["triggersOn"], (string?)rule["properties"]!["triggeringLogic"]!["triggersWhen"]));
        Assert.EndsWith("/Microsoft.Logic/workflows/AcquireInfra-EnrichIncident", (string)rule["properties"]!["actions"]![0]!["actionConfiguration"]!["logicAppResourceId"]!, StringComparison.Ordinal);
    }

    static string After(string[] words, string word) => words[Array.IndexOf(words, word) + 1];

    static async Task<(int Code, string[] Calls, string Errors)> RunAsync(string arguments, bool has)
    {
        using var folder = new TemporaryFolder();
        var (az, log) = (folder["az"], folder["log"]);
        await File.WriteAllTextAsync(az, FakeAz, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(log, "", TestContext.Current.CancellationToken);
        Templates.MakeRunnable(az);
        var start = new ProcessStartInfo("bash", [Path.Combine(Templates.Content, "playbooks", "permissions.sh"), .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}", ["AZ_LOG"] = log, ["AZ_HAS"] = has ? "yes" : "" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await output;
        return (process.ExitCode, await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken), errors);
    }
}
