using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Verdicts;

public sealed class SnapshotDiffTests
{
    const string Table = """
        100.0.0.0,100.0.15.255,64500,Example
        198.51.100.0,198.51.100.255,64500,Example
        2600:0:1::,2600:0:2:ffff:ffff:ffff:ffff:ffff,64500,Example

        """;

    static Judge Of(string vpns, string proxies = "") => new(
        TestSources.Open(
            TestSources.AsnTable(Table), TestSources.Prefixes("vpns", "vpn", vpns), TestSources.Prefixes("proxies", "proxy", proxies + "192.0.2.0/24\n")),
        TestPolicy.Bundled, TestSources.Day);

    [Fact]
    public void Segments_OfTheSame_AreNone() =>
        Assert.Empty(SnapshotDiff.Segments(Of("100.0.0.0/24\n"), Of("100.0.0.0/24\n"), TestContext.Current.CancellationToken));

    [Fact]
    public void Segments_OfOneMore_AreMergedAcrossTheBordersOfOthers()
    {
        var segment = Assert.Single(SnapshotDiff.Segments(
            Of("", "100.0.0.0/25\n100.0.0.128/25\n"), Of("100.0.0.0/24\n", "100.0.0.0/25\n100.0.0.128/25\n"), TestContext.Current.CancellationToken));
        Assert.Equal((Address.Parse("100.0.0.0"), Address.Parse("100.0.0.255")), (segment.First, segment.Last));
        Assert.Equal([Category.Vpn], segment.Added.Members());
        Assert.True(segment.Removed.IsEmpty);
    }

    [Fact]
    public void Of_AddedRemovedAndOtherScore_AreCountedApart()
    {
        var diff = SnapshotDiff.Of(SnapshotDiff.Segments(
            Of("100.0.0.0/24\n100.0.4.0/24\n2600:0:1:7::/64\n"), Of("100.0.0.0/20\n2600:0:1:7::/64\n2600:0:1:8::/63\n"),
            TestContext.Current.CancellationToken));
        var vpn = Assert.Single(diff.Categories);
        Assert.Equal(Category.Vpn, vpn.Category);
        Assert.Equal((4096ul - 512, 0ul), ((ulong)vpn.Added.IPv4Addresses, (ulong)vpn.Removed.IPv4Addresses));
        Assert.Equal(2ul, (ulong)(vpn.Added.IPv6Addresses >> 64));
        Assert.Equal(512ul, (ulong)diff.Changed.IPv4Addresses); // listed as a wider prefix now: less specific
    }

    // The slow twin: every address of both networks by itself.
    [Fact]
    public void Segments_RandomLists_AgreeWithEveryAddressByItself()
    {
        var random = new Random(4);
        for (var round = 0; round < 20; round++)
        {
            var (before, after) = (Of(RandomList(random), RandomList(random)), Of(RandomList(random), RandomList(random)));
            var changed = SnapshotDiff.Segments(before, after, TestContext.Current.CancellationToken).ToList();
            for (var value = 0x63FFFF00u; value < 0x64001100u; value++)
            {
                var address = Address.FromIPv4(value);
                var (was, becomes) = (before.VerdictOf(address), after.VerdictOf(address));
                var within = changed.Where(segment => segment.First <= address && address <= segment.Last).ToList();
                if (was.Present == becomes.Present && was.Score == becomes.Score)
                {
                    Assert.Empty(within);
                    continue;
                }
                var segment = Assert.Single(within);
                Assert.Equal((was, becomes), (segment.Before, segment.After));
            }
            Assert.True(changed.Zip(changed.Skip(1)).All(pair => pair.First.Last < pair.Second.First), "they overlap");
        }
    }

    static string RandomList(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ =>
    {
        var length = random.Next(22, 33);
        var first = (0x64000000u | (uint)random.Next(0x1000)) >> (32 - length) << (32 - length);
        return $"{Address.FromIPv4(first)}/{length}\n";
    }).Distinct());
}
