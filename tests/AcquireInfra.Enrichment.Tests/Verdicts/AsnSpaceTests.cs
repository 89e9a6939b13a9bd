using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Verdicts;

public sealed class AsnSpaceTests
{
    // Global space, because documentation space is not counted: AS64500 has 512 IPv4 addresses, of which the second /25 lists VPN exits,
    // and two /48, of which a /64 and two halves of one list them; AS64501 has special-purpose space only.
    static readonly Snapshot Sample = TestSources.Open(
        TestSources.AsnTable("""
            100.0.0.0,100.0.1.255,64500,Example
            198.51.100.0,198.51.100.255,64500,Example
            2600:0:1::,2600:0:2:ffff:ffff:ffff:ffff:ffff,64500,Example
            203.0.113.0,203.0.113.255,64501,Nowhere

            """),
        TestSources.Roles("64500,hosting,Brand,certain,\n"),
        TestSources.Prefixes("vpns", "vpn", "100.0.0.128/25\n2600:0:1:7::/64\n2600:0:1:8::/65\n2600:0:1:9:8000::/65\n"));

    readonly Judge _judge = new(Sample, TestPolicy.Bundled, TestSources.Day);

    [Fact]
    public void Of_AsnOfBothFamilies_CountsAddressesAndSlash64s()
    {
        var space = AsnSpace.Of(_judge, new AddressSpace(Sample), new Asn(64500));
        Assert.Equal((512ul, 131_072ul), (space.IPv4.Total, space.IPv6.Total));
        Assert.Equal([Category.Hosting, Category.Vpn], space.IPv4.Present);
        Assert.Equal((1.0, 0.25), (space.IPv4.ShareOf(Category.Hosting), space.IPv4.ShareOf(Category.Vpn)));
        Assert.Equal((131_072ul, 2ul), (space.IPv6.ByCategory[(int)Category.Hosting], space.IPv6.ByCategory[(int)Category.Vpn])); // two halves add up
        Assert.Equal(_judge.VerdictOf(Address.Parse("2600:0:1:7::1")).Score, space.MaxScore);
    }

    [Theory, InlineData(64501u), InlineData(64502u)]
    public void Of_AsnWithoutGlobalSpace_HasNone(uint asn)
    {
        var space = AsnSpace.Of(_judge, new AddressSpace(Sample), new Asn(asn));
        Assert.Equal((0ul, 0ul, null, null), (space.IPv4.Total, space.IPv6.Total, space.MaxScore, space.IPv4.ShareOf(Category.Hosting)));
    }

    [Fact]
    public void RangeReport_PrefixInBothScopes_AddsUpToAllItsAddresses()
    {
        AddressRange.TryCreate(Address.Parse("198.51.99.0"), Address.Parse("198.51.101.255"), out var range);
        var report = RangeReport.Of(_judge, range, keep: 2, TestContext.Current.CancellationToken);
        Assert.Equal((null, 768ul, 3, 2), (report.Scope, (ulong)report.Addresses, report.SegmentCount, report.Segments.Count));
        Assert.Equal((256ul, 512ul), ((ulong)report.ByVerdict[VerdictKind.Special], (ulong)report.ByVerdict[VerdictKind.Unlisted]));
        Assert.Empty(report.ByCategory); // hosting by its role, and special: not judged
        Assert.Equal((AddressScope.Documentation, Address.Parse("198.51.100.0")), (report.Segments[1].Scope, report.Segments[1].First));
    }

    [Fact]
    public void RangeReport_NobodyWaits_EndsEarly() => Assert.Throws<OperationCanceledException>(
        () => RangeReport.Of(_judge, AddressRange.Of(Prefix.Parse("100.0.0.0/20")), keep: 1, new CancellationToken(canceled: true)));

    // The slow twin: every address of a /20 by itself.
    [Theory, InlineData("100.0.0.0/20"), InlineData("198.51.96.0/20"), InlineData("100.0.0.192/26"), InlineData("100.0.0.129/32")]
    public void RangeReport_AnyPrefix_AgreesWithEveryAddressByItself(string text)
    {
        var prefix = Prefix.Parse(text);
        var report = RangeReport.Of(_judge, AddressRange.Of(prefix), keep: 100, TestContext.Current.CancellationToken);
        var verdicts = Enumerable.Range(0, (int)report.Addresses).Select(at => _judge.VerdictOf(Address.FromIPv4(prefix.First.IPv4 + (uint)at))).ToList();
        Assert.Equal(prefix.Last.IPv4 - prefix.First.IPv4 + 1u, (uint)verdicts.Count);
        Assert.Equal(verdicts.GroupBy(verdict => verdict.Kind).OrderBy(group => group.Key).Select(group => (group.Key, group.Count())), report.ByVerdict.Select(pair => (pair.Key, (int)pair.Value)));
        var present = verdicts.SelectMany(verdict => verdict.Present.Members()).GroupBy(category => category).OrderBy(group => group.Key);
        Assert.Equal(present.Select(group => (group.Key, group.Count())), report.ByCategory.Select(pair => (pair.Key, (int)pair.Value)));
        Assert.Equal(verdicts.Where(verdict => !verdict.IsSpecial).Max(verdict => (int?)verdict.Score), report.MaxScore);
    }
}
