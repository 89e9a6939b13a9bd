namespace AcquireInfra.Enrichment.Client.Tests;

internal static class Repository
{
    public static byte[] PolicyJson { get; } = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "policy.json"));

    public static string Root { get; } = FindRoot();

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
