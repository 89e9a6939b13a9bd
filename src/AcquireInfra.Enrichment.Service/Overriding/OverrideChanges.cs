using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Overriding;

/// <summary>Reads what is sent as overrides, and answers for what cannot be.</summary>
internal static class OverrideChanges
{
    const int MaxFaultsTold = 100;
    const string CreatedPrefix = "ov-";

    /// <summary>Stands for the id of an override that has none yet.</summary>
    public const string NoId = "-";

    /// <summary>An id for an override that comes with a revision, and that no other has: an import may have brought any.</summary>
    public static string FreeId(long revision, Func<string, bool> isTaken)
    {
        var id = $"{CreatedPrefix}{revision}";
        for (var number = 2; isTaken(id); number++)
        {
            id = $"{CreatedPrefix}{revision}-{number}";
        }
        return id;
    }

    /// <summary>Reads one that is to be in force from now on.</summary>
    /// <param name="faults">Told every fault; null is returned where there is one.</param>
    public static Override? Read(OverrideEntry entry, string id, OverrideFloor? floor, HttpContext context, DateTimeOffset now, ICollection<OverrideFault> faults)
    {
        if (OverrideRules.Read(entry, id, revision: 0, faults) is not { } read)
        {
            return null;
        }
        if (OverrideRules.ExpiryFault(read.ExpiresAt, now) is { } fault)
        {
            faults.Add(fault);
            return null;
        }
        if (floor is not null && WideFaultOf(read, floor, context) is { } wide)
        {
            faults.Add(wide);
            return null;
        }
        return read;
    }

    /// <returns>Null where the caller may change it, or there is nothing to change.</returns>
    public static OverrideFault? WideFaultOf(Override? entry, OverrideFloor floor, HttpContext context) =>
        entry is not null && floor.WrongWith(entry.Target, context) is { } wide ? new("target", entry.Target.ToString(), wide) { IsOfRole = true } : null;

    public static ProblemHttpResult Refuse(IReadOnlyList<OverrideFault> faults) => Refuse([.. faults.Select(fault => (Line: (int?)null, fault))]);

    public static ProblemHttpResult Refuse(IReadOnlyList<(int? Line, OverrideFault Fault)> faults)
    {
        var told = faults.Take(MaxFaultsTold).Select(fault => RowFaultResponse.From(fault.Line, fault.Fault)).ToList();
        var first = faults[0].Line is { } line ? $"Line {line}, {faults[0].Fault}" : faults[0].Fault.ToString();
        var isForbidden = faults.All(fault => fault.Fault.IsOfRole);
        return Problems.Of(
            isForbidden ? ProblemKind.Forbidden : ProblemKind.BadOverride,
            faults.Count == 1 ? first : $"{first} There are {faults.Count} faults, and nothing is changed.",
            new() { ["faults"] = (IReadOnlyList<RowFaultResponse>)told });
    }

    public static ProblemHttpResult NotFound(string id) =>
        Problems.NotFound($"'{SafeText.Shown(id)}' is no override that is in force. GET /v1/overrides lists all.");

    public static ProblemHttpResult OfTheFile(string id) => Problems.Of(
        ProblemKind.Conflict, $"'{SafeText.Shown(id)}' is a row of overrides.csv in the state folder. Change it there.");

    /// <summary>Changes overrides, or says why not.</summary>
    public static Results<TAnswer, ProblemHttpResult> Try<TAnswer>(Func<Results<TAnswer, ProblemHttpResult>> change)
        where TAnswer : IResult
    {
        try
        {
            return change();
        }
        catch (OverridesFullException exception)
        {
            return Problems.Of(ProblemKind.Conflict, $"{exception.Message} Delete some first.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Problems.Of(ProblemKind.OverridesReadOnly, "The change cannot be kept, and is not in force; the log and /health/ready say why. Those that are in force stay so.");
        }
    }
}
