using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.OpenApi;

namespace AcquireInfra.Enrichment.Service.SignIns;

/// <summary>Scoring of sign-ins, by both doors.</summary>
internal static class SignInServices
{
    public static IHostApplicationBuilder AddSignIns(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SignInScoring>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SignInScoreJson.Default));
        return builder;
    }

    public static void MapSignIns(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/signins:score", SignInEndpoints.PostSignIns)
            .WithTags("SignIns")
            .RequireRateLimiting(LimitPolicy.Batches)
            .RequireAuthorization(Roles.Bulk)
            .WithName(nameof(SignInEndpoints.PostSignIns))
            .WithSummary("Score sign-ins")
            .WithDescription(
                "Scores principals by their sign-ins together: addresses, networks that are new to them, roles, applications, results, devices and Entra ID's own "
                + "detections, with a disposition and the points that add up to the score. Principals may be opaque. Nothing is kept. A sign-in that cannot be "
                + "read is told, and the others are scored.")
            .WithMetadata(new ConnectorAction())
            .Accepts<SignInScoreRequest>("application/json")
            .Produces<SignInScoreResponse>()
            .ProducesProblems(
                ProblemKind.BadRequest, ProblemKind.BadPrefix, ProblemKind.TooManyItems, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType);
}
