using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>A segment, or the part of one, that lies in one scope: all its addresses get the same verdict.</summary>
public readonly record struct ScopedSegment(Address First, Address Last, AddressScope Scope, uint Profile)
{
    public bool IsGlobal => Scope == AddressScope.Global;

    public bool IsIPv6 => !First.IsIPv4;

    /// <summary>How many there are. All of IPv6 is not one segment, since IPv4 lies in it: the number fits.</summary>
    public UInt128 Addresses => Last.Value - First.Value + 1;
}

public static class ScopedSegments
{
    /// <summary>The segments of a range, cut where special-purpose space begins and ends.</summary>
    public static IEnumerable<ScopedSegment> ScopedSegmentsIn(this Snapshot snapshot, AddressRange range)
    {
        var run = ScopeRuns.At(range.First);
        foreach (var segment in snapshot.SegmentsIn(range))
        {
            for (var first = segment.First; ; first = Address.FromUInt128(run.Last.Value + 1))
            {
                run = first > run.Last ? ScopeRuns.At(first) : run;
                if (run.Last >= segment.Last)
                {
                    yield return new(first, segment.Last, run.Scope, segment.Profile);
                    break;
                }
                yield return new(first, run.Last, run.Scope, segment.Profile);
            }
        }
    }
}
