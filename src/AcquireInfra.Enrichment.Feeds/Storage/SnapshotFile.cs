using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>Writes what was compiled to a file of the caller's choice: whole, verified, or not at all.</summary>
public static class SnapshotFile
{
    /// <returns>The snapshot that was verified, opened from the file.</returns>
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public static Snapshot Write(IReadOnlyList<CompilerSource> sources, string path)
    {
        Snapshot? verified = null;
        AtomicFile.Write(
            Path.GetFullPath(path),
            stream => SnapshotCompiler.Compile(sources, stream),
            verify: temporary => verified = Snapshot.Open(temporary)); // and the name alone changes after that
        return verified!;
    }
}
