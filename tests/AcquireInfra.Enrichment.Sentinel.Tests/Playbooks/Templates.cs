using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Service.Tests;
using AcquireInfra.Enrichment.Tests.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>The shipped templates, and the compiler of Bicep, which works without a network.</summary>
internal static class Templates
{
    const string Subscription = "00000000-0000-0000-0000-000000000000";

    public static string Content { get; } = Path.Combine(TestPolicy.RepositoryRoot, "src", "AcquireInfra.Enrichment.Sentinel", "content");

    /// <summary>Every Bicep file that belongs to playbooks and the connector.</summary>
    public static IEnumerable<string> BicepFiles => ((string[])["playbooks", "connector"])
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Content, folder), "*.bicep", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);

    /// <summary>Playbooks that have a template of their own.</summary>
    public static IEnumerable<string> Playbooks => Directory.GetDirectories(Path.Combine(Content, "playbooks")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    public static string FileOf(string playbook, string file) => Path.Combine(Content, "playbooks", playbook, file);

    /// <returns>What the compiler made, and what it said; a warning is as bad as an error.</returns>
    public static async Task<(int Code, string Output, string Errors)> BicepAsync(string folder, params string[] arguments)
    {
        var program = Path.Combine(
            typeof(Templates).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "BicepFolder").Value!, "bicep");
        MakeRunnable(program); // a package has no such thing
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Path.GetTempPath() },
        })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, errors);
    }

    public static void MakeRunnable(string program)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The resources as a deployment would make them, with these parameters.</summary>
    public static async Task<JsonArray> ResourcesAsync(string bicepFile, IReadOnlyDictionary<string, string> parameters)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in (string[])[bicepFile, Path.Combine(Content, "bicepconfig.json")])
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }
        foreach (var beside in Directory.GetFiles(Path.GetDirectoryName(bicepFile)!, "*.json").Concat(Directory.GetFiles(Path.GetDirectoryName(bicepFile)!, "*.kql")))
        {
            File.Copy(beside, folder[Path.GetFileName(beside)], overwrite: true);
        }
        var lines = parameters.Select(parameter => $"param {parameter.Key} = {(int.TryParse(parameter.Value, out _) ? parameter.Value : $"'{parameter.Value}'")}").Prepend($"using '{Path.GetFileName(bicepFile)}'");
        await File.WriteAllLinesAsync(folder["case.bicepparam"], lines, TestContext.Current.CancellationToken);
        var (code, _, errors) = await BicepAsync(
            folder.Path, "snapshot", "case.bicepparam", "--mode", "overwrite", "--subscription-id", Subscription, "--resource-group", "rg", "--location", "westeurope");
        Assert.Equal((0, ""), (code, errors));
        return JsonNode.Parse(await File.ReadAllTextAsync(folder["case.snapshot.json"], TestContext.Current.CancellationToken))!["predictedResources"]!.AsArray();
    }

    /// <summary>The one workflow among them.</summary>
    public static JsonObject WorkflowIn(JsonArray resources) =>
        Assert.Single(resources, resource => (string?)resource!["type"] == "Microsoft.Logic/workflows")!["properties"]!.AsObject();
}
