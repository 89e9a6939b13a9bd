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

    public SourceException(string sourceId, string trouble, Exception? innerException)
        : base($"{sourceId}: {trouble}", innerException) => SourceId = sourceId;

    /// <summary>The source.</summary>
    public string SourceId { get; } = "";
}
