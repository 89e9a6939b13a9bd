using System.Diagnostics;
using System.Text.Encodings.Web;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>Look-ups over REST. Endpoints translate: text to address, report to response.</summary>
internal static class LookupEndpoints
{
    public static IHostApplicationBuilder AddLookup(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<RowRenderers>().AddSingleton<LinesAnswer>().AddSingleton<BatchEndpoint>();
        builder.Services.AddOpenApi(openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "AcquireInfra.Enrichment";
            document.Info.Description = "Which ASN and prefix an address is in, what it is used for, how risky it is, and who says so.";
            return Task.CompletedTask;
        }));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            // ASP.NET's own default lets < and > through; names of organisations and inputs come from whoever registers or sends them.
            json.SerializerOptions.Encoder = JavaScriptEncoder.Default;
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
            .WithSummary("Judges one address; an address that no source lists is a verdict too, not a 404.")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapPost("/ip:batch", BatchEndpoint.PostBatch)
            .RequireRateLimiting(LimitPolicy.BulkJobs)
            .WithName(nameof(BatchEndpoint.PostBatch))
            .RequireAuthorization(Roles.Bulk)
            .WithSummary("Judges many addresses, in order, duplicates kept; a bad item has its error in its place.")
            .Accepts<BatchRequest>("application/json", "text/plain", "application/x-ndjson", "text/csv")
            .Produces<BatchResponse>(StatusCodes.Status200OK, "application/json", "application/x-ndjson", "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    internal static Results<JsonHttpResult<VerdictResponse>, StatusCodeHttpResult, ProblemHttpResult> GetVerdict(
        string? ip, HttpContext context, JudgeProvider judges, LookupJournal journal)
    {
        var began = Stopwatch.GetTimestamp();
        var text = LastSegments(context) ?? ip ?? "";
        if (!AddressParser.TryParse(text, out var address, out var fault))
        {
            return Problems.BadAddress(text, fault);
        }
        if (!AskedFields.TryRead(context.Request, out var fields, out var unknown))
        {
            return Problems.BadRequest(unknown);
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        if (IsUnchanged(context, judge))
        {
            journal.Answered(context, LookupDoor.Rest, address, began);
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }
        var verdict = VerdictResponse.From(judge.Explain(address), judge);
        journal.Answered(context, LookupDoor.Rest, address, began);
        return TypedResults.Json(verdict, fields.Shape);
    }

    // A verdict is a function of these alone, so the same tag is the same bytes.
    static bool IsUnchanged(HttpContext context, Judge judge)
    {
        var hour = judge.At.UtcTicks / TimeSpan.TicksPerHour;
        var tag = $"\"{judge.Snapshot.Id[..16]}.{judge.PolicyVersion}.{hour}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        foreach (var known in context.Request.Headers.IfNoneMatch)
        {
            if (known is not null && (known == "*" || known.Contains(tag, StringComparison.Ordinal)))
            {
                return true;
            }
        }
        return false;
    }

    // The route value has every escape undone but %2F, so that "%2F" and "%252F" look alike there. The raw target tells them apart, and
    // is decoded once. Only at its start: a target that spells the route otherwise must not choose its address by a second "/v1/ip/".
    static string? LastSegments(HttpContext context)
    {
        const string Route = "/v1/ip/";
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return target.StartsWith(Route, StringComparison.OrdinalIgnoreCase)
            ? Uri.UnescapeDataString(target[Route.Length..].Split('?', 2)[0])
            : null;
    }
}
