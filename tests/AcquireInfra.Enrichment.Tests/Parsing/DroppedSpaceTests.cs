using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>Space of which no feed may speak, and how wide a prefix was that none may hold.</summary>
public sealed class DroppedSpaceTests
{
    static readonly FeedLimits Owned = FeedLimits.Default with { OwnerPrefixes = [Prefix.Parse("9.1.0.0/16"), Prefix.Parse("2a00:1::/32")] };

    [Theory]
    [InlineData("9.1.2.3", true)]
    [InlineData("9.1.0.0/16", true)]
    [InlineData("9.0.0.0/8", true)]             // around it
    [InlineData("9.0.255.255-9.1.0.0", true)]   // half of it is another's, and is taken
    [InlineData("9.2.0.0/16", false)]
    [InlineData("2a00:1:ffff::1", true)]
    [InlineData("2a00::/31", true)]
    [InlineData("2a00:2::/32", false)]
    public void Parse_OwnersSpace_IsDroppedAndCounted(string record, bool isOwners)
    {
        var content = Parse(record, new FeedFormat { Syntax = FeedSyntax.Text }, Owned);
        Assert.Equal(isOwners ? 1 : 0, content.CountOf(FeedFault.OwnerSpace));
        Assert.Equal(record.Contains('-', StringComparison.Ordinal) || !isOwners ? 1 : 0, content.Entries.Length);
    }

    // Who announces it is no claim.
    [Fact]
    public void Parse_OwnersSpaceInAnAsnTable_IsTaken()
    {
        var format = new FeedFormat { Syntax = FeedSyntax.Csv, Columns = ["p", "a"], Prefix = ["p"], Asn = ["a"], IsAsnTable = true };
        Assert.Equal(1, Parse("9.1.0.0/16,64500\n", format, Owned).Entries.Length);
    }

    [Theory]
    [InlineData("9.0.0.0/8\n", 32, 128)]
    [InlineData("8.0.0.0/7\n0.0.0.0/1\n", 1, 128)]
    [InlineData("::/0\n2a00::/18\n", 32, 0)]
    [InlineData("2a00::/18\n", 32, 18)]
    [InlineData("240.0.0.0/4\n2002::/16\nfe80::/10\n", 32, 128)] // whole blocks of the registries stand in honest feeds
    [InlineData("224.0.0.0/3\n", 3, 128)]
    public void Parse_PrefixTooWide_TellsHowWide(string records, int ipv4, int ipv6)
    {
        var content = Parse(records, new FeedFormat { Syntax = FeedSyntax.Text }, FeedLimits.Default);
        Assert.Equal((ipv4, ipv6), (content.WidestIPv4, content.WidestIPv6));
    }

    static FeedContent Parse(string text, FeedFormat format, FeedLimits limits) => FeedParser.Parse(new MemoryStream(Encoding.ASCII.GetBytes(text)), format, limits);
}
