namespace AcquireInfra.Enrichment.Service.Refreshing;

/// <summary>Wakes the refresher, and tells it which sources someone wants refreshed now.</summary>
internal sealed class RefreshRequests(TimeProvider time)
{
    readonly Lock _gate = new();
    HashSet<string> _sources = [];
    TaskCompletionSource _asked = NewSignal();

    /// <param name="sourceId">Null where nothing is to be fetched, and what there is looked at anew.</param>
    public void Ask(string? sourceId)
    {
        lock (_gate)
        {
            if (sourceId is not null)
            {
                _sources.Add(sourceId);
            }
            _asked.TrySetResult();
        }
    }

    /// <summary>The sources asked for since the last time.</summary>
    public IReadOnlySet<string> Take()
    {
        lock (_gate)
        {
            var taken = _sources;
            (_sources, _asked) = ([], NewSignal());
            return taken;
        }
    }

    /// <summary>Ends when someone asks, the time is over, or the service stops.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken stopping)
    {
        Task asked;
        lock (_gate)
        {
            asked = _asked.Task;
        }
        await asked.WaitAsync(longest, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
