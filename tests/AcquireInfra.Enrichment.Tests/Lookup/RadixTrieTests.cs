using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;

namespace AcquireInfra.Enrichment.Tests.Lookup;

public sealed class RadixTrieTests
{
    // table: 0.0.0.0/0 -> 1, 192.0.2.0/24 -> 2, 192.0.2.128/25 -> 3, 192.0.2.128/32 -> 4, 198.51.100.0/22 -> 5
    static readonly string[] Nested = ["0.0.0.0/0", "192.0.2.0/24", "192.0.2.128/25", "192.0.2.128/32", "198.51.100.0/22"];

    public static TheoryData<string, uint> NestedCases => new()
    {
        { "0.0.0.0", 1 },           // first address there is
        { "255.255.255.255", 1 },   // last address there is
        { "192.0.1.255", 1 },       // last before the /24
        { "192.0.2.0", 2 },         // first of the /24
        { "192.0.2.127", 2 },       // last address below the longer prefix
        { "192.0.2.128", 4 },       // one address inside the longer prefix
        { "192.0.2.129", 3 },       // the longer prefix goes on after it
        { "192.0.2.255", 3 },       // last of both
        { "192.0.3.0", 1 },         // first after
        { "198.51.103.255", 5 },    // last of a prefix wider than a /24
        { "198.51.104.0", 1 },
    };

    [Theory, MemberData(nameof(NestedCases))]
    public void FindIPv4_NestedPrefixes_LongestWins(string address, uint expected)
    {
        using var trie = Build([.. Nested.Select(Prefix.Parse)], isIPv6: false);
        Assert.Equal(expected, trie.Trie.FindIPv4(Address.Parse(address).IPv4));
    }

    [Theory]
    [InlineData("2001:db8::/32", "2001:db8::", 1u)]
    [InlineData("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 1u)]
    [InlineData("2001:db8::/32", "2001:db9::", 0u)]
    [InlineData("2001:db8::1/128", "2001:db8::1", 1u)]          // seven levels down
    [InlineData("2001:db8::1/128", "2001:db8::", 0u)]
    [InlineData("2001:db8::1/128", "2001:db8::2", 0u)]
    [InlineData("2001:db8::fffe/127", "2001:db8::ffff", 1u)]    // slot 0xFFFF, where padding must not count
    [InlineData("2001:db8:ffff::/48", "2001:db8:ffff::1", 1u)]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1u)]
    public void FindIPv6_OnePrefix_CoversItsAddressesOnly(string prefix, string address, uint expected)
    {
        using var trie = Build([Prefix.Parse(prefix)], isIPv6: true);
        Assert.Equal(expected, trie.Trie.FindIPv6(Address.Parse(address)));
    }

    // A node of 65 changes is dense, one of 64 sparse; both lie below a block and below each other.
    [Theory, InlineData(1), InlineData(2), InlineData(6), InlineData(13), InlineData(63), InlineData(64), InlineData(65), InlineData(300)]
    public void FindIPv6_ManyChangesInOneNode_SparseAndDenseAgree(int prefixes)
    {
        var table = Enumerable.Range(0, prefixes).Select(at => Prefix.Parse($"2001:db8:{at * 200 + 1:x}::/48")).ToList();
        using var trie = Build(table, isIPv6: true);
        for (var slot = 0; slot < 65_536; slot += 7)
        {
            var address = Address.Parse($"2001:db8:{slot:x}::1");
            Assert.Equal(LinearScan(table, address), trie.Trie.FindIPv6(address));
        }
    }

    [Theory]
    [InlineData(1, false), InlineData(2, false), InlineData(3, false), InlineData(4, false)]
    [InlineData(5, true), InlineData(6, true), InlineData(7, true), InlineData(8, true)]
    public void Find_RandomPrefixes_AgreesWithLinearScan(int seed, bool isIPv6)
    {
        var random = new Random(seed);
        var prefixes = RandomPrefixes.Distinct(random, count: 1_500, isIPv6);
        using var trie = Build(prefixes, isIPv6);
        var seen = new HashSet<uint>();
        for (var probe = 0; probe < 5_000; probe++)
        {
            var address = RandomPrefixes.Near(random, prefixes, isIPv6);
            var expected = LinearScan(prefixes, address);
            var found = isIPv6 ? trie.Trie.FindIPv6(address) : trie.Trie.FindIPv4(address.IPv4);
            Assert.True(expected == found, $"seed {seed}, {address}: expected {expected}, found {found}");
            seen.Add(expected);
        }
        Assert.True(seen.Count > 300, $"only {seen.Count} labels probed: the test would pass on a constant");
    }

    // The larger oracle: a binary search over the swept segments, itself held to the linear scan above.
    [Theory, InlineData(11, false, 50_000, 300_000), InlineData(12, true, 50_000, 300_000)]
    public void Find_ManyRandomPrefixes_AgreesWithSortedTwin(int seed, bool isIPv6, int prefixCount, int probes) =>
        AgreeWithSortedTwin(seed, isIPv6, prefixCount, probes);

    [Theory, Trait("Length", "long"), InlineData(21, false), InlineData(22, true)]
    public void Find_AMillionPrefixesTenMillionProbes_AgreesWithSortedTwin(int seed, bool isIPv6) =>
        AgreeWithSortedTwin(seed, isIPv6, prefixCount: 1_000_000, probes: 10_000_000);

    static void AgreeWithSortedTwin(int seed, bool isIPv6, int prefixCount, int probes)
    {
        var random = new Random(seed);
        var prefixes = RandomPrefixes.Distinct(random, prefixCount, isIPv6);
        var (starts, labels) = Segments(prefixes, isIPv6);
        using var trie = new PinnedTrie(isIPv6 ? TrieBuilder.BuildIPv6(starts, labels) : TrieBuilder.BuildIPv4(starts, labels));
        var differences = 0;
        for (var probe = 0; probe < probes; probe++)
        {
            var address = RandomPrefixes.Near(random, prefixes, isIPv6);
            var at = Array.BinarySearch(starts, SegmentSweep.NumberOf(address));
            var expected = labels[at < 0 ? ~at - 1 : at];
            differences += expected == (isIPv6 ? trie.Trie.FindIPv6(address) : trie.Trie.FindIPv4(address.IPv4)) ? 0 : 1;
        }
        Assert.Equal(0, differences);
    }

    [Theory, InlineData(1, false), InlineData(31, false), InlineData(32, false), InlineData(1_000, false), InlineData(33, true), InlineData(1_000, true)]
    public void FindBatch_AnyLength_AgreesWithSingle(int length, bool isIPv6)
    {
        var random = new Random(length);
        var prefixes = RandomPrefixes.Distinct(random, count: 2_000, isIPv6);
        using var trie = Build(prefixes, isIPv6);
        var addresses = Enumerable.Range(0, length).Select(_ => RandomPrefixes.Near(random, prefixes, isIPv6)).ToArray();
        var labels = new uint[length + 1];
        labels[length] = 77; // a batch that wrote past its end would show
        if (isIPv6)
        {
            trie.Trie.FindIPv6(addresses, labels.AsSpan(0, length));
        }
        else
        {
            trie.Trie.FindIPv4([.. addresses.Select(address => address.IPv4)], labels.AsSpan(0, length));
        }
        Assert.Equal(addresses.Select(address => LinearScan(prefixes, address)), labels.Take(length));
        Assert.Equal(77u, labels[length]);
    }

    [Fact]
    public void FindBatch_TooFewLabels_Refused()
    {
        using var trie = Build([Prefix.Parse("192.0.2.0/24")], isIPv6: false);
        Assert.Throws<ArgumentOutOfRangeException>(() => trie.Trie.FindIPv4([1, 2], new uint[1]));
    }

    [Fact]
    public void Find_SingleAndBatch_AllocateNothing()
    {
        var random = new Random(5);
        var prefixes = RandomPrefixes.Distinct(random, 500, isIPv6: false);
        using var trie = Build(prefixes, isIPv6: false);
        uint[] addresses = [.. prefixes.Select(prefix => prefix.Network.IPv4)];
        var labels = new uint[addresses.Length];
        trie.Trie.FindIPv4(addresses, labels);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0UL;
        trie.Trie.FindIPv4(addresses, labels);
        foreach (var address in addresses)
        {
            sum += trie.Trie.FindIPv4(address);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(sum, labels.Aggregate(0UL, (total, label) => total + label));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Build_EqualSegments_GiveEqualArrays(bool isIPv6)
    {
        var prefixes = RandomPrefixes.Distinct(new Random(9), 3_000, isIPv6);
        var (one, two) = (Arrays(prefixes, isIPv6), Arrays([.. prefixes], isIPv6));
        Assert.True(one.Bits.SequenceEqual(two.Bits) && one.Ranks.SequenceEqual(two.Ranks) && one.Bases.SequenceEqual(two.Bases)
            && one.Entries.SequenceEqual(two.Entries) && one.Sparse.SequenceEqual(two.Sparse));
    }

    static PinnedTrie Build(List<Prefix> prefixes, bool isIPv6) => new(Arrays(prefixes, isIPv6));

    static TrieArrays Arrays(List<Prefix> prefixes, bool isIPv6)
    {
        var (starts, labels) = Segments(prefixes, isIPv6);
        return isIPv6 ? TrieBuilder.BuildIPv6(starts, labels) : TrieBuilder.BuildIPv4(starts, labels);
    }

    // Label n is the n-th prefix of the list, from 1.
    static (UInt128[] Starts, uint[] Labels) Segments(List<Prefix> prefixes, bool isIPv6)
    {
        var sweep = new SegmentSweep(isIPv6 ? 128 : 32, (_, item) => item.Payload);
        var (starts, contexts) = sweep.Run(
            [.. prefixes.Select(prefix => SegmentSweep.NumberOf(prefix.Network))],
            [.. prefixes.Select((prefix, at) => new SweepItem((byte)prefix.Length, false, at + 1))]);
        return (starts, [.. contexts.Select(context => (uint)context)]);
    }

    // Slow, and right at a glance.
    static uint LinearScan(List<Prefix> prefixes, Address address)
    {
        var (best, length) = (0, -1);
        for (var at = 0; at < prefixes.Count; at++)
        {
            if (prefixes[at].Contains(address) && prefixes[at].Length > length)
            {
                (best, length) = (at + 1, prefixes[at].Length);
            }
        }
        return (uint)best;
    }
}
