using System.ComponentModel;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.History;

/// <summary><c>/v1/snapshots</c>: which was live when, what differs between two, and which is to be live.</summary>
internal static class SnapshotChoice
{
    const int MaxReasonLength = 500;
    const int DefaultPeriods = 100;
    const int MaxPeriods = 2_000;
    const string Ndjson = "application/x-ndjson";

    internal static Results<Ok<SnapshotsResponse>, ProblemHttpResult> GetSnapshots(
        [Description("Most periods to list, the newest first: 1 to 2000.")] int? limit, SnapshotHistory history, SnapshotHolder live)
    {
        if (limit is < 1 or > MaxPeriods)
        {
            return Problems.BadRequest($"limit is the most periods to list, 1 to {MaxPeriods}, and not {limit}.");
        }
        return TypedResults.Ok(Answer(history, live, limit ?? DefaultPeriods));
    }

    internal static Results<Ok<DiffResponse>, PushStreamHttpResult, ProblemHttpResult> GetDiff(
        [Description("Id of a snapshot that is kept; by default the one that was live before.")] string? from,
        [Description("Id of a snapshot that is kept; by default the live one.")] string? to,
        [Description("json for counts, ndjson for each segment that differs.")] string? format,
        HttpContext context, SnapshotHistory history, PastJudges past, JudgeProvider judges, IOptions<EnrichmentOptions> options)
    {
        if (format is not (null or "json" or "ndjson"))
        {
            return Problems.BadRequest($"format is json or ndjson, and not '{SafeText.Shown(format)}'.");
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        to ??= judge.Snapshot.Id;
        from ??= history.Periods.TakeWhile(period => period.SnapshotId != to).LastOrDefault(period => history.IsKept(period.SnapshotId))?.SnapshotId;
        if (from is null)
        {
            return Problems.NotFound("Nothing is kept of before that snapshot; GET /v1/snapshots lists all.");
        }
        if (Open(from, past) is not { } older)
        {
            return NotKept(from);
        }
        if (Open(to, past) is not { } newer)
        {
            return NotKept(to);
        }
        var at = older.DataAsOf > newer.DataAsOf ? older.DataAsOf : newer.DataAsOf;
        var (before, after) = (judge.ComparedBy(older, at), judge.ComparedBy(newer, at));
        if (format == "ndjson")
        {
            context.EndAfter(options.Value.DownloadDeadline);
            return TypedResults.Stream(output => DiffLines.WriteAsync(SnapshotDiff.Segments(before, after, context.RequestAborted), output, context.RequestAborted), Ndjson);
        }
        return TypedResults.Ok(DiffResponse.Of(before, after, SnapshotDiff.Of(SnapshotDiff.Segments(before, after, context.RequestAborted))));
    }

    internal static Results<Ok<SnapshotsResponse>, ProblemHttpResult> PostActivate(
        [Description("Id of a snapshot that is kept.")] string id, ChoiceRequest request, HttpContext context, LiveSnapshot chosen,
        SnapshotHistory history, SnapshotHolder live, ILogger<LiveSnapshot> logger) =>
        Choose(request, context, logger, "activate", reason => IsId(id) && chosen.TryActivate(id, reason), NotKept(id), history, live);

    internal static Results<Ok<SnapshotsResponse>, ProblemHttpResult> PostRollback(
        ChoiceRequest request, HttpContext context, LiveSnapshot chosen, SnapshotHistory history, SnapshotHolder live, ILogger<LiveSnapshot> logger) =>
        Choose(request, context, logger, "roll back", chosen.TryRollBack, Problems.NotFound("Nothing of before is kept; GET /v1/snapshots lists all."), history, live);

    internal static Results<Ok<SnapshotsResponse>, ProblemHttpResult> PostPin(
        ChoiceRequest request, HttpContext context, LiveSnapshot chosen, SnapshotHistory history, SnapshotHolder live, ILogger<LiveSnapshot> logger) =>
        Choose(request, context, logger, "pin", reason => live.Current is { } current && chosen.TryActivate(current.Id, reason), Problems.NoSnapshot(), history, live);

    internal static Results<Ok<SnapshotsResponse>, ProblemHttpResult> PostUnpin(
        ChoiceRequest request, HttpContext context, LiveSnapshot chosen, SnapshotHistory history, SnapshotHolder live, ILogger<LiveSnapshot> logger) =>
        Choose(request, context, logger, "unpin", chosen.TryUnpin, Problems.NotFound("No snapshot is pinned."), history, live);

    static Results<Ok<SnapshotsResponse>, ProblemHttpResult> Choose(
        ChoiceRequest request, HttpContext context, ILogger logger, string action, Predicate<string> isDone, ProblemHttpResult refused,
        SnapshotHistory history, SnapshotHolder live)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReasonLength)
        {
            return Problems.BadRequest($"'reason' says in 1 to {MaxReasonLength} characters why.");
        }
        var (caller, reason) = (SafeText.Shown(Caller.Of(context).ToString()), SafeText.Shown(request.Reason));
        try
        {
            if (!isDone($"{caller}: {reason}"))
            {
                return refused;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.HistoryFailed(logger, exception);
            return Problems.Of(ProblemKind.StateReadOnly, "The choice cannot be written to the state folder, so nothing is changed. Mend the disk and try again.");
        }
        Log.SnapshotChosen(logger, caller, action, reason);
        return TypedResults.Ok(Answer(history, live, DefaultPeriods));
    }

    static SnapshotsResponse Answer(SnapshotHistory history, SnapshotHolder live, int limit)
    {
        var periods = history.Periods;
        var newest = Enumerable.Range(0, periods.Count).Reverse().Take(limit)
            .Select(at => PeriodResponse.Of(periods[at], at + 1 < periods.Count ? periods[at + 1] : null, history.IsKept(periods[at].SnapshotId)));
        return new(live.Current?.Id, PinResponse.From(history.Pin), [.. newest]);
    }

    static Snapshot? Open(string id, PastJudges past) => IsId(id) ? past.Open(id) : null;

    // It becomes the name of a file.
    static bool IsId(string text) => text.Length is > 0 and <= 64 && text.All(char.IsAsciiHexDigit);

    static ProblemHttpResult NotKept(string id) => Problems.NotFound($"No snapshot '{SafeText.Shown(id)}' is kept; GET /v1/snapshots lists all.");
}
