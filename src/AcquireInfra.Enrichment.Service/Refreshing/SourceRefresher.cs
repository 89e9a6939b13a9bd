using System.Collections.Concurrent;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Refreshing;

/// <summary>
/// Keeps the sources fresh, in rounds: refresh what is due or asked for, delete what may not be kept, compile if there is other data, and
/// sleep. Nothing is refreshed while it is compiled, since the files of the version before go with the next refresh.
/// </summary>
internal sealed class SourceRefresher(
    SnapshotLoader first, SourceCatalog catalog, FeedRefresher refresher, FeedStore store, SnapshotUpdate update, LiveSnapshot live, RefreshRequests requests,
    EnrichmentMetrics metrics, IOptions<EnrichmentOptions> options, TimeProvider time, ILogger<SourceRefresher> logger)
    : BackgroundService
{
    static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1); // what may not be kept any longer is looked for now and then
    static readonly TimeSpan ShortestSleep = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Where the state cannot be written, the time of the next attempt is known here alone.
    readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await (first.ExecuteTask ?? Task.CompletedTask).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            await RoundAsync(stoppingToken);
            await requests.WaitAsync(UntilNext(), stoppingToken);
        }
    }

    async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            var asked = requests.Take();
            var due = catalog.Refreshed.Where(source => asked.Contains(source.Entry.Id) || IsDue(source)).ToList();
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Value.Refresh.MaxConcurrent, CancellationToken = stopping };
            await Parallel.ForEachAsync(due, parallel, async (source, cancelled) => Report(await refresher.RefreshAsync(source, cancelled)));
            Purge();
            catalog.ReadStates();
            if (update.IsDue)
            {
                await Task.Run(() => update.Run(stopping), stopping);
            }
            live.Prune();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // what was there is as it was
        }
        catch (Exception exception) // a bug of ours: it must not end the service
        {
            Log.RefreshFailed(logger, exception);
            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    bool IsDue(LocatedSource source) => options.Value.Refresh.Enabled
        && time.GetUtcNow() is var now
        && !(_notBefore.TryGetValue(source.Entry.Id, out var next) && now < next)
        && FeedSchedule.IsDue(catalog.States[source.Entry.Id], FeedSchedule.IntervalOf(source.Entry), now);

    TimeSpan UntilNext()
    {
        var now = time.GetUtcNow();
        var next = now + LongestSleep;
        next = update.RetryAt < next ? update.RetryAt.Value : next;
        foreach (var source in options.Value.Refresh.Enabled ? catalog.Refreshed : [])
        {
            var due = catalog.States[source.Entry.Id].NextDueAt ?? now;
            var mayAt = _notBefore.GetValueOrDefault(source.Entry.Id);
            due = due < mayAt ? mayAt : due;
            next = due < next ? due : next;
        }
        return next - now < ShortestSleep ? ShortestSleep : next - now;
    }

    void Report(RefreshReport report)
    {
        var (now, state) = (time.GetUtcNow(), report.State);
        _notBefore[report.SourceId] = state.NextDueAt > now ? state.NextDueAt.Value : now + Pause;
        metrics.Refreshed(report.SourceId, report.Outcome.Word());
        switch (report.Outcome)
        {
            case RefreshOutcome.Accepted:
                Log.FeedAccepted(logger, report.SourceId, state.Accepted!.Hash, state.Accepted.Facts?.Entries);
                break;
            case RefreshOutcome.Refused:
                metrics.VersionRefused(report.SourceId, report.Reason!);
                if (state.Held is { TimesSeen: 1 } held) // told once, however often it is seen
                {
                    Log.FeedRefused(logger, report.SourceId, held.Version.Hash, report.Reason!, report.Detail!);
                }
                break;
            case RefreshOutcome.Failed:
                Log.FeedUnreachable(logger, report.SourceId, report.Reason!, state.Failures, state.NextDueAt, report.Detail!);
                break;
        }
    }

    void Purge()
    {
        try
        {
            if (store.Purge(catalog.Configured.Sources, time.GetUtcNow()) is { Count: > 0 } purged)
            {
                var sources = string.Join(", ", purged);
                Log.FeedsPurged(logger, sources);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.RefreshFailed(logger, exception); // the next round tries again
        }
    }
}
