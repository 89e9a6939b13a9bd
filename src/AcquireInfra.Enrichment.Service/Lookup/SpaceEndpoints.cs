using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Limits;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>What lies in an ASN or a prefix, over REST.</summary>
internal static class SpaceEndpoints
{
    public static IHostApplicationBuilder AddSpace(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AddressSpaces>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SpaceJson.Default));
        return builder;
    }

    public static void MapSpace(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("Lookup")
            .RequireRateLimiting(LimitPolicy.Lookups)
            .RequireAuthorization(Roles.Lookup)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("/asn/{asn}", AsnEndpoint.GetAsn)
            .WithName(nameof(AsnEndpoint.GetAsn))
            .WithSummary("Tells an ASN's name and role, how much space it has, and which share of it is what.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        // {**prefix} and not {prefix}: see /v1/ip.
        group.MapGet("/cidr/{**prefix}", PrefixEndpoint.GetPrefix)
            .WithName(nameof(PrefixEndpoint.GetPrefix))
            .WithSummary("Sums up what lies inside a prefix, and lists its first segments.");
    }
}
