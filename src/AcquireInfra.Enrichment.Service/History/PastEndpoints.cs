using System.ComponentModel;
using System.Diagnostics;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.History;

/// <summary><c>POST /v1/retro</c> and <c>GET /v1/history/{**ip}</c>.</summary>
internal static class PastEndpoints
{
    const int DefaultPeriods = 30;
    const int MaxPeriods = 500;

    internal static async Task<Results<JsonHttpResult<RetroResponse>, ProblemHttpResult>> PostRetro(
        HttpContext context, JudgeProvider judges, PastJudges past, LookupJournal journal, IOptions<EnrichmentOptions> options, TimeProvider time)
    {
        var began = Stopwatch.GetTimestamp();
        if (!context.Request.HasJsonContentType())
        {
            return Problems.Of(ProblemKind.UnsupportedMediaType, "Send application/json: {\"ips\": [{\"ip\": \"192.0.2.7\", \"at\": \"2026-11-01T00:00:00Z\"}, …]}.");
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        context.AllowBody(options.Value.MaxBatchBytes);
        using var body = new BatchBody();
        if (await body.ReadAsync(context, options.Value.MaxBatchBytes, options.Value.MaxBatchItems) is { } problem)
        {
            return problem;
        }
        var results = new List<RetroItem>(body.Values.Count);
        foreach (var value in body.Values)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            results.Add(Compare(body, value, judge, past, time.GetUtcNow()));
        }
        var failed = results.Count(result => result.Error is not null);
        var summary = new RetroSummary(results.Count, results.Count - failed, failed, results.Count(result => result.Changed is true));
        journal.Answered(context, LookupDoor.RestBatch, results.Count, began);
        return TypedResults.Json(new RetroResponse(results, summary, judge.Snapshot.Id), HistoryJson.Default.RetroResponse);
    }

    static RetroItem Compare(BatchBody body, (int Offset, int Length) value, Judge judge, PastJudges past, DateTimeOffset present)
    {
        if (!AskedItem.TryRead(body.Bytes, value, out var asked, out var wrong))
        {
            return Failed(wrong.Input, wrong.Id, wrong.Error);
        }
        if (asked.At is not { } at)
        {
            return Failed(asked.Input, asked.Id, new(ProblemKind.BadRequest.Code, "no_time", "An item has \"ip\" and \"at\", a time like 2026-11-24T12:00:00Z, in UTC."));
        }
        if (at > present)
        {
            return Failed(asked.Input, asked.Id, new(ProblemKind.BadRequest.Code, "future", "\"at\" is in the future; retro compares the past with now."));
        }
        if (!past.TryGetExact(at, out var judgeOfThen, out var missing))
        {
            return Failed(asked.Input, asked.Id, new(ProblemKind.NotKept.Code, null, missing));
        }
        var (then, now) = (PastVerdict.Of(judgeOfThen, asked.Address), PastVerdict.Of(judge, asked.Address));
        return new(
            asked.Input, asked.Id, asked.Address.ToString(), then, now, !now.SaysTheSameAs(then),
            [.. now.Categories.Except(then.Categories)], [.. then.Categories.Except(now.Categories)]);
    }

    static RetroItem Failed(string input, string? id, ErrorResponse error) => new(input, id, Error: error);

    internal static Results<Ok<AddressHistoryResponse>, ProblemHttpResult> GetHistory(
        [Description("IPv4 or IPv6 address as text.")] string? ip,
        [Description("Most snapshots to look into, the newest first: 1 to 500.")] int? limit,
        HttpContext context, SnapshotHistory history, PastJudges past, JudgeProvider judges, LookupJournal journal)
    {
        var began = Stopwatch.GetTimestamp();
        var text = RawTarget.After("/v1/history/", context) ?? ip ?? "";
        if (!AddressParser.TryParse(text, out var address, out var fault))
        {
            return Problems.BadAddress(text, fault);
        }
        if (limit is < 1 or > MaxPeriods)
        {
            return Problems.BadRequest($"limit is the most snapshots to look into, 1 to {MaxPeriods}, and not {limit}.");
        }
        var (periods, left) = (history.Periods, limit ?? DefaultPeriods);
        var (found, usedLast) = (new List<AddressPeriod>(), -1);
        var at = periods.Count - 1;
        for (; at >= 0 && left > 0; at--)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            // The last one goes on: it is told as it is now.
            if ((at == periods.Count - 1 ? judges.Current : past.OfBeginning(periods[at])) is not { } judge)
            {
                continue;
            }
            left--;
            var verdict = PastVerdict.Of(judge, address);
            var until = at + 1 < periods.Count ? periods[at + 1].From.UtcDateTime : (DateTime?)null;
            var isNext = usedLast == at + 1; // nothing is known of what is between two others
            usedLast = at;
            if (isNext && found is [.., var later] && later.Verdict.SaysTheSameAs(verdict))
            {
                (found[^1], until) = (later with { From = periods[at].From.UtcDateTime }, later.Until);
                continue;
            }
            found.Add(new(periods[at].From.UtcDateTime, until, verdict));
        }
        journal.Answered(context, LookupDoor.Rest, address, began);
        return TypedResults.Ok(new AddressHistoryResponse(address.ToString(), SpecialPurpose.ScopeOf(address).Word(), found, periods.Take(at + 1).Any(period => history.IsKept(period.SnapshotId))));
    }
}
