using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>The bundled data: <c>sources.json</c>, what it names, <c>policy.json</c> and <c>signin-policy.json</c>. Nothing is written there.</summary>
public sealed class DataFolder
{
    readonly string _path;

    public DataFolder(string path) => _path = Path.GetFullPath(path);

    /// <summary>Beside the program, where the build puts it.</summary>
    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "data");

    /// <exception cref="BundledDataMissingException">There is no policy.json that can be read.</exception>
    /// <exception cref="FormatException">The policy is wrong.</exception>
    public Policy ReadPolicy() => Policy.Parse(ReadPolicyJson());

    /// <exception cref="BundledDataMissingException">There is no policy.json that can be read.</exception>
    public byte[] ReadPolicyJson() => Read("policy.json");

    /// <summary>The constants of scoring sign-ins.</summary>
    /// <exception cref="BundledDataMissingException">There is no signin-policy.json that can be read.</exception>
    public byte[] ReadSignInPolicyJson() => Read("signin-policy.json");

    /// <summary>As <see cref="ReadSources"/>: the sources that are switched on, and the text that stands for both manifests.</summary>
    public (IReadOnlyList<LocatedSource> Sources, string ManifestText) LocateSources(string? furtherManifest, string? furtherRoot = null)
    {
        var configured = ReadSources(furtherManifest, furtherRoot);
        return (configured.Sources, configured.ManifestText);
    }

    /// <summary>
    /// The bundled sources as a further manifest changes them, and its own: an entry there replaces the bundled one of the same id.
    /// </summary>
    /// <param name="furtherManifest">Path of an operator's manifest; null for none.</param>
    /// <param name="furtherRoot">Folder that its relative paths begin at; null for its own.</param>
    /// <exception cref="BundledDataMissingException">A bundled file is missing or cannot be read.</exception>
    /// <exception cref="ManifestException">A manifest is wrong, or the two cannot go together.</exception>
    public ConfiguredSources ReadSources(string? furtherManifest, string? furtherRoot = null)
    {
        var text = Read("sources.json");
        var bundled = SourceManifest.Parse(text, Path.Combine(_path, "sources.json"));
        if (furtherManifest is null)
        {
            return new(LocateBundled(bundled), OffIn(bundled), bundled.Canaries, Convert.ToHexString(text));
        }
        var (further, furtherText) = ReadManifest(furtherManifest);
        var root = furtherRoot ?? Path.GetDirectoryName(Path.GetFullPath(furtherManifest))!;
        bundled = further.Changes.Count == 0 ? bundled : ManifestChanges.Apply(text, further.Changes, furtherManifest, root);
        var replaced = further.Sources.Select(source => source.Id).ToHashSet();
        var kept = bundled with { Sources = [.. bundled.Sources.Where(source => !replaced.Contains(source.Id))] };
        IReadOnlyList<LocatedSource> sources = [.. LocateBundled(kept), .. SourceLoader.Locate(further, root)];
        if (ManifestValidator.FaultOfAll(sources.Select(source => source.Entry)) is { } fault)
        {
            throw new ManifestException($"{furtherManifest} does not go together with {Path.Combine(_path, "sources.json")}: {fault}");
        }
        return new(
            sources, [.. OffIn(kept), .. OffIn(further)], [.. bundled.Canaries, .. further.Canaries], Convert.ToHexString(text) + Convert.ToHexString(furtherText));
    }

    static IReadOnlyList<SourceEntry> OffIn(SourceManifest manifest) => [.. manifest.Sources.Where(source => !source.Enabled)];

    /// <exception cref="ManifestException">There is no such file, it cannot be read, or it is no manifest.</exception>
    public static (SourceManifest Manifest, byte[] Text) ReadManifest(string path)
    {
        try
        {
            var text = File.ReadAllBytes(path);
            return (SourceManifest.Parse(text, path), text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ManifestException($"The source manifest cannot be read: {exception.Message}", exception);
        }
    }

    IReadOnlyList<LocatedSource> LocateBundled(SourceManifest manifest)
    {
        var sources = SourceLoader.Locate(manifest, _path);
        // A file that a change names lies elsewhere and is the operator's.
        foreach (var path in sources.SelectMany(source => source.Files).Where(path => path.StartsWith(_path, StringComparison.Ordinal)))
        {
            ReadBundled(path, static path => File.OpenHandle(path).Dispose());
        }
        return sources;
    }

    byte[] Read(string name)
    {
        byte[] bytes = [];
        ReadBundled(Path.Combine(_path, name), path => bytes = File.ReadAllBytes(path));
        return bytes;
    }

    static void ReadBundled(string path, Action<string> read)
    {
        try
        {
            read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var trouble = exception is FileNotFoundException or DirectoryNotFoundException ? "is missing" : "cannot be read";
            throw new BundledDataMissingException(
                $"Bundled data {trouble}: {path}. It is part of the repository's data folder (data/README.md says how each file is made): "
                + "copy that folder beside the program, or point Enrichment:DataFolder at it.",
                exception);
        }
    }
}
