using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What a judge says of the addresses of a range, in numbers of addresses.</summary>
/// <param name="Scope">Null where it has more than one.</param>
/// <param name="ByVerdict">They add up to all addresses of the range; only kinds that occur.</param>
/// <param name="ByCategory">An address may be in several; only categories that occur.</param>
/// <param name="MaxScore">Null where no address is global.</param>
/// <param name="SegmentCount">Of the whole range.</param>
/// <param name="Segments">The first of them.</param>
public sealed record RangeReport(
    AddressScope? Scope,
    UInt128 Addresses,
    IReadOnlyDictionary<VerdictKind, UInt128> ByVerdict,
    IReadOnlyDictionary<Category, UInt128> ByCategory,
    int? MaxScore,
    int SegmentCount,
    IReadOnlyList<ScopedSegment> Segments)
{
    /// <param name="keep">Most segments to list.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static RangeReport Of(Judge judge, AddressRange range, int keep, CancellationToken cancelled)
    {
        var (kinds, categories) = (new SortedDictionary<VerdictKind, UInt128>(), new SortedDictionary<Category, UInt128>());
        var (scopes, kept) = (new HashSet<AddressScope>(), new List<ScopedSegment>());
        var (count, total, highest) = (0, UInt128.Zero, (int?)null);
        foreach (var segment in judge.SegmentsIn(range))
        {
            cancelled.ThrowIfCancellationRequested();
            count++;
            total += segment.Addresses;
            scopes.Add(segment.Scope);
            var verdict = segment.IsGlobal ? judge.VerdictOf(segment.First, segment.Profile) : Verdict.Special;
            kinds[verdict.Kind] = kinds.GetValueOrDefault(verdict.Kind) + segment.Addresses;
            highest = segment.IsGlobal ? Math.Max(highest ?? 0, verdict.Score) : highest;
            foreach (var category in verdict.Present.Members())
            {
                categories[category] = categories.GetValueOrDefault(category) + segment.Addresses;
            }
            if (kept.Count < keep)
            {
                kept.Add(segment);
            }
        }
        return new(scopes.Count == 1 ? scopes.Single() : null, total, kinds, categories, highest, count, kept);
    }
}
