namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>A file is no snapshot, or a damaged one, or one of another format version. The message says which and where.</summary>
public sealed class SnapshotException : Exception
{
    public SnapshotException()
    {
    }

    public SnapshotException(string message)
        : base(message)
    {
    }

    public SnapshotException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
