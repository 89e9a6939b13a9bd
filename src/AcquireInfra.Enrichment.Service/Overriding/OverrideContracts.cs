using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Overriding;

/// <summary>The overrides that are in force.</summary>
/// <param name="FileFaults">What is wrong with overrides.csv; while there is anything, what it said before is in force.</param>
/// <param name="ReadOnly">Why overrides cannot be changed; null where they can.</param>
internal sealed record OverridesResponse(long Revision, IReadOnlyList<OverrideEntry> Overrides, IReadOnlyList<RowFaultResponse> FileFaults, string? ReadOnly);

/// <summary>What is wrong with one field of a row.</summary>
/// <param name="Line">From 1; null where there are no lines.</param>
/// <param name="Given">What it was, as far as it can be shown.</param>
/// <param name="Expected">What is wrong with it and what to send instead.</param>
internal sealed record RowFaultResponse(int? Line, string Field, string Given, string Expected)
{
    public static RowFaultResponse From(OverrideRowFault fault) => From(fault.Line, fault.Fault);

    public static RowFaultResponse From(int? line, OverrideFault fault) => new(line, fault.Field, Exports.SafeText.Shown(fault.Given), fault.Expected);
}

/// <summary>What an override would do.</summary>
/// <param name="Covered">Addresses that it is on.</param>
/// <param name="Changed">Addresses whose verdict would get another score, level or category.</param>
/// <param name="Examples">The first ranges of these.</param>
/// <param name="NeedsAdmin">Whether it takes an admin to make it.</param>
internal sealed record PreviewResponse(AddressCountResponse Covered, AddressCountResponse Changed, IReadOnlyList<PreviewExample> Examples, bool NeedsAdmin, long OverridesRevision)
{
    public static PreviewResponse From(OverridePreview preview, bool needsAdmin, Judge judge) => new(
        AddressCountResponse.From(preview.Covered), AddressCountResponse.From(preview.Changed), [.. preview.Examples.Select(PreviewExample.From)], needsAdmin,
        judge.Overrides.Revision);
}

/// <param name="Ipv6Slash64s">/64 networks of IPv6; a part of one counts as one.</param>
internal sealed record AddressCountResponse(ulong Ipv4Addresses, ulong Ipv6Slash64s)
{
    public static AddressCountResponse From(AddressCount count) => new(count.IPv4, count.IPv6Slash64s);
}

/// <summary>Addresses from first to last, which have one verdict now and would have another.</summary>
internal sealed record PreviewExample(string First, string Last, PreviewVerdict Before, PreviewVerdict After)
{
    public static PreviewExample From((ScopedSegment Segment, Verdict Before, Verdict After) example) => new(
        example.Segment.First.ToString(), example.Segment.Last.ToString(), PreviewVerdict.From(example.Before), PreviewVerdict.From(example.After));
}

internal sealed record PreviewVerdict(string Verdict, string Level, int Score, IReadOnlyList<string> Categories)
{
    public static PreviewVerdict From(Verdict verdict) => new(
        verdict.Kind.Word(), verdict.Level.Word(), verdict.Score, [.. verdict.Present.Members().Select(category => category.Word())]);
}

/// <summary>What an import did, as one revision.</summary>
internal sealed record ImportResponse(long Revision, int Created, int Replaced, int Unchanged);

/// <summary>Revisions of the overrides, the newest first.</summary>
/// <param name="Next">Ask with <c>before</c> of this for older ones; null where there are none.</param>
internal sealed record AuditResponse(IReadOnlyList<OverrideRecord> Records, long? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OverridesResponse))]
[JsonSerializable(typeof(PreviewResponse))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(AuditResponse))]
[JsonSerializable(typeof(IReadOnlyList<RowFaultResponse>))]
internal sealed partial class OverrideAnswersJson : JsonSerializerContext;
