using System.Net;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using CsCheck;

namespace AcquireInfra.Enrichment.Tests.Addressing;

public sealed class PrefixTests
{
    [Theory]
    [InlineData("192.0.2.0/24", PrefixFault.None)]
    [InlineData("192.0.2.7", PrefixFault.None)]          // a bare address is its own prefix
    [InlineData("2001:db8::/32", PrefixFault.None)]
    [InlineData("0.0.0.0/0", PrefixFault.None)]
    [InlineData("::/0", PrefixFault.None)]
    [InlineData("::ffff:192.0.2.0/120", PrefixFault.None)]
    [InlineData("10/8", PrefixFault.BadAddress)]         // 0.0.0.0/8 to System.Net.IPNetwork
    [InlineData("010.0.0.0/8", PrefixFault.BadAddress)]  // 8.0.0.0/8 to System.Net.IPNetwork
    [InlineData("167772160/8", PrefixFault.BadAddress)]
    [InlineData("192.0.2.0/", PrefixFault.BadLength)]
    [InlineData("192.0.2.0/033", PrefixFault.BadLength)]
    [InlineData("192.0.2.0/33", PrefixFault.BadLength)]
    [InlineData("192.0.2.0/-1", PrefixFault.BadLength)]
    [InlineData("192.0.2.0/255.255.255.0", PrefixFault.BadLength)]
    [InlineData("2001:db8::/129", PrefixFault.BadLength)]
    [InlineData("192.0.2.1/24", PrefixFault.HostBitsSet)]
    [InlineData("2001:db8:8::100/48", PrefixFault.HostBitsSet)]
    [InlineData("", PrefixFault.BadAddress)]
    [InlineData("192.0.2.0 /24", PrefixFault.BadAddress)]
    public void Parse_Text_FaultIs(string text, PrefixFault expected) =>
        Assert.Equal(expected, Prefix.Parse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Parse_MappedPrefix_IsTheIPv4Prefix() => Assert.Equal(Prefix.Parse("192.0.2.0/24"), Prefix.Parse("::ffff:192.0.2.0/120"));

    [Fact]
    public void TryCreate_AnyLength_ClearsHostBitsAndHoldsItsEnds() => Gen.Select(Gen.ULong, Gen.ULong, Gen.Bool, Gen.Int[-1, 129]).Sample(
        (high, low, isIPv4, length) =>
        {
            var address = isIPv4 ? Address.FromIPv4((uint)low) : new Address(high | 1UL << 63, low);
            var created = Prefix.TryCreate(address, length, out var prefix);
            Assert.Equal(length >= 0 && length <= address.Bits, created);
            if (created)
            {
                Assert.True(prefix.Contains(address) && prefix.Contains(prefix.First) && prefix.Contains(prefix.Last));
                Assert.Equal(prefix, Prefix.Parse(prefix.ToString()));
                var twin = IPNetwork2.Parse($"{address}/{length}");
                Assert.Equal(twin.FirstUsable is null ? "" : twin.Network.ToString(), prefix.Network.ToString());
            }
        }, iter: 20_000);

    [Fact]
    public void ToPrefixes_AnyRange_CoversItExactlyInOrder() => Gen.Select(Gen.UInt, Gen.UInt, Gen.Bool).Sample((one, two, isIPv4) =>
    {
        Address At(uint value) => isIPv4 ? Address.FromIPv4(value) : new Address(0x2001_0DB8_0000_0000, value * 3UL);
        AddressRange.TryCreate(At(Math.Min(one, two)), At(Math.Max(one, two)), out var range);
        var next = range.First;
        foreach (var prefix in range.ToPrefixes())
        {
            Assert.Equal(next, prefix.First);
            Assert.True(prefix.Last <= range.Last);
            next = Address.FromUInt128(prefix.Last.Value + 1);
        }
        Assert.Equal(range.Last.Value + 1, next.Value);
    }, iter: 5_000);

    [Theory]
    [InlineData("0.0.0.0", "255.255.255.255", "0.0.0.0/0")]
    [InlineData("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0")]
    [InlineData("192.0.2.4", "192.0.2.9", "192.0.2.4/30 192.0.2.8/31")]
    [InlineData("192.0.2.255", "192.0.2.255", "192.0.2.255/32")]
    [InlineData("::fffe:ffff:ffff", "::1:0:0:1", "::fffe:ffff:ffff/128 ::1:0:0:0/127")] // across the IPv4-mapped space, which is IPv4
    public void ToPrefixes_KnownRange_IsMinimal(string first, string last, string expected)
    {
        Assert.True(AddressRange.TryCreate(Address.Parse(first), Address.Parse(last), out var range));
        Assert.Equal(expected, string.Join(' ', range.ToPrefixes()));
    }
}
