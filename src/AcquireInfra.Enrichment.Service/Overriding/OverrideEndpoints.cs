using System.ComponentModel;
using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace AcquireInfra.Enrichment.Service.Overriding;

/// <summary>What operators say of addresses beside the sources. Whoever changes an override names the version that they have seen.</summary>
internal static class OverrideEndpoints
{
    const int MaxExamples = 10;
    const int DefaultRecords = 100;
    const int MaxRecords = 1_000;

    public static void MapOverrides(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/v1").WithTags("Overrides").RequireRateLimiting(LimitPolicy.Lookups).RequireAuthorization(Roles.Lookup);
        read.MapGet("/overrides", GetOverrides)
            .WithName(nameof(GetOverrides))
            .WithSummary("List the overrides")
            .WithDescription("The overrides that are in force, and what is wrong with overrides.csv. As CSV it is what can be imported. The ETag stands for the revision.")
            .Produces<OverridesResponse>(StatusCodes.Status200OK, "application/json", "text/csv")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(ProblemKind.BadRequest);
        read.MapGet("/overrides/audit", GetOverrideAudit)
            .WithName(nameof(GetOverrideAudit))
            .WithSummary("Look at the changes of overrides")
            .WithDescription("Every revision of the overrides with who made it, when, and what was before and after; the newest first.")
            .ProducesProblems(ProblemKind.BadRequest);
        read.MapGet("/overrides/{id}", GetOverride)
            .WithName(nameof(GetOverride))
            .WithSummary("Look at an override")
            .WithDescription("An override that is in force. Its ETag is what a change of it names in If-Match.")
            .ProducesProblems(ProblemKind.NotFound);
        var write = routes.MapGroup("/v1").WithTags("Overrides").RequireRateLimiting(LimitPolicy.Overrides).RequireAuthorization(Roles.OverrideWrite);
        write.MapPost("/overrides", PostOverride)
            .WithName(nameof(PostOverride))
            .WithSummary("Make an override")
            .WithDescription(
                "Allows, suppresses, blocks or tags an address, a prefix, an ASN or a provider, with a reason and an owner, until a time at most 400 days "
                + "ahead. It is on disk and in force when it is answered. More than an IPv4 /16 or an IPv6 /32 needs the role admin.")
            .ProducesProblems(ProblemKind.BadOverride, ProblemKind.BadRequest, ProblemKind.Conflict, ProblemKind.UnsupportedMediaType, ProblemKind.OverridesReadOnly);
        write.MapPut("/overrides/{id}", PutOverride)
            .WithName(nameof(PutOverride))
            .WithSummary("Replace an override")
            .WithDescription("Replaces an override whole. If-Match names the version that is replaced.")
            .ProducesProblems(
                ProblemKind.BadOverride, ProblemKind.BadRequest, ProblemKind.NotFound, ProblemKind.Conflict, ProblemKind.PreconditionFailed,
                ProblemKind.UnsupportedMediaType, ProblemKind.PreconditionRequired, ProblemKind.OverridesReadOnly);
        write.MapDelete("/overrides/{id}", DeleteOverride)
            .WithName(nameof(DeleteOverride))
            .WithSummary("End an override")
            .WithDescription("Ends an override now. If-Match names the version that is ended.")
            .ProducesProblems(
                ProblemKind.NotFound, ProblemKind.Conflict, ProblemKind.PreconditionFailed, ProblemKind.PreconditionRequired, ProblemKind.OverridesReadOnly);
        write.MapPost("/overrides:preview", PostOverridePreview)
            .WithName(nameof(PostOverridePreview))
            .WithSummary("See what an override would do")
            .WithDescription(
                "How many addresses an override would be on and how many verdicts it would change, by the live snapshot at the present hour. Changes nothing. "
                + "With the id of an override it is a preview of its replacement.")
            .ProducesProblems(ProblemKind.BadOverride, ProblemKind.BadRequest, ProblemKind.UnsupportedMediaType);
        write.MapPost("/overrides:import", OverrideImport.PostOverrideImport)
            .WithName(nameof(OverrideImport.PostOverrideImport))
            .WithSummary("Import overrides")
            .WithDescription(
                "Takes a CSV table as GET /v1/overrides gives it: a row with the id of an override replaces that one, any other row makes one. All rows are "
                + "in force as one revision, or none is.")
            .Accepts<string>("text/csv")
            .ProducesProblems(ProblemKind.BadOverride, ProblemKind.Conflict, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType, ProblemKind.OverridesReadOnly);
    }

    internal static Results<JsonHttpResult<OverridesResponse>, FileContentHttpResult, StatusCodeHttpResult, ProblemHttpResult> GetOverrides(
        [Description("json, which is the default, or csv.")] string? format, HttpContext context, OverrideStore store, OverridesFile file)
    {
        if (format is not (null or "json" or "csv"))
        {
            return Problems.BadRequest($"There is no format '{SafeText.Shown(format)}'. There are json and csv.");
        }
        var (set, faults) = (store.Current, file.Faults);
        var tag = TagOf(set.Revision, faults.Count == 0 ? "" : $"-{faults.Count}");
        Manners.Revalidate(context.Response);
        context.Response.Headers.ETag = tag.ToString();
        if (format is "csv")
        {
            return TypedResults.Bytes(OverridesCsv.Write(set.Entries), "text/csv; charset=utf-8", "overrides.csv");
        }
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Json(
                new OverridesResponse(set.Revision, [.. set.Entries.Select(OverrideEntry.From)], [.. faults.Select(RowFaultResponse.From)], store.Trouble),
                OverrideAnswersJson.Default.OverridesResponse);
    }

    internal static Results<Ok<OverrideEntry>, ProblemHttpResult> GetOverride([Description("The override.")] string id, HttpResponse response, OverrideStore store)
    {
        if (store.Current.Find(id) is not { } entry)
        {
            return OverrideChanges.NotFound(id);
        }
        Manners.Revalidate(response);
        response.Headers.ETag = TagOf(entry.Revision).ToString();
        return TypedResults.Ok(OverrideEntry.From(entry));
    }

    internal static Results<Ok<AuditResponse>, ProblemHttpResult> GetOverrideAudit(
        [Description("Only revisions before this one.")] long? before, [Description("Most revisions, 1 to 1000.")] int? limit, OverrideStore store)
    {
        if (limit is < 1 or > MaxRecords)
        {
            return Problems.BadRequest($"limit is the most revisions to list, 1 to {MaxRecords}, and not {limit}.");
        }
        _ = store.Current; // what has expired since is in the log then
        var records = store.Records;
        var end = before is { } given && given <= records.Count ? (int)Math.Max(0, given - 1) : records.Count; // revision n is record n - 1
        var from = Math.Max(0, end - (limit ?? DefaultRecords));
        return TypedResults.Ok(new AuditResponse([.. records.Skip(from).Take(end - from).Reverse()], from > 0 ? records[from].Revision : null));
    }

    internal static Results<Created<OverrideEntry>, ProblemHttpResult> PostOverride(
        OverrideEntry entry, HttpContext context, OverrideStore store, OverrideFloor floor, TimeProvider time)
    {
        var faults = new List<OverrideFault>();
        if (entry.Id is { } given)
        {
            faults.Add(new("id", given, "is not yours to give; leave it out"));
        }
        var read = OverrideChanges.Read(entry, OverrideChanges.NoId, floor, context, time.GetUtcNow(), faults);
        if (read is null || faults.Count > 0)
        {
            return OverrideChanges.Refuse(faults);
        }
        return OverrideChanges.Try<Created<OverrideEntry>>(() =>
        {
            var made = read;
            store.Change(WhoOf(context), OverrideAction.Create, (current, revision) =>
            {
                made = read with { Id = OverrideChanges.FreeId(revision, id => current.Find(id) is not null), Revision = revision };
                return [(null, made)];
            });
            context.Response.Headers.ETag = TagOf(made.Revision).ToString();
            return TypedResults.Created($"/v1/overrides/{made.Id}", OverrideEntry.From(made));
        });
    }

    internal static Results<Ok<OverrideEntry>, ProblemHttpResult> PutOverride(
        [Description("The override.")] string id,
        [FromHeader(Name = "If-Match"), Description("ETag of the version that is replaced.")] string? ifMatch,
        OverrideEntry entry, HttpContext context, OverrideStore store, OverrideFloor floor, TimeProvider time)
    {
        var faults = new List<OverrideFault>();
        if (entry.Id is { } given && given != id)
        {
            faults.Add(new("id", given, "is another one than that of the path"));
        }
        if (WideFault(id, context, store, floor) is { } wide)
        {
            return wide;
        }
        var read = OverrideChanges.Read(entry, id, floor, context, time.GetUtcNow(), faults);
        if (read is null || faults.Count > 0)
        {
            return OverrideChanges.Refuse(faults);
        }
        return OverrideChanges.Try<Ok<OverrideEntry>>(() =>
        {
            var (made, refusal) = (read, (ProblemHttpResult?)null);
            store.Change(WhoOf(context), OverrideAction.Replace, (current, revision) =>
            {
                refusal = Match(id, ifMatch, context, current);
                made = read with { Revision = revision };
                return refusal is null ? [(current.Find(id), made)] : [];
            });
            if (refusal is not null)
            {
                return refusal;
            }
            context.Response.Headers.ETag = TagOf(made.Revision).ToString();
            return TypedResults.Ok(OverrideEntry.From(made));
        });
    }

    internal static Results<NoContent, ProblemHttpResult> DeleteOverride(
        [Description("The override.")] string id,
        [FromHeader(Name = "If-Match"), Description("ETag of the version that is ended.")] string? ifMatch,
        HttpContext context, OverrideStore store, OverrideFloor floor) => OverrideChanges.Try<NoContent>(() =>
    {
        var refusal = WideFault(id, context, store, floor);
        if (refusal is not null)
        {
            return refusal;
        }
        store.Change(WhoOf(context), OverrideAction.Delete, (current, _) =>
        {
            refusal = Match(id, ifMatch, context, current);
            return refusal is null ? [(current.Find(id), null)] : [];
        });
        return refusal is null ? TypedResults.NoContent() : refusal;
    });

    internal static Results<Ok<PreviewResponse>, ProblemHttpResult> PostOverridePreview(
        OverrideEntry entry, HttpContext context, JudgeProvider judges, TimeProvider time)
    {
        var faults = new List<OverrideFault>();
        if (OverrideChanges.Read(entry, entry.Id ?? OverrideChanges.NoId, floor: null, context, time.GetUtcNow(), faults) is not { } read)
        {
            return OverrideChanges.Refuse(faults);
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        var preview = OverridePreview.Of(judge, read, MaxExamples, context.RequestAborted);
        return TypedResults.Ok(PreviewResponse.From(preview, OverrideFloor.IsWide(read.Target, preview.Covered), judge));
    }

    /// <summary>A caller, safe to log and to keep.</summary>
    internal static string WhoOf(HttpContext context) => SafeText.Shown(Caller.Of(context).ToString());

    static EntityTagHeaderValue TagOf(long revision, string suffix = "") => new(string.Create(CultureInfo.InvariantCulture, $"\"{revision}{suffix}\""));

    // What takes an admin to make takes one to change.
    static ProblemHttpResult? WideFault(string id, HttpContext context, OverrideStore store, OverrideFloor floor) =>
        store.Current.Find(id) is { } entry && floor.WrongWith(entry.Target, context) is { } wide
            ? Problems.Of(ProblemKind.Forbidden, $"'{SafeText.Shown(entry.Target.ToString())}' {wide}.")
            : null;

    // Asked within the change: nobody else changes it in between.
    static ProblemHttpResult? Match(string id, string? ifMatch, HttpContext context, OverrideSet current)
    {
        if (current.Find(id) is not { } entry)
        {
            return OverrideChanges.NotFound(id);
        }
        if (id.StartsWith(OverridesFile.IdPrefix, StringComparison.Ordinal))
        {
            return OverrideChanges.OfTheFile(id);
        }
        if (string.IsNullOrEmpty(ifMatch))
        {
            return Problems.Of(ProblemKind.PreconditionRequired, $"Send If-Match with the ETag that GET /v1/overrides/{id} gives.");
        }
        var tag = TagOf(entry.Revision);
        var isMeant = context.Request.GetTypedHeaders().IfMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: true));
        return isMeant ? null : Problems.Of(
            ProblemKind.PreconditionFailed, $"Override {id} is at the version {tag} and not at {SafeText.Shown(ifMatch)}. Read it again, and decide again.");
    }
}
