namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>
/// A copy of a file that nobody else knows of, for mapping: a mapped file that its owner truncates or copies over ends the process.
/// Deleted on disposal.
/// </summary>
internal sealed class PrivateCopy : IDisposable
{
    public PrivateCopy(string source, string folder)
    {
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, $"copy-{Guid.NewGuid():N}.tmp");
        using var from = File.OpenRead(source);
        using var to = new FileStream(Path, FileMode.CreateNew, FileAccess.Write);
        from.CopyTo(to);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
