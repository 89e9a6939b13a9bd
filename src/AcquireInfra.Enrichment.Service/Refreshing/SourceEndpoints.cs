using System.ComponentModel;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Refreshing;

/// <summary>What the sources are and how they do; refreshing one now, and overruling a gate. Nothing here waits for a publisher.</summary>
internal static class SourceEndpoints
{
    const int MaxReasonLength = 500;

    public static void MapSources(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("Sources").RequireRateLimiting(LimitPolicy.Lookups);
        group.MapGet("/sources", GetSources)
            .WithName(nameof(GetSources))
            .RequireAuthorization(Roles.Lookup)
            .WithSummary("Look at the sources")
            .WithDescription("Each source: what it is, how old its data is, how its refreshes go and what is held; and which categories they cover.");
        group.MapPost("/sources/{id}:refresh", PostRefresh)
            .WithName(nameof(PostRefresh))
            .RequireAuthorization(Roles.Admin)
            .WithSummary("Refresh a source now")
            .WithDescription("Asks for a source to be refreshed before it is due. It is done in the background; GET /v1/sources shows what came of it.")
            .ProducesProblems(ProblemKind.NotFound);
        group.MapPost("/sources/{id}:accept", PostAccept)
            .WithName(nameof(PostAccept))
            .RequireAuthorization(Roles.Admin)
            .WithSummary("Accept a version that was refused")
            .WithDescription("Lets the version of a source that is held pass the gates, with a reason that is kept. It goes live in the background.")
            .ProducesProblems(ProblemKind.BadRequest, ProblemKind.NotFound, ProblemKind.UnsupportedMediaType);
    }

    internal static Ok<SourcesResponse> GetSources(SourceCatalog catalog, JudgeProvider judges, TimeProvider time) =>
        TypedResults.Ok(SourcesResponse.From(catalog, judges.Current, time.GetUtcNow()));

    internal static Results<Accepted<SourceResponse>, ProblemHttpResult> PostRefresh(
        [Description("The source.")] string id, SourceCatalog catalog, RefreshRequests requests, JudgeProvider judges, TimeProvider time)
    {
        if (Find(id, catalog) is not { } source)
        {
            return NotRefreshed(id);
        }
        requests.Ask(id);
        return Answer(source, catalog, judges, time);
    }

    internal static Results<Accepted<SourceResponse>, ProblemHttpResult> PostAccept(
        [Description("The source.")] string id, AcceptRequest request, HttpContext context, SourceCatalog catalog, FeedStore store,
        RefreshRequests requests, JudgeProvider judges, TimeProvider time, ILogger<FeedStore> logger)
    {
        if (Find(id, catalog) is not { } source)
        {
            return NotRefreshed(id);
        }
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReasonLength)
        {
            return Problems.BadRequest($"'reason' says in 1 to {MaxReasonLength} characters why the version is right after all.");
        }
        var (caller, reason) = (SafeText.Shown(Caller.Of(context).ToString()), SafeText.Shown(request.Reason));
        if (!store.Accept(source, request.Hash, $"{caller}: {request.Reason}", time.GetUtcNow()))
        {
            return Problems.NotFound($"Source {id} holds no version of that hash, or is being refreshed. GET /v1/sources shows what it holds.");
        }
        Log.FeedOverruled(logger, id, request.Hash, caller, reason);
        catalog.ReadStates();
        requests.Ask(null);
        return Answer(source, catalog, judges, time);
    }

    static SourceEntry? Find(string id, SourceCatalog catalog) => catalog.Refreshed.FirstOrDefault(source => source.Entry.Id == id)?.Entry;

    static Accepted<SourceResponse> Answer(SourceEntry source, SourceCatalog catalog, JudgeProvider judges, TimeProvider time) =>
        TypedResults.Accepted("/v1/sources", SourceResponse.From(source, catalog, judges.Current, time.GetUtcNow()));

    static ProblemHttpResult NotRefreshed(string id) =>
        Problems.NotFound($"'{SafeText.Shown(id)}' is no source that is switched on and refreshed; GET /v1/sources lists all.");
}
