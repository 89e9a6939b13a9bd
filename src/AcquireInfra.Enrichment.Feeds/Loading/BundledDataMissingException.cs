namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>A file of the bundled data is not there, or cannot be read. The message says which, and how to get it.</summary>
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
