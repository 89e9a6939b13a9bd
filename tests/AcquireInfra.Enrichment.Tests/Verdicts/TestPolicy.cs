using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Verdicts;

public static class TestPolicy
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static byte[] BundledJson { get; } = File.ReadAllBytes(Path.Combine(RepositoryRoot, "data", "policy.json"));

    public static Policy Bundled { get; } = Policy.Parse(BundledJson);

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
