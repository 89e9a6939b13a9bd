using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.OpenApi;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.History;

/// <summary>What was live and what was said then; choosing what is live.</summary>
internal static class HistoryEndpoints
{
    public static IHostApplicationBuilder AddHistory(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider => new SnapshotHistory(provider.GetRequiredService<IOptions<EnrichmentOptions>>().Value.StateFolder));
        builder.Services.AddSingleton<PastJudges>().AddSingleton<LiveSnapshot>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, DiffJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, HistoryJson.Default);
        });
        return builder;
    }

    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        MapPast(routes.MapGroup("/v1").WithTags("History").RequireRateLimiting(LimitPolicy.Batches));
        MapSnapshots(routes.MapGroup("/v1").WithTags("Snapshots").RequireRateLimiting(LimitPolicy.Batches));
    }

    static void MapPast(RouteGroupBuilder group)
    {
        group.MapPost("/retro", PastEndpoints.PostRetro)
            .WithName(nameof(PastEndpoints.PostRetro))
            .RequireAuthorization(Roles.Bulk)
            .WithSummary("Compare verdicts of then and of now")
            .WithDescription(
                "Judges each address as of its own \"at\", by the snapshot that was live then, and as of now, and tells what changed. Then is refused "
                + "for a time of which no snapshot is kept.")
            .WithMetadata(new ConnectorAction())
            .Accepts<Lookup.BatchRequest>("application/json")
            .Produces<RetroResponse>()
            .ProducesProblems(ProblemKind.BadRequest, ProblemKind.TooManyItems, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType);
        // {**ip} and not {ip}: see /v1/ip.
        group.MapGet("/history/{**ip}", PastEndpoints.GetHistory)
            .WithName(nameof(PastEndpoints.GetHistory))
            .RequireAuthorization(Roles.Lookup)
            .WithSummary("Look up what was said of an IP address")
            .WithDescription("The verdicts on one address, as far back as snapshots are kept, and when which of them began.")
            .WithMetadata(new ConnectorAction())
            .ProducesProblems(ProblemKind.BadAddress, ProblemKind.BadRequest);
    }

    static void MapSnapshots(RouteGroupBuilder group)
    {
        group.MapGet("/snapshots", SnapshotChoice.GetSnapshots)
            .WithName(nameof(SnapshotChoice.GetSnapshots))
            .RequireAuthorization(Roles.Lookup)
            .WithSummary("Look at the snapshots")
            .WithDescription("Which snapshot was live when, which of them are kept, and whether one is pinned.")
            .ProducesProblems(ProblemKind.BadRequest);
        group.MapGet("/snapshots/diff", SnapshotChoice.GetDiff)
            .WithName(nameof(SnapshotChoice.GetDiff))
            .RequireAuthorization(Roles.Bulk)
            .WithSummary("Compare two snapshots")
            .WithDescription("What one snapshot says and another does not: counts by category as JSON, or each segment that differs as a line of NDJSON.")
            .Produces<DiffResponse>(StatusCodes.Status200OK, "application/json", "application/x-ndjson")
            .ProducesProblems(ProblemKind.BadRequest, ProblemKind.NotFound);
        MapChoice("/snapshots/{id}:activate", SnapshotChoice.PostActivate, nameof(SnapshotChoice.PostActivate), "Make a snapshot live",
            "Makes a snapshot live that is kept, and pins it: newer data does not go live until it is let go.", ProblemKind.NotFound);
        MapChoice("/snapshots:rollback", SnapshotChoice.PostRollback, nameof(SnapshotChoice.PostRollback), "Go back to the snapshot of before",
            "Makes live again what was live before, and pins it.", ProblemKind.NotFound);
        MapChoice("/snapshots:pin", SnapshotChoice.PostPin, nameof(SnapshotChoice.PostPin), "Pin the live snapshot",
            "Lets what is live stay live, whatever is compiled.", ProblemKind.NotFound);
        MapChoice("/snapshots:unpin", SnapshotChoice.PostUnpin, nameof(SnapshotChoice.PostUnpin), "Let the newest snapshot be live",
            "Lets go of the snapshot that is pinned, and makes the newest one live.", ProblemKind.NotFound);

        void MapChoice(string pattern, Delegate handler, string name, string summary, string description, ProblemKind refused) => group
            .MapPost(pattern, handler)
            .WithName(name)
            .RequireAuthorization(Roles.Admin)
            .WithSummary(summary)
            .WithDescription(description)
            .ProducesProblems(ProblemKind.BadRequest, ProblemKind.UnsupportedMediaType, ProblemKind.StateReadOnly, refused);
    }
}
