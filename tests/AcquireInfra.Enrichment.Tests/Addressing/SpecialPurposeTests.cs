using AcquireInfra.Enrichment.Addressing;
using CsCheck;

namespace AcquireInfra.Enrichment.Tests.Addressing;

public sealed class SpecialPurposeTests
{
    [Theory]
    [InlineData("0.0.0.0", AddressScope.Unspecified)]
    [InlineData("0.0.0.1", AddressScope.ThisNetwork)]
    [InlineData("9.255.255.255", AddressScope.Global)]
    [InlineData("10.0.0.0", AddressScope.Private)]
    [InlineData("11.0.0.0", AddressScope.Global)]
    [InlineData("100.63.255.255", AddressScope.Global)]
    [InlineData("100.64.0.0", AddressScope.Shared)]
    [InlineData("100.128.0.0", AddressScope.Global)]
    [InlineData("127.0.0.1", AddressScope.Loopback)]
    [InlineData("169.254.169.254", AddressScope.LinkLocal)]
    [InlineData("172.15.255.255", AddressScope.Global)]
    [InlineData("172.31.255.255", AddressScope.Private)]
    [InlineData("192.0.0.7", AddressScope.Protocol)]
    [InlineData("192.0.0.9", AddressScope.Global)]       // inside a special /24, marked globally reachable
    [InlineData("192.0.0.11", AddressScope.Protocol)]
    [InlineData("192.0.2.1", AddressScope.Documentation)]
    [InlineData("192.31.196.1", AddressScope.Global)]
    [InlineData("192.88.99.1", AddressScope.Deprecated)]
    [InlineData("192.168.255.255", AddressScope.Private)]
    [InlineData("198.17.255.255", AddressScope.Global)]
    [InlineData("198.19.0.0", AddressScope.Benchmarking)]
    [InlineData("198.51.100.1", AddressScope.Documentation)]
    [InlineData("203.0.113.1", AddressScope.Documentation)]
    [InlineData("223.255.255.255", AddressScope.Global)]
    [InlineData("224.0.0.1", AddressScope.Multicast)]
    [InlineData("240.0.0.1", AddressScope.Reserved)]
    [InlineData("255.255.255.255", AddressScope.Broadcast)]
    [InlineData("::ffff:10.0.0.1", AddressScope.Private)]
    [InlineData("::", AddressScope.Unspecified)]
    [InlineData("::1", AddressScope.Loopback)]
    [InlineData("::2", AddressScope.Reserved)]
    [InlineData("64:ff9b::1", AddressScope.Global)]
    [InlineData("64:ff9b:1::1", AddressScope.Translation)]
    [InlineData("100::1", AddressScope.Discard)]
    [InlineData("100:0:0:1::1", AddressScope.Discard)]
    [InlineData("1:2:3:4:5:6:7:8", AddressScope.Reserved)]
    [InlineData("2001::1", AddressScope.Teredo)]
    [InlineData("2001:1::3", AddressScope.Global)]
    [InlineData("2001:1::4", AddressScope.Protocol)]
    [InlineData("2001:2::1", AddressScope.Benchmarking)]
    [InlineData("2001:10::1", AddressScope.Deprecated)]
    [InlineData("2001:20::1", AddressScope.Global)]
    [InlineData("2001:200::1", AddressScope.Global)]
    [InlineData("2001:db8::1", AddressScope.Documentation)]
    [InlineData("2002:102:304::1", AddressScope.SixToFour)]
    [InlineData("2003::1", AddressScope.Global)]
    [InlineData("2620:4f:8000::1", AddressScope.Global)]
    [InlineData("3fff:fff::1", AddressScope.Documentation)]
    [InlineData("3fff:1000::1", AddressScope.Global)]
    [InlineData("4000::1", AddressScope.Reserved)]
    [InlineData("5f00::1", AddressScope.SegmentRouting)]
    [InlineData("fd00::1", AddressScope.Private)]
    [InlineData("fe80::1", AddressScope.LinkLocal)]
    [InlineData("fec0::1", AddressScope.Reserved)]
    [InlineData("ff02::1", AddressScope.Multicast)]
    public void ScopeOf_Address_IsTheRegistrys(string text, AddressScope expected) =>
        Assert.Equal(expected, SpecialPurpose.ScopeOf(Address.Parse(text)));

    [Fact]
    public void ScopeOf_EdgesAndRandom_AgreesWithTheFirstEntryThatHoldsIt()
    {
        var edges = SpecialPurpose.Entries.SelectMany(entry => new[] { entry.Prefix.First, entry.Prefix.Last })
            .SelectMany(edge => new[] { edge, Address.FromUInt128(edge.Value - 1), Address.FromUInt128(edge.Value + 1) });
        var random = Gen.Select(Gen.ULong, Gen.ULong, Gen.Bool).Array[20_000].Single().Select(draw =>
            draw.Item3 ? Address.FromIPv4((uint)draw.Item1) : new Address(draw.Item1, draw.Item2));
        foreach (var address in edges.Concat(random))
        {
            Assert.Equal(SpecialPurpose.EntryOf(address)?.Scope ?? AddressScope.Global, SpecialPurpose.ScopeOf(address));
        }
    }

    [Theory]
    [InlineData("8.0.0.0/8", false)]
    [InlineData("8.0.0.0/6", true)]        // holds 10.0.0.0/8
    [InlineData("10.1.0.0/16", true)]
    [InlineData("192.0.0.9/32", false)]    // globally reachable inside a special /24
    [InlineData("192.0.0.8/31", true)]
    [InlineData("2002::/16", true)]        // passes the plain "is it global" test of some libraries
    [InlineData("2001::/16", true)]
    [InlineData("2001:20::/28", false)]
    [InlineData("64:ff9b::/96", false)]
    [InlineData("2a00::/12", false)]
    [InlineData("::/0", true)]
    [InlineData("192.0.0.10/31", true)] // 192.0.0.10 is global, 192.0.0.11 is not
    public void Overlaps_Prefix_Is(string prefix, bool expected) => Assert.Equal(expected, SpecialPurpose.Overlaps(Prefix.Parse(prefix)));

    [Theory]
    [InlineData("64:ff9b::192.0.2.33", "192.0.2.33", "nat64")]
    [InlineData("2002:c000:0221::1", "192.0.2.33", "6to4")]
    [InlineData("2001:0:53aa:64c:0:7efb:3fff:fdde", "192.0.2.33", "teredo")]
    public void EmbeddedIPv4_TransitionAddress_IsFound(string text, string embedded, string scheme) =>
        Assert.Equal(new EmbeddedIPv4(Address.Parse(embedded), scheme), EmbeddedIPv4.In(Address.Parse(text)));

    [Theory, InlineData("2001:db8::1"), InlineData("64:ff9b:1::192.0.2.33"), InlineData("::192.0.2.33")]
    public void EmbeddedIPv4_OtherAddress_HasNone(string text) => Assert.Null(EmbeddedIPv4.In(Address.Parse(text)));
}
