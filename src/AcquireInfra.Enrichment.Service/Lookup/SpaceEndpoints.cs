using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.OpenApi;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>What lies in an ASN or a prefix, over REST.</summary>
internal static class SpaceEndpoints
{
    public static IHostApplicationBuilder AddSpace(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AddressSpaces>().AddHostedService(services => services.GetRequiredService<AddressSpaces>());
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SpaceJson.Default));
        return builder;
    }

    public static void MapSpace(this IEndpointRouteBuilder routes)
    {
        // One of them may walk through as many segments as a batch has items.
        var group = routes.MapGroup("/v1").WithTags("Lookup").RequireRateLimiting(LimitPolicy.Batches).RequireAuthorization(Roles.Lookup);
        group.MapGet("/asn/{asn}", AsnEndpoint.GetAsnAsync)
            .WithName("GetAsn")
            .WithSummary("Look up an ASN")
            .WithDescription("Tells an ASN's name and role, how much space it has, and which share of it is what.")
            .WithMetadata(new ConnectorAction())
            .ProducesProblems(ProblemKind.BadAsn, ProblemKind.NotFound);
        // {**prefix} and not {prefix}: see /v1/ip.
        group.MapGet("/cidr/{**prefix}", PrefixEndpoint.GetPrefix)
            .WithName(nameof(PrefixEndpoint.GetPrefix))
            .WithSummary("Look up a prefix")
            .WithDescription("Sums up what lies inside a prefix, and lists its first segments.")
            .WithMetadata(new ConnectorAction())
            .ProducesProblems(ProblemKind.BadPrefix, ProblemKind.BadRequest);
    }
}
