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

/// <summary><c>GET /v1/cidr/{**prefix}</c>.</summary>
internal static class PrefixEndpoint
{
    // As wide as any prefix that a feed may list, and what one look-up may cost.
    const int MinIPv4Length = 8;
    const int MinIPv6Length = 19;
    const int DefaultSegments = 100;
    const int MaxSegments = 1_000;

    public static Results<Ok<PrefixResponse>, ProblemHttpResult> GetPrefix(
        [Description("Network and length, as 192.0.2.0/24.")] string? prefix,
        [Description("Most segments to list, 1 to 1000.")] int? limit,
        HttpContext context,
        JudgeProvider judges,
        LookupJournal journal)
    {
        var began = Stopwatch.GetTimestamp();
        var text = RawTarget.After("/v1/cidr/", context) ?? prefix ?? "";
        if (WrongWith(Prefix.Parse(Encoding.UTF8.GetBytes(text), out var parsed), parsed) is { } wrong)
        {
            return Problems.BadPrefix(text, wrong);
        }
        if (limit is < 1 or > MaxSegments)
        {
            return Problems.BadRequest($"limit is the most segments to list, 1 to {MaxSegments}, and not {limit}.");
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        var answer = Answer(parsed, RangeReport.Of(judge, AddressRange.Of(parsed), limit ?? DefaultSegments, context.RequestAborted), judge);
        Record(parsed, context, journal, began);
        return TypedResults.Ok(answer);
    }

    // A prefix of one address is a look-up of that address.
    static void Record(Prefix prefix, HttpContext context, LookupJournal journal, long began)
    {
        if (prefix.Length == (prefix.IsIPv4 ? 32 : 128))
        {
            journal.Answered(context, LookupDoor.Rest, prefix.First, began);
            return;
        }
        journal.Answered(context, LookupDoor.Rest, addresses: 1, began);
    }

    static string? WrongWith(PrefixFault fault, Prefix prefix) => fault switch
    {
        PrefixFault.BadAddress => "does not begin with an IPv4 or IPv6 address. Send a prefix like 192.0.2.0/24 or 2001:db8::/32.",
        PrefixFault.BadLength => "has a length that is not 0 to 32 (IPv4) or 0 to 128 (IPv6). Send a prefix like 192.0.2.0/24 or 2001:db8::/32.",
        PrefixFault.HostBitsSet => $"has address bits behind its length. The prefix of that length is {prefix}.",
        _ when prefix.Length < (prefix.IsIPv4 ? MinIPv4Length : MinIPv6Length) =>
            $"is too wide: /{MinIPv4Length} is the widest IPv4 prefix that is answered, and /{MinIPv6Length} the widest IPv6 prefix. Ask for its parts.",
        _ => null,
    };

    static PrefixResponse Answer(Prefix prefix, RangeReport report, Judge judge)
    {
        // A part of a /64 counts as one.
        ulong Count(UInt128 addresses) => (ulong)(prefix.IsIPv4 ? addresses : (addresses + ulong.MaxValue) >> 64);
        var total = Count(report.Addresses);
        var summary = new PrefixSummary(
            prefix.IsIPv4 ? total : null,
            prefix.IsIPv4 ? null : total,
            report.ByVerdict.ToDictionary(pair => pair.Key.Word(), pair => Count(pair.Value)),
            report.ByCategory.ToDictionary(pair => pair.Key.Word(), pair => Count(pair.Value)),
            report.MaxScore,
            report.SegmentCount);
        return new(
            prefix.ToString(), report.Scope?.Word(), summary, [.. report.Segments.Select(segment => Answer(segment, judge))],
            report.SegmentCount > report.Segments.Count, judge.Snapshot.Id, judge.PolicyVersion);
    }

    static SegmentResponse Answer(ScopedSegment segment, Judge judge)
    {
        var (verdict, asn, provider, categories, _) = ProfileFacts.Of(judge, segment.Profile, segment.Scope, segment.IsIPv6, judge.MatchOf(segment));
        var judged = segment.IsGlobal;
        bool? Is(Category category) => judged ? verdict.Is(category) : null;
        AddressRange.TryCreate(segment.First, segment.Last, out var range);
        return new(
            [.. range.ToPrefixes().Select(part => part.ToString())],
            segment.Scope.Word(),
            asn?.Asn.Number,
            asn is { Name.Length: > 0 } ? asn.Name : null,
            asn?.Role.WordIfKnown(),
            verdict.Kind.Word(),
            judged ? verdict.Level.Word() : null,
            judged ? verdict.Score : null,
            judged ? verdict.RawScore : null,
            judged ? verdict.Confidence : null,
            [.. categories.Select(category => category.Word())],
            provider,
            Is(Category.Hosting), Is(Category.Vpn), Is(Category.Proxy), Is(Category.ResidentialProxy), Is(Category.Tor),
            Is(Category.Relay), Is(Category.Bulletproof), Is(Category.Cdn), Is(Category.Crawler), Is(Category.Mobile));
    }
}
