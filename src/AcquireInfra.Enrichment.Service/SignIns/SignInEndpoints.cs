using System.Diagnostics;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.Observability;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.SignIns;

/// <summary><c>POST /v1/signins:score</c>.</summary>
internal static class SignInEndpoints
{
    internal static async Task<Results<JsonHttpResult<SignInScoreResponse>, ProblemHttpResult>> PostSignIns(
        HttpContext context, JudgeProvider judges, SignInScoring scoring, LookupJournal journal, IOptions<EnrichmentOptions> options)
    {
        var began = Stopwatch.GetTimestamp();
        if (!context.Request.HasJsonContentType())
        {
            return Problems.Of(ProblemKind.UnsupportedMediaType, "Send application/json: {\"signIns\": [{\"principal\": \"…\", \"ip\": \"192.0.2.7\"}, …]}.");
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        var maxBytes = options.Value.MaxBatchBytes;
        context.AllowBody(maxBytes);
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Problems.BodyTooLarge(maxBytes)
                : Problems.BadRequest("The body ends early, or its chunks are malformed.");
        }
        if (SignInBatch.Read(body.GetBuffer().AsMemory(0, (int)body.Length), options.Value.MaxBatchItems, scoring.OwnPrefixes, out var fault) is not { } batch)
        {
            return Problems.Of(fault!.Kind, fault.Detail);
        }
        var answer = SignInScoreResponse.Of(batch, scoring.Scorer, judge, context.RequestAborted);
        context.Response.Headers[Manners.SnapshotHeader] = judge.Snapshot.Id;
        journal.Answered(context, LookupDoor.RestBatch, batch.SignIns.Count, began);
        return TypedResults.Json(answer, SignInScoreJson.Default.SignInScoreResponse);
    }
}
