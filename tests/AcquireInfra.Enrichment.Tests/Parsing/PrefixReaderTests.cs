using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>The address part of a record, through the text parser: a row is one line.</summary>
public sealed class PrefixReaderTests
{
    static readonly FeedFormat Text = new() { Syntax = FeedSyntax.Text, AllowSpecialPurpose = true };
    static readonly FeedFormat Endpoints = Text with { Endpoints = true };
    static readonly FeedFormat Global = new() { Syntax = FeedSyntax.Text };

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("192.0.2.7/32", "192.0.2.7/32")]
    [InlineData("2001:DB8:0::/48", "2001:db8::/48")]                             // any spelling of IPv6
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.0/24")]                         // IPv4-mapped is IPv4
    [InlineData("::ffff:192.0.2.7", "192.0.2.7/32")]
    [InlineData("192.0.2.\u200B0/24", "192.0.2.0/24")]                           // zero-width space, as in bingbot's list
    [InlineData("\u200B192.0.2.0/\u200B\u200B24\u200B", "192.0.2.0/24")]
    [InlineData("2001:db8\u200B::/32", "2001:db8::/32")]
    [InlineData("192.0.2.0/255.255.255.0", "192.0.2.0/24")]                      // a mask
    [InlineData("192.0.2.4/255.255.255.255", "192.0.2.4/32")]
    [InlineData("192.0.2.4-192.0.2.9", "192.0.2.4/30 192.0.2.8/31")]             // a range that is not one prefix
    [InlineData("192.0.2.4 - 192.0.2.9", "192.0.2.4/30 192.0.2.8/31")]
    [InlineData("192.0.2.4\t-\t192.0.2.9", "192.0.2.4/30 192.0.2.8/31")]
    [InlineData("192.0.2.0-192.0.2.255", "192.0.2.0/24")]
    [InlineData("192.0.2.7-192.0.2.7", "192.0.2.7/32")]
    [InlineData("2001:db8::2-2001:db8::7", "2001:db8::2/127 2001:db8::4/126")]
    [InlineData("::ffff:192.0.2.4-192.0.2.7", "192.0.2.4/30")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]                                     // as wide as is taken
    [InlineData("fc00::/19", "fc00::/19")]
    public void Read_Text_IsThePrefixes(string text, string expected)
    {
        var content = ParseCase.Parse(Text, text);
        Assert.Equal("", Shown.Faults(content));
        Assert.Equal(expected, Shown.Entries(content));
    }

    [Theory]
    [InlineData("10/8", "bad_address")]                          // 0.0.0.0/8 to System.Net.IPNetwork
    [InlineData("010.0.0.0/8", "bad_address")]                   // 8.0.0.0/8 to System.Net.IPNetwork
    [InlineData("167772160/8", "bad_address")]
    [InlineData("0x0a000000/8", "bad_address")]
    [InlineData("192.0.2", "bad_address")]
    [InlineData("192.0.2.256", "bad_address")]
    [InlineData("192.0.2.7.", "bad_address")]
    [InlineData("192.0.2.7:80", "bad_address")]                  // a port where the format has none
    [InlineData("http://192.0.2.7:80", "bad_address")]
    [InlineData("fe80::1%eth0", "bad_address")]
    [InlineData("example.com", "bad_address")]
    [InlineData("*", "bad_address")]
    [InlineData("192.0.2.*", "bad_address")]
    [InlineData("192.0.2.0/33", "bad_prefix_length")]
    [InlineData("192.0.2.0/", "bad_prefix_length")]
    [InlineData("192.0.2.0/-1", "bad_address")]                  // a dash makes a range of it
    [InlineData("192.0.2.0/+24", "bad_prefix_length")]
    [InlineData("192.0.2.0/024", "bad_prefix_length")]
    [InlineData("2001:db8::/129", "bad_prefix_length")]
    [InlineData("::ffff:192.0.2.0/95", "bad_prefix_length")]     // not all of it is IPv4
    [InlineData("192.0.2.0/255.0.255.0", "bad_prefix_length")]   // a mask with a hole
    [InlineData("192.0.2.0/0.0.0.255", "bad_prefix_length")]     // a wildcard mask
    [InlineData("192.0.2.7/255.255.255.0", "bad_prefix_length")] // host bits under a mask
    [InlineData("2001:db8::/255.255.255.0", "bad_prefix_length")]
    [InlineData("192.0.2.1/24", "host_bits_set")]                // a wider network than written would be a guess
    [InlineData("2001:db8:8::100/48", "host_bits_set")]
    [InlineData("192.0.2.9-192.0.2.4", "bad_range")]
    [InlineData("2001:db8::9-2001:db8::4", "bad_range")]
    [InlineData("192.0.2.4-2001:db8::4", "bad_range")]           // two families
    [InlineData("192.0.2.4-9", "bad_address")]                   // short forms mean different things to different people
    [InlineData("192.0.2.4-", "bad_address")]
    [InlineData("-192.0.2.4", "bad_address")]
    [InlineData("192.0.2.0/24-192.0.3.0/24", "bad_address")]
    [InlineData("192.0.2.4-192.0.2.5-192.0.2.6", "bad_address")]
    [InlineData("0.0.0.0/0", "too_wide")]
    [InlineData("::/0", "too_wide")]
    [InlineData("0.0.0.0/1", "too_wide")]
    [InlineData("128.0.0.0/1", "too_wide")]
    [InlineData("10.0.0.0/7", "too_wide")]
    [InlineData("fc00::/18", "too_wide")]
    [InlineData("::ffff:0.0.0.0/96", "too_wide")]                // 0.0.0.0/0 in other clothes
    [InlineData("0.0.0.0-255.255.255.255", "too_wide")]
    [InlineData("0.0.0.0/0.0.0.0", "too_wide")]
    public void Read_Text_IsTheFault(string text, string fault)
    {
        var content = ParseCase.Parse(Text, $"192.0.2.99\n {text}\n198.51.100.99\n");
        Assert.Equal($"{fault}@2:2", Shown.Faults(content));
        Assert.Equal("192.0.2.99/32 198.51.100.99/32", Shown.Entries(content)); // the rest still loads
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("192.168.1.0/24")]
    [InlineData("192.0.2.0/24")]
    [InlineData("198.51.100.0/24")]
    [InlineData("203.0.113.0/24")]
    [InlineData("2001:db8::/32")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.0/10")]
    [InlineData("224.0.0.0/24")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("2002:c000:200::/40")]        // 6to4: passes the plain "is it global" test of some libraries
    [InlineData("9.0.0.0-10.0.0.255", "9.0.0.0/8")]   // a range's special part alone is dropped
    public void Read_SpecialPurpose_IsDroppedAndCounted(string text, string kept = "")
    {
        var content = ParseCase.Parse(Global, text);
        Assert.Equal("special_purpose@1:1", Shown.Faults(content));
        Assert.Equal(kept, Shown.Entries(content));
    }

    // Global space, for it must be taken where special-purpose space is not: Amazon and Microsoft do hold these two /9.
    [Theory, InlineData("3.128.0.0/9"), InlineData("4.128.0.0/9"), InlineData("2a00::/19")]
    public void Read_WideGlobalPrefix_IsTaken(string text)
    {
        var content = ParseCase.Parse(Global, text);
        Assert.Equal("", Shown.Faults(content));
        Assert.Equal(text, Shown.Entries(content));
    }

    [Fact]
    public void Read_SixToFour_IsTooWideOrSpecialByTheLimit()
    {
        Assert.Equal("too_wide@1:1", Shown.Faults(ParseCase.Parse(Global, "2002::/16")));
        Assert.Equal("special_purpose@1:1",
            Shown.Faults(ParseCase.Parse(Global, "2002::/16", FeedLimits.Default with { MinIPv6Length = 16 })));
    }

    [Fact]
    public void Read_AllOfIPv4InSixtyFourPrefixes_IsAllTooWide()
    {
        var feed = string.Join('\n', Enumerable.Range(0, 64).Select(at => $"{at * 4}.0.0.0/6"));
        var content = ParseCase.Parse(Text, feed);
        Assert.Equal(64, content.CountOf(FeedFault.TooWide));
        Assert.Equal(0, content.Entries.Length);
    }

    [Theory]
    [InlineData("socks5://192.0.2.7:1080", "192.0.2.7/32")]
    [InlineData("http://192.0.2.7", "192.0.2.7/32")]
    [InlineData("192.0.2.7:80", "192.0.2.7/32")]
    [InlineData("192.0.2.7:80:Country", "192.0.2.7/32")]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("[2001:db8::7]:443", "2001:db8::7/128")]
    [InlineData("[2001:db8::7]", "2001:db8::7/128")]
    [InlineData("https://[2001:db8::7]:443", "2001:db8::7/128")]
    [InlineData("[::ffff:192.0.2.7]:443", "192.0.2.7/32")]
    [InlineData("2001:db8::7", "2001:db8::7/128")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7/32")]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    public void Read_Endpoint_IsItsAddress(string text, string expected)
    {
        var content = ParseCase.Parse(Endpoints, text);
        Assert.Equal("", Shown.Faults(content));
        Assert.Equal(expected, Shown.Entries(content));
    }

    [Theory]
    [InlineData("http://proxy.example.com:80")]
    [InlineData("http://user:word@192.0.2.7:80")]
    [InlineData("[2001:db8::7")]
    [InlineData("http://")]
    [InlineData("://:")]
    [InlineData("[]:443")]
    [InlineData("192.0.2.777:80")]
    public void Read_EndpointWithoutAddress_IsBadAddress(string text) =>
        Assert.Equal("bad_address@1:1", Shown.Faults(ParseCase.Parse(Endpoints, text)));
}
