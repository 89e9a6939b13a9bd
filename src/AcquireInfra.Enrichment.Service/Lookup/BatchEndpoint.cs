using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary><c>POST /v1/ip:batch</c>: one JSON text is answered whole, lines are answered as a stream.</summary>
internal sealed class BatchEndpoint(
    JudgeProvider judges, RowRenderers renderers, LinesAnswer lines, LookupJournal journal, IOptions<EnrichmentOptions> options)
{
    public static async Task<IResult> PostBatch(
        HttpContext context,
        [Description("json, ndjson or csv; by default as Accept says, else as what is sent.")] string? format,
        [Description("Members of each answer, parted by commas.")] string? fields,
        BatchEndpoint endpoint)
    {
        if (BulkRequest.TryRead(context.Request, format, fields, out var request) is { } problem)
        {
            return problem;
        }
        return await endpoint.AnswerAsync(context, request);
    }

    async Task<IResult> AnswerAsync(HttpContext context, BulkRequest request)
    {
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        return request.Lines is null
            ? await AnswerWholeAsync(context, request, judge)
            : await lines.AnswerAsync(context, request, renderers.For(judge, request.Format, request.Fields.Rows), judge);
    }

    async Task<IResult> AnswerWholeAsync(HttpContext context, BulkRequest request, Judge judge)
    {
        var began = Stopwatch.GetTimestamp();
        context.AllowBody(options.Value.MaxBatchBytes);
        using var body = new BatchBody();
        if (await body.ReadAsync(context, options.Value.MaxBatchBytes, options.Value.MaxBatchItems) is { } problem)
        {
            return problem;
        }
        var isExplained = request.Format == RowFormat.Json && request.Fields.Rows is null;
        IResult answer = isExplained ? Explained(body, request.Fields, judge, context.RequestAborted) : Rows(body, request, judge);
        context.Response.Headers[Manners.SnapshotHeader] = judge.Snapshot.Id;
        journal.Answered(context, LookupDoor.RestBatch, body.Values.Count, began);
        return answer;
    }

    FileContentHttpResult Rows(BatchBody body, BulkRequest request, Judge judge)
    {
        var renderer = renderers.For(judge, request.Format, request.Fields.Rows);
        var rows = new ArrayBufferWriter<byte>(64 * 1024);
        var failed = renderer.WriteValues(body.Bytes, CollectionsMarshal.AsSpan(body.Values), rows);
        var trailer = BulkAnswer.Trailer(request.Format, judge, body.Values.Count, failed, error: null);
        var first = request.Format == RowFormat.Json && rows.WrittenCount > 0 ? 1 : 0; // the first element has no comma before it
        var header = renderer.Header(new(LineFormat.Ndjson, int.MaxValue));
        return TypedResults.Bytes((byte[])[.. header, .. rows.WrittenSpan[first..], .. trailer], request.ContentType);
    }

    // One snapshot for the whole batch; items that ask for another time are judged by what was live then.
    static JsonHttpResult<BatchResponse> Explained(BatchBody body, AskedFields fields, Judge judge, CancellationToken cancelled)
    {
        var results = new List<BatchItem>(body.Values.Count);
        foreach (var value in body.Values)
        {
            cancelled.ThrowIfCancellationRequested();
            results.Add(new(ItemAnswer.Of(body.Bytes, value, judge), fields.Shape));
        }
        var failed = results.Count(result => result.Answer.Fault is not null);
        var summary = new BatchSummary(results.Count, results.Count - failed, failed);
        return TypedResults.Json(
            new BatchResponse(results, summary, judge.Snapshot.Id, judge.PolicyVersion, judge.Overrides.Revision, judge.At.UtcDateTime), BatchJson.Default.BatchResponse);
    }
}

/// <summary>What stands after the rows.</summary>
internal static class BulkAnswer
{
    /// <summary>The end of an NDJSON or JSON answer; CSV has none.</summary>
    public static byte[] Trailer(RowFormat format, Judge judge, long total, long failed, ErrorResponse? error)
    {
        if (format == RowFormat.Csv)
        {
            return [];
        }
        var trailer = new BulkTrailer(new(total, total - failed, failed), error, judge.Snapshot.Id, judge.PolicyVersion, judge.Overrides.Revision, judge.At.UtcDateTime);
        var json = JsonSerializer.SerializeToUtf8Bytes(trailer, BatchJson.Default.BulkTrailer);
        return format == RowFormat.Ndjson ? [.. json, (byte)'\n'] : [.. "],"u8, .. json.AsSpan(1)];
    }
}
