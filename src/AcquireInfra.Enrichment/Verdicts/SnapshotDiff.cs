using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>Addresses of which one judge says something else than another, all of them the same.</summary>
public readonly record struct ChangedSegment(Address First, Address Last, Verdict Before, Verdict After)
{
    public UInt128 Addresses => Last.Value - First.Value + 1;

    public CategorySet Added => After.Present & ~Before.Present;

    public CategorySet Removed => Before.Present & ~After.Present;
}

/// <summary>How much space.</summary>
/// <param name="IPv6Addresses">A /64 has 2^64 of them.</param>
public readonly record struct SpaceCount(int Segments, UInt128 IPv4Addresses, UInt128 IPv6Addresses)
{
    public SpaceCount With(ChangedSegment segment) => new(
        Segments + 1,
        IPv4Addresses + (segment.First.IsIPv4 ? segment.Addresses : 0),
        IPv6Addresses + (segment.First.IsIPv4 ? 0 : segment.Addresses));
}

/// <summary>What one snapshot says and another does not.</summary>
/// <param name="Changed">Space that is in the same categories, and has another score.</param>
public sealed record SnapshotDiff(IReadOnlyList<CategoryDiff> Categories, SpaceCount Added, SpaceCount Removed, SpaceCount Changed)
{
    public static SnapshotDiff Of(IEnumerable<ChangedSegment> segments)
    {
        var (byAdded, byRemoved) = (new SpaceCount[Verdicts.Categories.Count], new SpaceCount[Verdicts.Categories.Count]);
        var (added, removed, changed) = (default(SpaceCount), default(SpaceCount), default(SpaceCount));
        foreach (var segment in segments)
        {
            foreach (var category in segment.Added.Members())
            {
                byAdded[(int)category] = byAdded[(int)category].With(segment);
            }
            foreach (var category in segment.Removed.Members())
            {
                byRemoved[(int)category] = byRemoved[(int)category].With(segment);
            }
            added = segment.Added.IsEmpty ? added : added.With(segment);
            removed = segment.Removed.IsEmpty ? removed : removed.With(segment);
            changed = segment.Added.IsEmpty && segment.Removed.IsEmpty ? changed.With(segment) : changed;
        }
        var categories = Enumerable.Range(0, byAdded.Length)
            .Where(category => byAdded[category].Segments + byRemoved[category].Segments > 0)
            .Select(category => new CategoryDiff((Category)category, byAdded[category], byRemoved[category]));
        return new([.. categories], added, removed, changed);
    }

    /// <summary>Walks through both at once, IPv4 and then IPv6.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static IEnumerable<ChangedSegment> Segments(Judge before, Judge after, CancellationToken cancelled = default)
    {
        foreach (var family in (AddressRange[])[AddressRange.IPv4, AddressRange.IPv6])
        {
            ChangedSegment? pending = null;
            foreach (var next in Walk(before, after, family, cancelled))
            {
                if (pending is { } one && one.Last.Value + 1 == next.First.Value && (one.Before, one.After) == (next.Before, next.After))
                {
                    pending = one with { Last = next.Last };
                    continue;
                }
                if (pending is { } whole)
                {
                    yield return whole;
                }
                pending = next;
            }
            if (pending is { } last)
            {
                yield return last;
            }
        }
    }

    static IEnumerable<ChangedSegment> Walk(Judge before, Judge after, AddressRange family, CancellationToken cancelled)
    {
        using var olds = before.Snapshot.ScopedSegmentsIn(family).GetEnumerator();
        using var news = after.Snapshot.ScopedSegmentsIn(family).GetEnumerator();
        var isOver = !olds.MoveNext() | !news.MoveNext();
        while (!isOver)
        {
            cancelled.ThrowIfCancellationRequested();
            var (one, other) = (olds.Current, news.Current);
            var first = one.First > other.First ? one.First : other.First;
            var last = one.Last < other.Last ? one.Last : other.Last;
            if (one.IsGlobal)
            {
                var (was, becomes) = (before.VerdictOf(one.Profile, one.IsIPv6), after.VerdictOf(other.Profile, other.IsIPv6));
                if (was.Present != becomes.Present || was.Score != becomes.Score)
                {
                    yield return new(first, last, was, becomes);
                }
            }
            isOver = (one.Last == last && !olds.MoveNext()) | (other.Last == last && !news.MoveNext());
        }
    }
}

/// <param name="Added">Space that was not in the category and is.</param>
/// <param name="Removed">Space that was in it and is not.</param>
public sealed record CategoryDiff(Category Category, SpaceCount Added, SpaceCount Removed);
