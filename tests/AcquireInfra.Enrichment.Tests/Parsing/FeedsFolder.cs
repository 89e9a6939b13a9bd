namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>
/// Real feeds and databases that are no part of the repository: <c>ENRICHMENT_FEEDS</c>, else <c>../shared/feeds</c> beside it, with
/// <c>mmdb-test-data</c> next to that. Tests that read them carry the trait <c>Needs=feeds</c> and say so where they skip.
/// </summary>
internal static class FeedsFolder
{
    /// <returns>Path of a file or folder in feeds; skips the test where there are none.</returns>
    public static string Feed(params string[] parts) => At("feeds", parts);

    /// <returns>Path of a file or folder in mmdb-test-data; skips the test where there is none.</returns>
    public static string Mmdb(params string[] parts) => At("mmdb-test-data", parts);

    static string At(string sibling, string[] parts)
    {
        var feeds = Environment.GetEnvironmentVariable("ENRICHMENT_FEEDS") ?? Path.Combine(RepositoryRoot(), "..", "shared", "feeds");
        var path = Path.Combine([feeds, "..", sibling, .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"Needs {Path.GetFullPath(path)}: set ENRICHMENT_FEEDS to the folder of real feeds.");
        return path;
    }

    static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AcquireInfra.Enrichment.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Tests run inside the repository.");
        }
        return folder.FullName;
    }
}
