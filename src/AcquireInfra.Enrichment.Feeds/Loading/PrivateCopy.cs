namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>
/// A copy of a file that nobody else knows of, for mapping: a mapped file that its owner truncates or copies over ends the process.
/// Deleted on disposal.
/// </summary>
internal sealed class PrivateCopy : IDisposable
{
    PrivateCopy(string path) => Path = path;

    public string Path { get; }

    /// <param name="maxBytes">A source that is larger is refused before anything is written, one that grows while it is read there.</param>
    /// <exception cref="InvalidDataException">The source is larger than that.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    /// <exception cref="ScratchFolderException">The copy cannot be written.</exception>
    public static PrivateCopy Of(string source, string folder, long maxBytes)
    {
        using var from = File.OpenRead(source);
        Require(from.Length, maxBytes);
        var path = System.IO.Path.Combine(folder, $"copy-{Guid.NewGuid():N}.tmp");
        try
        {
            Copy(from, folder, path, maxBytes);
        }
        catch
        {
            LeftoverFile.TryDelete(path);
            throw;
        }
        return new(path);
    }

    public void Dispose() => LeftoverFile.TryDelete(Path);

    static void Copy(FileStream from, string folder, string path, long maxBytes)
    {
        using var to = Writing(folder, () =>
        {
            Directory.CreateDirectory(folder);
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        });
        var buffer = new byte[1 << 20];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            Require(to.Position + read, maxBytes);
            Writing(folder, () =>
            {
                to.Write(buffer, 0, read);
                return read;
            });
        }
    }

    static void Require(long bytes, long maxBytes)
    {
        if (bytes > maxBytes)
        {
            throw new InvalidDataException($"A MaxMind DB of {bytes} bytes or more; {maxBytes} are the most.");
        }
    }

    // Reading is the source's trouble, writing is ours.
    static T Writing<T>(string folder, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScratchFolderException($"{folder}: {exception.Message}", exception);
        }
    }
}
