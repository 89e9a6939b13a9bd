using AcquireInfra.Enrichment.Cli.Tests;

[assembly: AssemblyFixture(typeof(BundledSnapshot))]

namespace AcquireInfra.Enrichment.Cli.Tests;

/// <summary>The bundled data, compiled once by the program itself, for all tests to answer from.</summary>
public sealed class BundledSnapshot : IAsyncLifetime
{
    /// <summary>A time at which the bundled data is fresh: verdicts that tests name are judged at it, and never rot.</summary>
    public const string FreshTime = "2026-11-24T12:00:00Z";

    public static string RepositoryRoot { get; } = FindRoot();

    readonly TemporaryFolder _folder = new();

    public string FilePath => _folder["bundled.snapshot"];

    /// <summary>Options to judge by it.</summary>
    internal string[] Options => ["--snapshot", FilePath, "--at", FreshTime];

    internal Run Compiled { get; private set; } = new(-1, "", "");

    public async ValueTask InitializeAsync() => Compiled = await EnrichProcess.RunAsync("compile", "--out", FilePath);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AcquireInfra.Enrichment.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Tests run inside the repository.");
        }
        return folder;
    }
}
