using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AcquireInfra.Enrichment.Service.Replication;

/// <summary>
/// What a replica needs to answer as this service does: the live snapshot's file, the policy and the overrides. A swap while a file is on its way
/// changes nothing: its bytes come from the mapping, which whoever reads it keeps.
/// </summary>
internal static class SnapshotEndpoints
{
    /// <summary>On the file, 304 included, so that a replica learns of another policy for the same snapshot.</summary>
    public const string PolicyVersionHeader = "X-Enrichment-Policy-Version";

    /// <summary>On the file likewise, for another revision of the overrides.</summary>
    public const string OverridesRevisionHeader = "X-Enrichment-Overrides-Revision";

    public static IHostApplicationBuilder AddReplication(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SnapshotJson.Default));
        return builder;
    }

    public static void MapReplication(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/snapshots").WithTags("Snapshots").RequireAuthorization(Roles.Bulk);
        group.MapBoth("/current", GetSnapshot, LimitPolicy.Lookups)
            .WithName(nameof(GetSnapshot))
            .WithSummary("Look at the live snapshot")
            .WithDescription("The live snapshot, its sources and their licences.");
        group.MapBoth("/current/file", GetSnapshotFile, LimitPolicy.BulkJobs)
            .WithName(nameof(GetSnapshotFile))
            .WithSummary("Download the live snapshot")
            .WithDescription("The live snapshot's file, for replicas; conditional and partial requests are answered as RFC 9110 says.")
            .Produces<string>(StatusCodes.Status200OK, "application/octet-stream")
            .Produces(StatusCodes.Status304NotModified);
        group.MapBoth("/current/policy", GetPolicy, LimitPolicy.Lookups)
            .WithName(nameof(GetPolicy))
            .WithSummary("Download the policy")
            .WithDescription("The policy that the live snapshot is judged by, as it was read.")
            .Produces<JsonElement>(StatusCodes.Status200OK, "application/json")
            .Produces(StatusCodes.Status304NotModified);
        group.MapBoth("/current/overrides", GetSnapshotOverrides, LimitPolicy.Lookups)
            .WithName(nameof(GetSnapshotOverrides))
            .WithSummary("Download the overrides")
            .WithDescription("The overrides that the live snapshot is judged under, for replicas.")
            .Produces<OverridesDocument>(StatusCodes.Status200OK, "application/json")
            .Produces(StatusCodes.Status304NotModified);
    }

    // As an operator would say it; a replica needs no more to judge alike.
    internal static Results<FileContentHttpResult, ProblemHttpResult> GetSnapshotOverrides(HttpResponse response, JudgeProvider judges)
    {
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        Manners.Revalidate(response);
        return Json(OverridesDocument.From(judge.Overrides).ToJson());
    }

    // HEAD is a route of its own: one operation of the OpenAPI document would have two methods and one name.
    static RouteHandlerBuilder MapBoth(this RouteGroupBuilder group, string pattern, Delegate handler, string limit)
    {
        group.MapMethods(pattern, [HttpMethods.Head], handler).RequireRateLimiting(limit).ExcludeFromDescription();
        return group.MapGet(pattern, handler).RequireRateLimiting(limit);
    }

    internal static Results<Ok<SnapshotResponse>, ProblemHttpResult> GetSnapshot(JudgeProvider judges) =>
        judges.Current is { } judge ? TypedResults.Ok(SnapshotResponse.From(judge)) : Problems.NoSnapshot();

    internal static Results<FileStreamHttpResult, ProblemHttpResult> GetSnapshotFile(
        HttpContext context, JudgeProvider judges, IOptions<EnrichmentOptions> options)
    {
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        var headers = context.Response.Headers;
        Manners.Revalidate(context.Response);
        headers[PolicyVersionHeader] = judge.PolicyVersion;
        headers[OverridesRevisionHeader] = judge.Overrides.Revision.ToString(CultureInfo.InvariantCulture);
        context.EndAfter(options.Value.DownloadDeadline);
        return TypedResults.Stream(judge.Snapshot.OpenRead(), entityTag: TagOf(judge.Snapshot.Id), enableRangeProcessing: true);
    }

    internal static Results<FileContentHttpResult, ProblemHttpResult> GetPolicy(HttpResponse response, JudgeProvider judges)
    {
        if (judges.PolicyJson is not { } json)
        {
            return Problems.NoSnapshot();
        }
        Manners.Revalidate(response);
        return Json(json);
    }

    static FileContentHttpResult Json(byte[] json) =>
        TypedResults.Bytes(json, "application/json", entityTag: TagOf(Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))));

    static EntityTagHeaderValue TagOf(string id) => new($"\"{id}\"");
}
