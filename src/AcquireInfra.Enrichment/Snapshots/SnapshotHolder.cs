namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>The live snapshot. The only thing on the look-up path that changes: a request reads it once and keeps what it read.</summary>
public sealed class SnapshotHolder
{
    Snapshot? _current;
    TaskCompletionSource _nextSwap = NewSignal();

    /// <summary>Null until the first snapshot is there.</summary>
    public Snapshot? Current => Volatile.Read(ref _current);

    /// <summary>
    /// Ends with the next swap or announcement. Take it before <see cref="Current"/>, and none is missed; whoever is late sees the newest only.
    /// </summary>
    public Task NextSwap => Volatile.Read(ref _nextSwap).Task;

    /// <returns>The snapshot that was live before; whoever still reads it keeps it.</returns>
    public Snapshot? Swap(Snapshot next)
    {
        var previous = Interlocked.Exchange(ref _current, next);
        Announce();
        return previous;
    }

    /// <summary>Wakes those who wait for a swap though there was none: what the snapshot is judged by is another.</summary>
    public void Announce() => Interlocked.Exchange(ref _nextSwap, NewSignal()).SetResult();

    // A swap does not run what waits for it.
    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
