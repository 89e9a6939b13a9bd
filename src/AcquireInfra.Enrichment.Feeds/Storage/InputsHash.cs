using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Feeds.Loading;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>SHA-256 over all that a snapshot is compiled from: the manifests, each file's name and bytes, and the code that reads them.</summary>
internal static class InputsHash
{
    /// <summary>A build of other code, ours or a parser's, may make other bytes of the same files.</summary>
    public static IReadOnlyList<Assembly> Code { get; } =
        [typeof(SnapshotCompiler).Assembly, typeof(SourceLoader).Assembly, typeof(MaxMind.Db.Reader).Assembly, typeof(System.Net.IPNetwork2).Assembly];

    /// <exception cref="SourceException">A file cannot be read.</exception>
    public static string Of(IReadOnlyList<LocatedSource> sources, string manifestText, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(HashOf(manifestText));
        foreach (var assembly in Code)
        {
            hash.AppendData(HashOf(assembly.ManifestModule.ModuleVersionId.ToString()));
        }
        foreach (var (entry, files) in sources)
        {
            hash.AppendData(HashOf($"{entry.Id} {entry.AsOf?.UtcDateTime:O}")); // of what was fetched, the date is not in the manifest
            foreach (var path in files)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(HashOf(Path.GetFileName(path)));
                hash.AppendData(HashOfFile(entry.Id, path));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    static byte[] HashOfFile(string sourceId, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return SHA256.HashData(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(sourceId, path, exception);
        }
    }
}
