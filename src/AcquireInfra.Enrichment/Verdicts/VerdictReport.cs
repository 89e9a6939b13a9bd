using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>A verdict with everything that led to it.</summary>
/// <param name="Network">The ASN table's network that holds the address, else that of the widest claim; null for none.</param>
/// <param name="Provider">Brand of the closest evidence, else of the ASN's operator; null where none is known.</param>
/// <param name="Categories">Categories the address is in, the telling ones first.</param>
/// <param name="Reason">The same in one sentence.</param>
/// <param name="Points">
/// Every category that something claims, the weightiest first; their points, and those of the override where there is one, add up to the score.
/// </param>
/// <param name="Unassessed">Categories that no fresh source covers: not absent, unknown.</param>
/// <param name="Embedded">The IPv4 address inside, judged on its own; null where there is none.</param>
/// <param name="Override">What overrides did to the verdict; null where none touches it.</param>
/// <param name="DataAge">From the oldest source that the answer rests on to the hour judged at; never negative.</param>
public sealed record VerdictReport(
    Address Address,
    AddressScope Scope,
    Prefix? Network,
    AsnInfo? Asn,
    Verdict Verdict,
    string? Provider,
    IReadOnlyList<Category> Categories,
    string Reason,
    IReadOnlyList<CategoryPoints> Points,
    IReadOnlyList<Category> Unassessed,
    IReadOnlyList<string> Warnings,
    EmbeddedReport? Embedded,
    AppliedOverride? Override,
    TimeSpan DataAge)
{
    /// <summary>The reason without what was not assessed: for lists, which say that once for all.</summary>
    public string ReasonOfVerdict => Reason.LastIndexOf(ReasonText.NotAssessed, StringComparison.Ordinal) is > 0 and var end && Unassessed.Count > 0 ? Reason[..end] : Reason;
}

public sealed record EmbeddedReport(string Scheme, VerdictReport Report);

/// <summary>What one category adds.</summary>
/// <param name="Points">Whole points of the score.</param>
/// <param name="Probability">0..1, all evidence together.</param>
/// <param name="WithoutIt">The score if this category had no evidence.</param>
public sealed record CategoryPoints(Category Category, int Points, double Probability, int WithoutIt, IReadOnlyList<Evidence> Evidence);

/// <summary>One source's claim.</summary>
/// <param name="Prefix">What the source lists; null where it lists the whole ASN.</param>
/// <param name="Reliability">0..1: of the source, with the record's own confidence.</param>
/// <param name="Strength">0..1: reliability × specificity × decay; 0 where it does not count, as an ASN list at a carrier.</param>
public sealed record Evidence(
    SourceInfo Source, Prefix? Prefix, Asn? Asn, string? Provider, DateTimeOffset? FirstSeenAt, DateTimeOffset LastSeenAt, double Reliability,
    double Strength);
