using System.ComponentModel;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Deep;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.OpenApi;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>Look-ups over REST. Endpoints translate: text to address, report to response.</summary>
internal static class LookupEndpoints
{
    public static IHostApplicationBuilder AddLookup(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<RowRenderers>().AddSingleton<LinesAnswer>().AddSingleton<BatchEndpoint>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            // ASP.NET's own default lets < and > through; names of organisations and inputs come from whoever registers or sends them.
            json.SerializerOptions.Encoder = JavaScriptEncoder.Default;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict; // else the API's description calls every number a text too
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, VerdictJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, BatchJson.Default);
        });
        return builder;
    }

    public static void MapLookup(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("Lookup");
        // {**ip} and not {ip}: %2F in "192.0.2.7%2F32" reaches a catch-all only.
        group.MapGet("/ip/{**ip}", GetVerdict)
            .RequireRateLimiting(LimitPolicy.Lookups)
            .WithName(nameof(GetVerdict))
            .RequireAuthorization(Roles.Lookup)
            .WithSummary("Look up an IP address")
            .WithDescription(
                "Judges one address; an address that no source lists is a verdict too, not a 404. The verdict has network, categories, score, "
                + "evidence and the reason in words. It is the same for an hour, a snapshot, a policy and a revision of the overrides, which its ETag stands for.")
            .WithMetadata(new ConnectorAction())
            .Produces<VerdictResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(ProblemKind.BadAddress, ProblemKind.BadRequest, ProblemKind.NotKept);
        group.MapPost("/ip:batch", BatchEndpoint.PostBatch)
            .RequireRateLimiting(LimitPolicy.BulkJobs)
            .WithName(nameof(BatchEndpoint.PostBatch))
            .RequireAuthorization(Roles.Bulk)
            .WithSummary("Look up many IP addresses")
            .WithDescription(
                "Judges addresses in order, duplicates kept; a bad item has its error in its place. JSON is answered whole. Text, NDJSON and "
                + "CSV are lines, up to a million, and answered as they come. NDJSON ends with a line that has the summary, and CSV has errors "
                + "in its last columns.")
            .WithMetadata(new ConnectorAction())
            .Accepts<BatchRequest>("application/json", [.. BulkRequest.InputTypes.Skip(1)])
            .Produces<BatchResponse>(StatusCodes.Status200OK, "application/json", "application/x-ndjson", "text/csv")
            .ProducesProblems(
                ProblemKind.BadRequest, ProblemKind.TooManyItems, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType, ProblemKind.DeadlineExceeded,
                ProblemKind.Stopping);
    }

    internal static async ValueTask<Results<JsonHttpResult<VerdictResponse>, StatusCodeHttpResult, ProblemHttpResult>> GetVerdict(
        [Description("IPv4 or IPv6 address as text.")] string? ip,
        [Description("Members of the answer, parted by commas; all of them by default.")] string? fields,
        [Description("Judge by what was live then, as of that hour: a time like 2026-11-01T00:00:00Z, in UTC.")] string? asOf,
        [Description("Ask third parties too, where the service may; needs the role deep. Not together with asOf.")] bool? deep,
        HttpContext context,
        JudgeProvider judges,
        PastJudges past,
        DeepLookup slow,
        TimeProvider time,
        LookupJournal journal)
    {
        var began = Stopwatch.GetTimestamp();
        var text = RawTarget.After("/v1/ip/", context) ?? ip ?? "";
        if (!AddressParser.TryParse(text, out var address, out var fault))
        {
            return Problems.BadAddress(text, fault);
        }
        if (!AskedFields.TryRead(fields, out var asked, out var unknown))
        {
            return Problems.BadRequest(unknown);
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        if (asOf is not null && deep is true)
        {
            return Problems.BadRequest("deep and asOf do not go together: third parties are asked now.");
        }
        if (asOf is not null)
        {
            if (!UtcTime.TryParse(asOf, out var then) || then > time.GetUtcNow())
            {
                return Problems.BadRequest($"asOf is a time of the past like 2026-11-01T00:00:00Z, in UTC, and not '{SafeText.Shown(asOf)}'.");
            }
            if (!past.TryGetExact(then, out var judgeOfThen, out var missing))
            {
                return Problems.Of(ProblemKind.NotKept, missing);
            }
            judge = judgeOfThen;
        }
        if (deep is true)
        {
            return await ExplainDeepAsync(address, asked, context, judge, slow, journal, began);
        }
        if (IsUnchanged(context, judge))
        {
            journal.Answered(context, LookupDoor.Rest, address, began);
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }
        var verdict = VerdictResponse.From(judge.Explain(address), judge);
        journal.Answered(context, LookupDoor.Rest, address, began);
        return TypedResults.Json(verdict, asked.Shape);
    }

    // What third parties say changes by itself, so there is no ETag.
    static async Task<Results<JsonHttpResult<VerdictResponse>, StatusCodeHttpResult, ProblemHttpResult>> ExplainDeepAsync(
        Address address, AskedFields asked, HttpContext context, Judge judge, DeepLookup slow, LookupJournal journal, long began)
    {
        if (!context.User.IsInRole(Roles.Deep) && !context.User.IsInRole(Roles.Admin))
        {
            return Problems.Of(ProblemKind.Forbidden, $"deep=true needs the role {Roles.Deep}.");
        }
        // Waited for even if the caller is gone: who was told of the address is on record. Budgets bound it.
        var findings = await slow.FindAsync(address);
        if (findings is not null)
        {
            journal.Sent(context, address, findings);
        }
        var verdict = VerdictResponse.From(judge.Explain(address, findings?.ToLive() ?? LiveFindings.None), judge) with { Deep = findings?.ToResponse() ?? DeepResponse.Nobody };
        journal.Answered(context, LookupDoor.RestDeep, address, began);
        return TypedResults.Json(verdict, asked.Shape);
    }

    // A verdict is a function of these alone, so the same tag is the same bytes.
    static bool IsUnchanged(HttpContext context, Judge judge)
    {
        var hour = judge.At.UtcTicks / TimeSpan.TicksPerHour;
        var tag = $"\"{judge.Snapshot.Id[..16]}.{judge.PolicyVersion}.{judge.Overrides.Revision}.{hour}\"";
        context.Response.Headers.ETag = tag;
        Manners.Revalidate(context.Response);
        foreach (var known in context.Request.Headers.IfNoneMatch)
        {
            if (known is not null && (known == "*" || known.Contains(tag, StringComparison.Ordinal)))
            {
                return true;
            }
        }
        return false;
    }
}
