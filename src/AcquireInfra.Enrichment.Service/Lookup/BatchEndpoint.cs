using System.Diagnostics;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary><c>POST /v1/ip:batch</c> as JSON.</summary>
internal static class BatchEndpoint
{
    public static async Task<Results<Ok<BatchResponse>, ProblemHttpResult>> PostBatchAsync(
        HttpContext context, JudgeProvider judges, LookupJournal journal, IOptions<EnrichmentOptions> options)
    {
        var began = Stopwatch.GetTimestamp();
        var limit = options.Value.MaxBatchBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limit;
        }
        BatchRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, BatchJson.Default.BatchRequest, context.RequestAborted);
        }
        catch (JsonException exception)
        {
            return Problems.BadRequest(
                $"The body is no batch ({exception.Path ?? "$"}, line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}). Send {{\"ips\": [\"192.0.2.7\", …]}}.");
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problems.BodyTooLarge(limit);
        }
        catch (BadHttpRequestException)
        {
            return Problems.BadRequest("The body ends early, or its chunks are malformed."); // the sender's fault, not a 500 and an error in the log
        }
        if (request is null)
        {
            return Problems.BadRequest("The body is null. Send {\"ips\": [\"192.0.2.7\", …]}.");
        }
        if (request.Ips.Count > options.Value.MaxBatchItems)
        {
            return Problems.TooManyItems(request.Ips.Count, options.Value.MaxBatchItems);
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        var answer = Answer(request, judge, context.RequestAborted);
        journal.Answered(context, LookupDoor.RestBatch, answer.Summary.Total, began);
        return TypedResults.Ok(answer);
    }

    // One snapshot for the whole batch; items that ask for another hour are judged at that.
    static BatchResponse Answer(BatchRequest request, Judge judge, CancellationToken cancelled)
    {
        var byHour = new Dictionary<long, Judge>();
        Judge At(DateTimeOffset at)
        {
            var hour = at.UtcTicks / TimeSpan.TicksPerHour;
            return byHour.TryGetValue(hour, out var known) ? known : byHour[hour] = judge.AtTime(at);
        }

        var results = new List<BatchItem>(request.Ips.Count);
        var failed = 0;
        foreach (var element in request.Ips)
        {
            cancelled.ThrowIfCancellationRequested();
            var item = BatchItemReader.Read(element);
            var answer = AnswerOne(item, item.At is { } at ? At(at) : judge);
            failed += answer.Fault is null ? 0 : 1;
            results.Add(answer);
        }
        return new(results, new(results.Count, results.Count - failed, failed), judge.Snapshot.Id);
    }

    static BatchItem AnswerOne(SentItem item, Judge judge)
    {
        if (item.Fault is { } wrong)
        {
            return new(null, new(SafeText.Shown(item.Ip), item.Id, new(ProblemKind.BadRequest.Code, null, wrong)));
        }
        return AddressParser.TryParse(item.Ip, out var address, out var fault)
            ? new(VerdictResponse.From(judge.Explain(address), judge) with { Input = item.Ip, Id = item.Id }, null)
            : new(null, new(SafeText.Shown(item.Ip), item.Id, new(ProblemKind.BadAddress.Code, fault.Word(), ProblemKind.Explain(item.Ip, fault))));
    }
}
