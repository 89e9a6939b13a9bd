namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>The data of one source is missing, or is not what its entry in the manifest says. The others are not touched by it.</summary>
public sealed class SourceException : Exception
{
    public SourceException()
    {
    }

    public SourceException(string message)
        : base(message)
    {
    }

    public SourceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="path">The file that the cause is about.</param>
    public SourceException(string sourceId, string path, Exception cause)
        : base($"{sourceId}: {Trouble(path, cause)}", cause) => SourceId = sourceId;

    /// <summary>The source.</summary>
    public string SourceId { get; } = "";

    static string Trouble(string path, Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"there is no {path}.",
        _ when Directory.Exists(path) => $"{path} is a folder without files, or one that cannot be read.",
        _ => $"{path}: {cause.Message}",
    };
}
