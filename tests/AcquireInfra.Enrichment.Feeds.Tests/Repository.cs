namespace AcquireInfra.Enrichment.Feeds.Tests;

/// <summary>Where the repository lies, and what lies beside it on some machines.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Data => Path.Combine(Root, "data");

    /// <summary>Folder of real feeds; tests that need it have the trait Needs=feeds.</summary>
    public static string Feeds => Environment.GetEnvironmentVariable("ENRICHMENT_FEEDS") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Root, "..", "shared", "feeds");

    /// <summary>The unpacked ASN package; tests that need it have the trait Needs=asn-package.</summary>
    public static string AsnPackage => Environment.GetEnvironmentVariable("ENRICHMENT_ASN_PACKAGE")
        ?? throw new InvalidOperationException("tests/run.sh fetches the ASN package and sets ENRICHMENT_ASN_PACKAGE.");

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

public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"enrichment-{Guid.NewGuid():N}");

    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
