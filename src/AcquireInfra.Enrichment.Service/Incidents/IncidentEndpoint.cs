using System.Diagnostics;
using System.Text.Json;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Sentinel.Incidents;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Incidents;

/// <summary><c>POST /v1/incidents:enrich</c>: entities of an incident in, all that a playbook writes out.</summary>
internal static class IncidentEndpoint
{
    public static IHostApplicationBuilder AddIncidents(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, IncidentRequestJson.Default));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, IncidentJson.Default));
        return builder;
    }

    public static void MapIncidents(this IEndpointRouteBuilder routes) => routes.MapPost("/v1/incidents:enrich", PostEnrichIncident)
        .WithTags("Incidents")
        .RequireRateLimiting(LimitPolicy.Batches)
        .WithName(nameof(PostEnrichIncident))
        .RequireAuthorization(Roles.Lookup)
        .WithSummary("Enrich an incident")
        .WithDescription(
            "Judges the addresses among the entities of a Microsoft Sentinel incident, and answers flat: counts, the highest score, tags, a severity "
            + "that is never lower than the incident's, and a comment as HTML of at most 30,000 characters. Entities without an address, texts that are none "
            + "and private addresses are told, and never an error. It keeps nothing, and asking again changes nothing.")
        .WithMetadata(new ConnectorAction())
        .Accepts<IncidentRequest>("application/json")
        .Produces<IncidentAnswer>()
        .ProducesProblems(ProblemKind.BadRequest, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType);

    internal static async Task<Results<JsonHttpResult<IncidentAnswer>, ProblemHttpResult>> PostEnrichIncident(
        HttpContext context, JudgeProvider judges, LookupJournal journal, IOptions<EnrichmentOptions> options, TimeProvider time)
    {
        var began = Stopwatch.GetTimestamp();
        var limits = options.Value.Incidents;
        if (!context.Request.HasJsonContentType())
        {
            return Problems.Of(ProblemKind.UnsupportedMediaType, "Send application/json: {\"severity\": \"Low\", \"entities\": […]}.");
        }
        if (judges.Current is not { } present)
        {
            return Problems.NoSnapshot();
        }
        context.AllowBody(limits.MaxBodyBytes);
        var (document, problem) = await ReadAsync(context, limits.MaxBodyBytes);
        using var body = document;
        if (body is null)
        {
            return problem!;
        }
        if (!IncidentReader.TryRead(body.RootElement, limits.MaxAddresses, out var question))
        {
            return Problems.BadRequest("The body is neither an object nor an array. Send {\"entities\": […]}.");
        }
        // Clocks differ, and a rule may name the end of its hour: what is ahead of us is now.
        var judge = question.At is { } at && at < time.GetUtcNow() ? present.AtTime(at) : present;
        var answer = IncidentEnricher.Enrich(question, judge, present, limits.MaxCommentCharacters);
        context.Response.Headers[Manners.SnapshotHeader] = judge.Snapshot.Id;
        journal.Answered(context, LookupDoor.RestIncident, answer.EnrichedCount, began);
        return TypedResults.Json(answer, IncidentJson.Default.IncidentAnswer);
    }

    static async Task<(JsonDocument? Body, ProblemHttpResult? Problem)> ReadAsync(HttpContext context, int maxBytes)
    {
        using var body = new BatchBody();
        if (await body.ReadAsync(context, maxBytes) is { } problem)
        {
            return (null, problem);
        }
        try
        {
            return (JsonDocument.Parse(body.Bytes.ToArray()), null); // of its own: the body's memory goes back to the pool
        }
        catch (JsonException exception)
        {
            return (null, Problems.BadRequest($"The body is no JSON ({BatchBody.Place(exception)}). Send {{\"entities\": […]}}."));
        }
    }
}
