using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Downloads;

namespace AcquireInfra.Enrichment.Feeds.Tests.Downloads;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)]          // NAT64 of a public address
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]               // carrier NAT, and one cloud's metadata
    [InlineData("100.100.100.200", false)]
    [InlineData("169.254.169.254", false)]          // metadata
    [InlineData("168.63.129.16", false)]            // Azure's, of a public number
    [InlineData("192.0.0.192", false)]              // Oracle's
    [InlineData("192.0.2.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("::127.0.0.1", false)]              // IPv4-compatible
    [InlineData("64:ff9b::7f00:1", false)]          // NAT64 of loopback
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("64:ff9b:1::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]            // 6to4
    [InlineData("2001:0:1:2:3:4:80ff:fffe", false)] // Teredo
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2001:db8::1", false)]
    public void Allows_Address_OnlyOfThePublicInternet(string address, bool allowed) =>
        Assert.Equal(allowed, AddressGuard.Allows(Address.Parse(address), []));

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("64:ff9b::a01:203", false)] // listed is what is written, not what it may stand for
    public void Allows_ListedPrefix_IsLetIn(string address, bool allowed) =>
        Assert.Equal(allowed, AddressGuard.Allows(Address.Parse(address), [Prefix.Parse("10.1.0.0/16")]));
}
