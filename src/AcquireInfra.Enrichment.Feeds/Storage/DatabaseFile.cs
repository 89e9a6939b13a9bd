using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>Writes a file whole or not at all.</summary>
public static class DatabaseFile
{
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public static void Write(string path, Action<Stream> write) => AtomicFile.Write(Path.GetFullPath(path), write);
}
