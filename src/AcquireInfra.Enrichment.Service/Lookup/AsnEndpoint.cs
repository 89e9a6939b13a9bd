using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary><c>GET /v1/asn/{asn}</c>.</summary>
internal static class AsnEndpoint
{
    public static async Task<Results<Ok<AsnResponse>, ProblemHttpResult>> GetAsnAsync(
        [Description("A number, as 64500 or AS64500.")] string asn, HttpContext context, JudgeProvider judges, AddressSpaces spaces, LookupJournal journal)
    {
        var began = Stopwatch.GetTimestamp();
        if (!Asn.TryParse(Encoding.UTF8.GetBytes(asn), out var parsed) || parsed.Number == 0)
        {
            return Problems.BadAsn(asn);
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        if (judge.Snapshot.AsnOf(parsed) is not { } known)
        {
            return Problems.NotFound($"Snapshot {judge.Snapshot.Id} has no {parsed}.");
        }
        var space = await spaces.OfAsync(judge.Snapshot, context.RequestAborted);
        var answer = Answer(known, AsnSpace.Of(judge, space, parsed), judge);
        journal.Answered(context, LookupDoor.Rest, addresses: 1, began);
        return TypedResults.Ok(answer);
    }

    static AsnResponse Answer(AsnInfo asn, AsnSpace space, Judge judge) => new(
        asn.Asn.Number,
        asn.Name.Length > 0 ? asn.Name : null,
        asn.Role.WordIfKnown(),
        asn.Basis == RoleBasis.None ? null : asn.Basis.Word(),
        asn.Provider.Length > 0 ? asn.Provider : null,
        space.IPv4.Total,
        space.IPv6.Total,
        [.. space.IPv4.Present.Union(space.IPv6.Present).Order().Select(category => new CategorySpace(
            category.Word(), Rounded(space.IPv4.ShareOf(category)), Rounded(space.IPv6.ShareOf(category))))],
        space.MaxScore,
        judge.Snapshot.Id,
        judge.PolicyVersion);

    static double? Rounded(double? share) => share is { } known ? Math.Round(known, 4) : null;
}
