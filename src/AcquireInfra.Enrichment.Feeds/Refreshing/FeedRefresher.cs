using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Refreshing;

/// <summary>Refreshes one source once: fetches what is published, lets it through the gates, keeps it on disk, and says what came of it.</summary>
public sealed class FeedRefresher
{
    const int RefusedRemembered = 16;

    static readonly TimeSpan Redated = TimeSpan.FromDays(1); // some publishers state the time of the request as that of their data

    readonly FeedStore _store;
    readonly CandidateFetcher _candidates;
    readonly FeedLimits _limits;
    readonly TimeProvider _time;
    readonly Func<double> _chance;

    /// <param name="limits">As for compiling, the owner's prefixes among them.</param>
    /// <param name="chance">0..1, for jitter; null for chance.</param>
    public FeedRefresher(FeedStore store, FeedFetcher fetcher, FeedLimits limits, TimeProvider time, Func<double>? chance = null)
    {
        (_store, _limits, _time) = (store, limits, time);
        _candidates = new(fetcher, limits);
        _chance = chance ?? Random.Shared.NextDouble;
    }

    /// <summary>Does not throw for what publishers, networks and disks do.</summary>
    /// <param name="source">With its own files, not with what was fetched before.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled; what was there is as it was.</exception>
    public async Task<RefreshReport> RefreshAsync(LocatedSource source, CancellationToken cancellation)
    {
        var folder = _store.FolderOf(source.Entry.Id);
        var state = folder.Read(source.Entry);
        try
        {
            using var writing = folder.TryLock();
            if (writing is null)
            {
                return new(source.Entry.Id, RefreshOutcome.Busy, null, "another process is refreshing it", state);
            }
            state = folder.Read(source.Entry); // again: another may have written
            var report = await RefreshAsync(source, folder, state, cancellation).ConfigureAwait(false);
            folder.Write(report.State);
            return report;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Failed(source, state, "state_folder", exception.Message, retryAfter: null);
        }
    }

    async Task<RefreshReport> RefreshAsync(LocatedSource source, FeedFolder folder, FeedState state, CancellationToken cancellation)
    {
        try
        {
            var candidate = await _candidates.FetchAsync(source, folder, state, _time.GetUtcNow(), cancellation).ConfigureAwait(false);
            var reached = Reached(source, state) with { Seen = candidate.Seen };
            return await Task.Run(() => Decide(source, folder, reached, candidate.Version), cancellation).ConfigureAwait(false);
        }
        catch (FetchException exception)
        {
            return Failed(source, state, exception.Fault.Word(), exception.Message, exception.RetryAfter);
        }
    }

    RefreshReport Decide(LocatedSource source, FeedFolder folder, FeedState state, FeedVersion found)
    {
        if (found.Hash == state.Accepted?.Hash)
        {
            return Confirm(source, state, found);
        }
        bool IsKnown(RefusedVersion refused) => refused.Version.Hash == found.Hash && refused.Gates == source.Entry.Gates;
        if (state.Held is { } held && IsKnown(held))
        {
            return SeeAgain(source, state, held);
        }
        state = Demote(state);
        if (state.Refused.FirstOrDefault(IsKnown) is { } known)
        {
            return Refuse(source, state, found with { Facts = known.Version.Facts }, known.Faults);
        }
        var (measured, faults) = Check(source, folder, state, found);
        found = found with { Facts = measured?.Facts };
        return faults.Count == 0 ? Accept(source, state, found, because: null) : Refuse(source, state, found, faults);
    }

    static RefreshReport Confirm(LocatedSource source, FeedState state, FeedVersion found)
    {
        var accepted = state.Accepted!;
        var isNews = found.PublishedAt - accepted.PublishedAt >= Redated;
        var confirmed = accepted with { ConfirmedAt = found.ConfirmedAt, PublishedAt = isNews ? found.PublishedAt : accepted.PublishedAt };
        var outcome = isNews ? RefreshOutcome.Accepted : RefreshOutcome.Unchanged;
        return new(source.Entry.Id, outcome, null, null, Demote(state) with { Accepted = confirmed });
    }

    RefreshReport SeeAgain(LocatedSource source, FeedState state, RefusedVersion held)
    {
        var seen = held with { LastSeenAt = _time.GetUtcNow(), TimesSeen = held.TimesSeen + 1 };
        return seen.IsBelieved
            ? Accept(source, state, seen.Version with { ConfirmedAt = seen.LastSeenAt }, $"published {seen.TimesSeen} times since {seen.FirstSeenAt:yyyy-MM-dd HH:mm}")
            : Refused(source, state, seen);
    }

    (MeasuredFeed? Measured, IReadOnlyList<GateFault> Faults) Check(LocatedSource source, FeedFolder folder, FeedState state, FeedVersion found)
    {
        var located = FeedStore.Locate(source.Entry, found, folder);
        if (located.Files.Any(IsHtml))
        {
            return (null, [new(GateReason.Html, "a page where data should be")]);
        }
        try
        {
            var measured = SourceLoader.Measure(located, _limits, _store.ScratchFolder);
            var before = state.Accepted is { } accepted ? SourceLoader.Measure(FeedStore.Locate(source.Entry, accepted, folder), _limits, _store.ScratchFolder) : null;
            return (measured, FeedGate.Check(measured, before, source.Entry.Gates, source.Entry.Kind));
        }
        catch (SourceException exception)
        {
            return (null, [new(GateReason.Broken, exception.InnerException?.Message ?? exception.Message)]);
        }
    }

    static bool IsHtml(string path)
    {
        using var file = File.OpenRead(path);
        return HtmlPage.Is(file);
    }

    static RefreshReport Accept(LocatedSource source, FeedState state, FeedVersion version, string? because) =>
        new(source.Entry.Id, RefreshOutcome.Accepted, null, because, state.With(version with { AcceptedBecause = because }));

    RefreshReport Refuse(LocatedSource source, FeedState state, FeedVersion version, IReadOnlyList<GateFault> faults)
    {
        var others = state.Refused.Where(refused => refused.Version.Hash != version.Hash);
        var now = _time.GetUtcNow();
        return Refused(source, state with { Refused = [.. others] }, new(version, faults, source.Entry.Gates, now, now, TimesSeen: 1));
    }

    static RefreshReport Refused(LocatedSource source, FeedState state, RefusedVersion held) => new(
        source.Entry.Id, RefreshOutcome.Refused, held.Faults[0].Reason.Word(), string.Join("; ", held.Faults.Select(fault => fault.Detail)), state with { Held = held });

    // What is published no longer is remembered, but not kept.
    static FeedState Demote(FeedState state) => state.Held is not { } held ? state : state with
    {
        Held = null,
        Refused = [.. state.Refused.Prepend(held with { Version = held.Version with { Files = [] } }).Take(RefusedRemembered)],
    };

    FeedState Reached(LocatedSource source, FeedState state)
    {
        var now = _time.GetUtcNow();
        return state with
        {
            LastAttemptAt = now,
            LastSuccessAt = now,
            Failures = 0,
            Problem = null,
            ProblemDetail = null,
            Replaced = [],
            NextDueAt = FeedSchedule.NextDue(now, FeedSchedule.IntervalOf(source.Entry), failures: 0, retryAfter: null, _chance()),
        };
    }

    RefreshReport Failed(LocatedSource source, FeedState state, string reason, string detail, TimeSpan? retryAfter)
    {
        var now = _time.GetUtcNow();
        return new(source.Entry.Id, RefreshOutcome.Failed, reason, detail, state with
        {
            LastAttemptAt = now,
            Failures = state.Failures + 1,
            Problem = reason,
            ProblemDetail = detail,
            NextDueAt = FeedSchedule.NextDue(now, FeedSchedule.IntervalOf(source.Entry), state.Failures + 1, retryAfter, _chance()),
        });
    }
}
