using System.IO.Compression;
using System.Security.Cryptography;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Exporting;

/// <summary>An export on disk, and the same compressed beside it.</summary>
/// <param name="SnapshotId">Of the snapshot that it was made of.</param>
/// <param name="Hash">Of its bytes, in hex: equal bytes have an equal ETag, whichever process made them.</param>
internal sealed record ExportFile(string Path, string SnapshotId, string Hash, DateTimeOffset DataAsOf)
{
    const string GzipSuffix = ".gz";

    public string GzipPath => Path + GzipSuffix;

    /// <summary>Writes both, whole or not at all.</summary>
    /// <param name="judge">Of the export.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static ExportFile Make(SnapshotExport export, Judge judge, string folder)
    {
        var path = System.IO.Path.Combine(folder, $"{judge.Snapshot.Id}.{export.FileName}");
        AtomicFile.Write(path, stream => export.Write(judge, stream));
        var hash = "";
        AtomicFile.Write(path + GzipSuffix, stream => hash = Compress(path, stream));
        return new(path, judge.Snapshot.Id, hash, judge.Snapshot.DataAsOf);
    }

    /// <exception cref="FileNotFoundException">It is gone, because there is a newer one.</exception>
    public FileStream Open(bool isGzip) => new(
        isGzip ? GzipPath : Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 64 * 1024,
        FileOptions.Asynchronous | FileOptions.SequentialScan);

    static string Compress(string path, Stream destination)
    {
        using var source = File.OpenRead(path);
        using var hash = SHA256.Create();
        using (var gzip = new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true))
        using (var both = new CryptoStream(gzip, hash, CryptoStreamMode.Write))
        {
            source.CopyTo(both);
        }
        return Convert.ToHexStringLower(hash.Hash.AsSpan(0, 16));
    }
}
