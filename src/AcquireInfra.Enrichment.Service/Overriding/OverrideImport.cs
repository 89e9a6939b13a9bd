using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Overriding;

/// <summary><c>POST /v1/overrides:import</c>.</summary>
internal static class OverrideImport
{
    const int MaxBytes = 32 * 1024 * 1024;

    // GET /v1/overrides/audit is another thing.
    const string ReservedId = "audit";

    public static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> PostOverrideImport(
        HttpContext context, OverrideStore store, OverrideFloor floor, TimeProvider time)
    {
        context.AllowBody(MaxBytes);
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Problems.BodyTooLarge(MaxBytes)
                : Problems.BadRequest("The body ends early, or its chunks are malformed.");
        }
        var rows = Read(body.GetBuffer().AsSpan(0, (int)body.Length), context, floor, time.GetUtcNow(), out var faults);
        if (faults.Count > 0)
        {
            return OverrideChanges.Refuse([.. faults.Select(fault => ((int?)fault.Line, fault.Fault))]);
        }
        return OverrideChanges.Try<Ok<ImportResponse>>(() =>
        {
            var (created, replaced) = (0, 0);
            List<OverrideFault> wide = [];
            var set = store.Change(OverrideEndpoints.WhoOf(context), OverrideAction.Import, (current, revision) =>
            {
                var changes = ChangesTo(rows, current, revision);
                // As for one override: what takes an admin to make takes one to change.
                wide = [.. changes.Select(change => OverrideChanges.WideFaultOf(change.Before, floor, context)).OfType<OverrideFault>()];
                if (wide.Count > 0)
                {
                    return [];
                }
                (created, replaced) = (changes.Count(change => change.Before is null), changes.Count(change => change.Before is not null));
                return changes;
            });
            if (wide.Count > 0)
            {
                return OverrideChanges.Refuse(wide);
            }
            return TypedResults.Ok(new ImportResponse(set.Revision, created, replaced, rows.Count - created - replaced));
        });
    }

    // An override without an id gets its own when the revision is known.
    static List<Override> Read(ReadOnlySpan<byte> csv, HttpContext context, OverrideFloor floor, DateTimeOffset now, out List<OverrideRowFault> faults)
    {
        var (rows, ids) = (new List<Override>(), new HashSet<string>(StringComparer.Ordinal));
        faults = [];
        foreach (var (line, entry) in OverridesCsv.Read(csv, faults))
        {
            var rowFaults = new List<OverrideFault>();
            var read = OverrideChanges.Read(entry, entry.Id ?? OverrideChanges.NoId, floor, context, now, rowFaults);
            if (entry.Id is { } id && (id == ReservedId || id == OverrideChanges.NoId || id.StartsWith(OverridesFile.IdPrefix, StringComparison.Ordinal)))
            {
                rowFaults.Add(new("id", id, $"is no id for imports; leave it empty, and leave {OverridesFile.IdPrefix} to overrides.csv"));
            }
            else if (entry.Id is { } given && !ids.Add(given))
            {
                rowFaults.Add(new("id", given, "is there twice"));
            }
            if (rowFaults.Count == 0)
            {
                rows.Add(read! with { Id = entry.Id ?? "" });
            }
            faults.AddRange(rowFaults.Select(fault => new OverrideRowFault(line, fault)));
        }
        return rows;
    }

    static List<(Override? Before, Override? After)> ChangesTo(List<Override> rows, OverrideSet current, long revision)
    {
        var changes = new List<(Override? Before, Override? After)>();
        var taken = rows.Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var id = row.Id.Length > 0 ? row.Id : OverrideChanges.FreeId(revision, id => taken.Contains(id) || current.Find(id) is not null);
            taken.Add(id);
            var before = current.Find(id);
            if (before is null || row with { Revision = before.Revision } != before)
            {
                changes.Add((before, row with { Id = id, Revision = revision }));
            }
        }
        return changes;
    }
}
