using System.Diagnostics;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.History;

/// <summary>
/// Makes snapshots live, one at a time, and writes down which and since when: the newest, or one that somebody chose, which then stays
/// until it is let go.
/// </summary>
internal sealed class LiveSnapshot(
    SnapshotHistory history, SnapshotHolder holder, JudgeProvider judges, PastJudges past, SourceCatalog catalog, EnrichmentMetrics metrics,
    Warnings warnings, IOptions<EnrichmentOptions> options, TimeProvider time, ILogger<LiveSnapshot> logger)
{
    const string PinTopic = "pin";
    const string HistoryTopic = "history";
    const string DamageTopic = "historyDamage"; // until the next start: a write that succeeds does not bring it back

    readonly Lock _switching = new();

    public SnapshotStore OpenStore() => new(options.Value.StateFolder, keepsOthers: true);

    /// <summary>The snapshot that is to stay live; null where none is, or it is gone.</summary>
    public Snapshot? OpenPinned()
    {
        if (history.Damage is { } damage)
        {
            Log.HistoryDamaged(logger, damage);
            warnings.Set(DamageTopic, "The history of snapshots could not be read, and begins anew; the log says why.");
        }
        var pinned = history.Pin is { } pin ? past.Open(pin.SnapshotId) : null;
        WarnOfPin(pinned is not null);
        return pinned;
    }

    /// <summary>Makes the newest snapshot live, unless another one is to stay.</summary>
    /// <param name="began">A timestamp of <see cref="Stopwatch"/>.</param>
    public void MakeLive(Snapshot newest, long began)
    {
        lock (_switching)
        {
            if (history.Pin is { } pin && pin.SnapshotId == holder.Current?.Id)
            {
                Log.SnapshotHeldBack(logger, newest.Id, pin.SnapshotId);
                return;
            }
            Switch(newest, began, because: null);
        }
    }

    /// <summary>Makes a snapshot live that is kept, and lets it stay.</summary>
    /// <param name="reason">Who decided, and why.</param>
    /// <returns>False where it is not kept.</returns>
    /// <exception cref="IOException">The state folder cannot be written; what is live is as it was.</exception>
    public bool TryActivate(string snapshotId, string reason)
    {
        var began = Stopwatch.GetTimestamp();
        lock (_switching)
        {
            if (IsOverdue(snapshotId) || past.Open(snapshotId) is not { } chosen)
            {
                return false;
            }
            history.SetPin(new(snapshotId, time.GetUtcNow(), reason));
            Switch(chosen, began, reason);
            WarnOfPin(isLive: true);
            return true;
        }
    }

    /// <summary>Makes live again what was live before, and lets it stay.</summary>
    /// <returns>False where nothing of before is kept.</returns>
    /// <exception cref="IOException">The state folder cannot be written; what is live is as it was.</exception>
    public bool TryRollBack(string reason)
    {
        lock (_switching)
        {
            // Before it was live for the first time: going back twice goes back further.
            var live = holder.Current?.Id;
            var before = history.Periods.TakeWhile(period => period.SnapshotId != live).Select(period => period.SnapshotId).Reverse().Distinct();
            return before.Any(id => TryActivate(id, reason));
        }
    }

    /// <summary>Lets the newest snapshot be live again, at once and from now on.</summary>
    /// <returns>False where none was to stay.</returns>
    /// <exception cref="IOException">The state folder cannot be written; what is live is as it was.</exception>
    public bool TryUnpin(string reason)
    {
        var began = Stopwatch.GetTimestamp();
        lock (_switching)
        {
            if (history.Pin is null)
            {
                return false;
            }
            LetGo(began, reason);
            return true;
        }
    }

    /// <summary>Deletes what is not to be kept.</summary>
    public void Prune()
    {
        try
        {
            lock (_switching)
            {
                if (history.Pin is { } pin && IsOverdue(pin.SnapshotId))
                {
                    Log.PinOverdue(logger, pin.SnapshotId);
                    LetGo(Stopwatch.GetTimestamp(), "its data may not be kept for longer");
                }
                HashSet<string> spared = [.. ((string?[])[holder.Current?.Id, history.Pin?.SnapshotId, OpenStore().CurrentId]).OfType<string>()];
                var limits = new HistoryLimits(options.Value.History.Days, options.Value.History.MaxBytes);
                var deleted = history.Prune(limits, time.GetUtcNow(), spared);
                foreach (var (id, because) in deleted)
                {
                    Log.SnapshotDeleted(logger, id, because);
                }
                if (deleted.Count > 0)
                {
                    past.Forget();
                }
                warnings.Set(HistoryTopic, null);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WarnOfHistory(exception); // tried again with the next round
        }
    }

    // Written down first: a start after a kill knows all that was ever answered from.
    void Switch(Snapshot snapshot, long began, string? because)
    {
        if (snapshot.Id == holder.Current?.Id)
        {
            return;
        }
        try
        {
            var policy = judges.PolicyJson ?? [];
            history.Begin(
                new(time.GetUtcNow(), snapshot.Id, SnapshotHistory.IdOfPolicy(policy), snapshot.DataAsOf, snapshot.FileBytes, because, MayBeKeptUntil(snapshot)),
                policy);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WarnOfHistory(exception); // to serve is worth more than to remember
        }
        holder.Swap(snapshot);
        metrics.SnapshotSwapped();
        var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        Log.SnapshotLive(logger, snapshot.Id, snapshot.Sources.Count, snapshot.FileBytes, milliseconds);
    }

    DateTimeOffset? MayBeKeptUntil(Snapshot snapshot)
    {
        var configured = catalog.Configured.Sources.ToDictionary(source => source.Entry.Id, source => source.Entry);
        var ends = snapshot.Sources
            .Where(source => configured.GetValueOrDefault(source.Id)?.MaxRetention is not null)
            .Select(source => (catalog.States.GetValueOrDefault(source.Id)?.Accepted?.ConfirmedAt ?? time.GetUtcNow()) + configured[source.Id].MaxRetention!.Value)
            .ToList();
        return ends.Count == 0 ? null : ends.Min();
    }

    // What takes its place is there before the pin is gone.
    void LetGo(long began, string reason)
    {
        var newest = OpenStore().OpenLastGood();
        history.SetPin(null);
        WarnOfPin(isLive: false);
        if (newest is not null)
        {
            Switch(newest, began, reason);
        }
    }

    bool IsOverdue(string snapshotId) =>
        history.Periods.LastOrDefault(period => period.SnapshotId == snapshotId)?.MayBeKeptUntil <= time.GetUtcNow();

    void WarnOfPin(bool isLive) => warnings.Set(PinTopic, history.Pin is not { } pin ? null
        : isLive ? $"Snapshot {pin.SnapshotId} is pinned since {UtcTime.Text(pin.Since)}: newer data does not go live until it is let go."
        : $"Snapshot {pin.SnapshotId}, which was pinned, is no longer there: the newest is live.");

    void WarnOfHistory(Exception exception)
    {
        Log.HistoryFailed(logger, exception);
        warnings.Set(HistoryTopic, "The history of snapshots cannot be written to the state folder; it is kept in memory until it can.");
    }
}
