namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>The folder for private copies cannot be written: no source is at fault.</summary>
public sealed class ScratchFolderException : IOException
{
    public ScratchFolderException()
    {
    }

    public ScratchFolderException(string message)
        : base(message)
    {
    }

    public ScratchFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
