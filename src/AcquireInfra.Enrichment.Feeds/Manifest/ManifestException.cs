namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>A source manifest, a policy or the files they name are wrong. The message says what, where and what to do.</summary>
public sealed class ManifestException : Exception
{
    public ManifestException()
    {
    }

    public ManifestException(string message)
        : base(message)
    {
    }

    public ManifestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
