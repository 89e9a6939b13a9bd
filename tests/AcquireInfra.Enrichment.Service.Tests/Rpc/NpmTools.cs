using System.Diagnostics;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>Programs beside the tests. What comes from npm is pinned in <c>tests/npm</c>; tests that need it have the trait Needs=npm.</summary>
internal static class NpmTools
{
    public static string Modules => Environment.GetEnvironmentVariable("ENRICHMENT_NPM")
        ?? throw new InvalidOperationException("tests/run.sh fetches what tests/npm pins and sets ENRICHMENT_NPM.");

    public static string Root { get; } = FindRoot();

    /// <summary>Runs a program in the repository's folder.</summary>
    /// <returns>Exit code, and what it wrote to both streams.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PATH"] = Environment.GetEnvironmentVariable("ENRICHMENT_NPM") },
        };
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AcquireInfra.Enrichment.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }
        return folder;
    }
}
