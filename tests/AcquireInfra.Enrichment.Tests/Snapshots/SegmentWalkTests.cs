using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Lookup;

namespace AcquireInfra.Enrichment.Tests.Snapshots;

/// <summary>The walk against its slow twin, <see cref="Snapshot.Find(Address)"/>: at every edge, and one address beside it.</summary>
public sealed class SegmentWalkTests
{
    [Theory]
    [InlineData(1, false, 1_500), InlineData(2, false, 20_000), InlineData(3, false, 3)]
    [InlineData(4, true, 1_500), InlineData(5, true, 20_000), InlineData(6, true, 3)]
    public void SegmentsIn_WholeFamily_CoversItOnceAndAgreesWithFindAtEveryEdge(int seed, bool isIPv6, int prefixes)
    {
        var snapshot = Open(seed, isIPv6, prefixes, out _);
        var whole = isIPv6 ? AddressRange.IPv6 : AddressRange.IPv4;
        var segments = Walk(snapshot, whole);
        Assert.Equal(whole.First, segments[0].First);
        Assert.Equal(whole.Last, segments[^1].Last);
        AssertMaximal(snapshot, segments);
        var mapped = isIPv6 ? UInt128.One << 32 : 0;
        var addresses = segments.Aggregate(UInt128.Zero, (sum, segment) => sum + (segment.Last.Value - segment.First.Value + 1));
        Assert.Equal(isIPv6 ? UInt128.Zero - mapped : UInt128.One << 32, addresses);
        Assert.True(segments.Count >= prefixes, $"{segments.Count} segments of {prefixes} prefixes");
    }

    [Theory, InlineData(11, false), InlineData(12, false), InlineData(13, true), InlineData(14, true)]
    public void SegmentsIn_AnyRange_IsTheWholeWalkCutToIt(int seed, bool isIPv6)
    {
        var snapshot = Open(seed, isIPv6, 800, out var prefixes);
        var all = Walk(snapshot, isIPv6 ? AddressRange.IPv6 : AddressRange.IPv4);
        var random = new Random(seed);
        var cut = 0;
        for (var round = 0; round < 300; round++)
        {
            var (one, other) = (RandomPrefixes.Near(random, prefixes, isIPv6), RandomPrefixes.Near(random, prefixes, isIPv6));
            other = round % 5 == 0 ? one : other;
            Assert.True(AddressRange.TryCreate(one < other ? one : other, one < other ? other : one, out var range));
            var expected = all.Where(segment => segment.Last >= range.First && segment.First <= range.Last).Select(segment => new Segment(
                segment.First < range.First ? range.First : segment.First, segment.Last > range.Last ? range.Last : segment.Last, segment.Profile));
            var found = Walk(snapshot, range);
            Assert.Equal(expected, found);
            cut += found.Count;
        }
        Assert.True(cut > 3_000, $"only {cut} segments were walked");
    }

    // Prefixes on both sides of the mapped space and round it; the last row is all of IPv6 with one label.
    [Theory]
    [InlineData("::/64", 2)]
    [InlineData("::fffe:0:0/96", 3)]
    [InlineData("::1:0:0:0/96", 3)]
    [InlineData("::/0", 2)]
    public void SegmentsIn_IPv6RoundTheMappedSpace_LeavesItOut(string prefix, int expected)
    {
        var snapshot = TestSources.Open(TestSources.Prefixes("list", "vpn", prefix));
        var segments = Walk(snapshot, AddressRange.Of(Prefix.Parse("::/64")));
        Assert.Equal(expected, segments.Count);
        Assert.All(segments, segment => Assert.False(segment.First.IsIPv4 || segment.Last.IsIPv4));
        Assert.Contains(segments, segment => segment.Last == Address.Parse("::fffe:ffff:ffff"));
        Assert.Contains(segments, segment => segment.First == Address.Parse("::1:0:0:0"));
    }

    [Fact]
    public void SegmentsIn_EmptySnapshot_IsOneSegment()
    {
        var snapshot = TestSources.Open();
        Assert.Equal([new(Address.Parse("0.0.0.0"), Address.Parse("255.255.255.255"), 0)], Walk(snapshot, AddressRange.IPv4));
    }

    [Fact]
    public void SegmentsIn_Walk_AllocatesNothing()
    {
        var snapshot = Open(7, isIPv6: false, 500, out _);
        _ = Count(snapshot);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(Count(snapshot) > 500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    static int Count(Snapshot snapshot)
    {
        var count = 0;
        foreach (var _ in snapshot.SegmentsIn(AddressRange.IPv4))
        {
            count++;
        }
        return count;
    }

    // Edges agree with Find, neighbours touch (but for the mapped space) and differ; so do addresses inside, drawn at random.
    static void AssertMaximal(Snapshot snapshot, List<Segment> segments)
    {
        var random = new Random(1);
        var mapped = Address.FromIPv4(0).Value;
        for (var at = 0; at < segments.Count; at++)
        {
            var (first, last, profile) = segments[at];
            var inside = Address.FromUInt128(first.Value + (UInt128)(random.NextDouble() * (double)(last.Value - first.Value)) / 2);
            Assert.True(first <= last && snapshot.Find(first) == profile && snapshot.Find(last) == profile && snapshot.Find(inside) == profile, $"{segments[at]}");
            if (at + 1 < segments.Count && (last.IsIPv4 || last.Value + 1 != mapped))
            {
                Assert.True(last.Value + 1 == segments[at + 1].First.Value && profile != segments[at + 1].Profile, $"{segments[at]} and {segments[at + 1]}");
            }
        }
    }

    static Snapshot Open(int seed, bool isIPv6, int count, out List<Prefix> prefixes)
    {
        prefixes = RandomPrefixes.Distinct(new Random(seed), count, isIPv6);
        // Lists by turns, so that neighbours differ and nested prefixes pile up.
        var lists = prefixes.Select((prefix, at) => (prefix, at % 5)).GroupBy(pair => pair.Item2, pair => pair.prefix);
        return TestSources.Open([.. lists.Select(list => TestSources.Prefixes($"list{list.Key}", "vpn", string.Join('\n', list)))]);
    }

    static List<Segment> Walk(Snapshot snapshot, AddressRange range)
    {
        var segments = new List<Segment>();
        foreach (var segment in snapshot.SegmentsIn(range))
        {
            segments.Add(segment);
        }
        return segments;
    }
}
