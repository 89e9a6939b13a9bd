using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Bicep;

/// <summary>The compiler of Azure templates, from its NuGet package; works without a network.</summary>
internal static class BicepCli
{
    static readonly string Folder = typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "BicepFolder").Value!;

    // Several tests look at one template; compiling it takes seconds.
    static readonly ConcurrentDictionary<string, Lazy<Task<JsonElement>>> Built = new();

    /// <summary>The template that a Bicep file becomes. A warning is a failure.</summary>
    public static Task<JsonElement> BuildAsync(string path) => Built.GetOrAdd(path, _ => new(() => CompileAsync(path))).Value;

    /// <summary>The resources that a deployment of a Bicep file into a resource group would make, all expressions worked out.</summary>
    /// <param name="parameters">Those that have no default, as a file of parameters has them.</param>
    public static async Task<IReadOnlyList<JsonElement>> PredictAsync(string path, string parameters)
    {
        var folder = Directory.CreateTempSubdirectory("bicep-").FullName;
        try
        {
            var file = Path.Combine(folder, "main.bicepparam");
            var relative = Path.GetRelativePath(folder, path).Replace('\\', '/'); // it takes no other
            await File.WriteAllTextAsync(file, $"using '{relative}'\n{parameters}\n", TestContext.Current.CancellationToken);
            var (exitCode, _, errors) = await RunAsync(
                "snapshot", file, "--mode", "overwrite", "--subscription-id", Guid.Empty.ToString(), "--resource-group", "group", "--location", "westeurope");
            Assert.True(exitCode == 0, errors);
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "main.snapshot.json"), TestContext.Current.CancellationToken));
            return [.. document.RootElement.Clone().GetProperty("predictedResources").EnumerateArray()];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<JsonElement> CompileAsync(string path)
    {
        var (exitCode, output, errors) = await RunAsync("build", path, "--stdout");
        Assert.True(exitCode == 0 && errors.Length == 0, $"{Path.GetFileName(path)}: {errors}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params IEnumerable<string> arguments)
    {
        var program = Path.Combine(Folder, "bicep");
        if (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(program).HasFlag(UnixFileMode.UserExecute))
        {
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute); // packages carry no modes
        }
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, (await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
