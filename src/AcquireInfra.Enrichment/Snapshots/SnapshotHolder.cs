namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>The live snapshot. The only thing on the look-up path that changes: a request reads it once and keeps what it read.</summary>
public sealed class SnapshotHolder
{
    Snapshot? _current;

    /// <summary>Null until the first snapshot is there.</summary>
    public Snapshot? Current => Volatile.Read(ref _current);

    /// <returns>The snapshot that was live before; whoever still reads it keeps it.</returns>
    public Snapshot? Swap(Snapshot next) => Interlocked.Exchange(ref _current, next);
}
