using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>Global addresses, and /64 networks of IPv6, where what is smaller adds up before it is cut to whole ones, upwards.</summary>
public readonly record struct AddressCount(ulong IPv4, ulong IPv6Slash64s)
{
    /// <summary>Whether it is more than an IPv4 /16 or an IPv6 /32 has.</summary>
    public bool IsWide => IPv4 > 1UL << 16 || IPv6Slash64s > 1UL << 32;
}

/// <summary>What an override would do.</summary>
/// <param name="Covered">Addresses that it is on.</param>
/// <param name="Changed">Addresses whose verdict would get another score, level or category.</param>
/// <param name="Examples">The first segments of these, with the verdicts before and after.</param>
public sealed record OverridePreview(AddressCount Covered, AddressCount Changed, IReadOnlyList<(ScopedSegment Segment, Verdict Before, Verdict After)> Examples)
{
    /// <summary>Compares the verdicts with and without it. Takes as long as there are segments in the target; an ASN and a provider may be anywhere.</summary>
    /// <param name="judge">Of what is in force.</param>
    /// <param name="entry">Takes the place of the one with its id, where there is one.</param>
    /// <param name="keep">Most examples.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static OverridePreview Of(Judge judge, Override entry, int keep, CancellationToken cancelled)
    {
        var replaced = judge.Overrides.Find(entry.Id);
        var after = judge.With(new(judge.Overrides.Revision + 1, judge.Overrides.Entries.Where(other => other != replaced).Append(entry)));
        var alone = judge.With(new(0, [entry]));
        var (covered, changed) = (new UInt128[2], new UInt128[2]);
        var examples = new List<(ScopedSegment, Verdict, Verdict)>();
        foreach (var segment in RangesOf([entry, .. replaced is null ? [] : (Override[])[replaced]])
            .SelectMany(range => judge.Overrides.Cut(after.SegmentsIn(range))).Where(segment => segment.IsGlobal))
        {
            cancelled.ThrowIfCancellationRequested();
            var family = segment.IsIPv6 ? 1 : 0;
            covered[family] += alone.MatchOf(segment) is null ? 0 : segment.Addresses;
            if (judge.MatchOf(segment) == after.MatchOf(segment))
            {
                continue; // neither is touched
            }
            var (before, then) = (judge.VerdictOf(segment.First, segment.Profile), after.VerdictOf(segment.First, segment.Profile));
            if (before != then)
            {
                changed[family] += segment.Addresses;
                if (examples.Count < keep)
                {
                    examples.Add((segment, before, then));
                }
            }
        }
        return new(CountOf(covered), CountOf(changed), examples);
    }

    /// <summary>How many addresses a target is on.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static AddressCount CountOf(Judge judge, OverrideTarget target, CancellationToken cancelled)
    {
        var alone = judge.With(new(0, [new("", target, OverrideEffect.Tag, CategorySet.Empty, "", "", "", DateTimeOffset.MaxValue, 0)]));
        var covered = new UInt128[2];
        foreach (var segment in RangesOf([alone.Overrides.Entries[0]]).SelectMany(alone.SegmentsIn))
        {
            cancelled.ThrowIfCancellationRequested();
            covered[segment.IsIPv6 ? 1 : 0] += alone.MatchOf(segment) is null ? 0 : segment.Addresses;
        }
        return CountOf(covered);
    }

    static AddressCount CountOf(UInt128[] byFamily) => new((ulong)byFamily[0], (ulong)((byFamily[1] + ulong.MaxValue) >> 64));

    // Disjoint: of two prefixes one holds the other, or they share nothing.
    static IEnumerable<AddressRange> RangesOf(Override[] entries)
    {
        if (entries.Any(entry => !entry.Target.IsSpace))
        {
            return [AddressRange.IPv4, AddressRange.IPv6];
        }
        var prefixes = entries.Select(entry => entry.Target.Prefix).Distinct().Order().ToList();
        return prefixes.Where((prefix, at) => at == 0 || !prefixes[0].Contains(prefix.First)).Select(AddressRange.Of);
    }
}
