using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>A file of the bundled data is not there. The message says which, and how to get it.</summary>
public sealed class BundledDataMissingException : Exception
{
    public BundledDataMissingException()
    {
    }

    public BundledDataMissingException(string message)
        : base(message)
    {
    }

    public BundledDataMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The bundled data: <c>sources.json</c>, what it names, and <c>policy.json</c>. Nothing is written there.</summary>
public sealed class DataFolder
{
    readonly string _path;

    public DataFolder(string path) => _path = Path.GetFullPath(path);

    /// <summary>Beside the program, where the build puts it.</summary>
    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "data");

    /// <exception cref="BundledDataMissingException">There is no policy.json.</exception>
    /// <exception cref="FormatException">The policy is wrong.</exception>
    public Policy ReadPolicy() => Policy.Parse(Read("policy.json"));

    /// <summary>The bundled sources, and those of a further manifest: an entry there replaces the bundled one of the same id.</summary>
    /// <param name="furtherManifest">Path of an operator's manifest; null for none.</param>
    /// <param name="furtherRoot">Folder that its relative paths begin at; null for its own.</param>
    /// <returns>The sources with their files, and the text that stands for both manifests in the hash of the inputs.</returns>
    /// <exception cref="BundledDataMissingException">A bundled file is missing.</exception>
    /// <exception cref="ManifestException">A manifest is wrong.</exception>
    public (IReadOnlyList<LocatedSource> Sources, string ManifestText) LocateSources(string? furtherManifest, string? furtherRoot = null)
    {
        var text = Read("sources.json");
        var bundled = SourceManifest.Parse(text, Path.Combine(_path, "sources.json"));
        if (furtherManifest is null)
        {
            return (LocateBundled(bundled), Convert.ToHexString(text));
        }
        var (further, furtherText) = ReadManifest(furtherManifest);
        var replaced = further.Sources.Select(source => source.Id).ToHashSet();
        var kept = bundled with { Sources = [.. bundled.Sources.Where(source => !replaced.Contains(source.Id))] };
        var root = furtherRoot ?? Path.GetDirectoryName(Path.GetFullPath(furtherManifest))!;
        return ([.. LocateBundled(kept), .. SourceLoader.Locate(further, root)], Convert.ToHexString(text) + Convert.ToHexString(furtherText));
    }

    /// <exception cref="ManifestException">There is no such file, or it is no manifest.</exception>
    public static (SourceManifest Manifest, byte[] Text) ReadManifest(string path)
    {
        try
        {
            var text = File.ReadAllBytes(path);
            return (SourceManifest.Parse(text, path), text);
        }
        catch (IOException exception)
        {
            throw new ManifestException($"The source manifest cannot be read: {exception.Message}", exception);
        }
    }

    IReadOnlyList<LocatedSource> LocateBundled(SourceManifest manifest)
    {
        foreach (var file in manifest.Sources.Where(source => source.Enabled).SelectMany(source => source.Files))
        {
            RequireFile(file);
        }
        return SourceLoader.Locate(manifest, _path);
    }

    byte[] Read(string name)
    {
        RequireFile(name);
        return File.ReadAllBytes(Path.Combine(_path, name));
    }

    void RequireFile(string name)
    {
        var path = Path.Combine(_path, name);
        if (!Path.Exists(path))
        {
            throw new BundledDataMissingException(
                $"Bundled data is missing: {path}. It is part of the repository's data folder (data/README.md says how each file is made): "
                + "copy that folder beside the program, or point Enrichment:DataFolder at it.");
        }
    }
}
