using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class AsnRolesParserTests
{
    const string Header = "asn,role,provider,basis,note\n";

    [Theory]
    [InlineData("64496,hosting,Acme,certain,", "AS64496 hosting certain Acme")]
    [InlineData("AS64496,enterpriseGateway,\"Acme, Inc.\",knowledge,\"a, b\"", "AS64496 enterpriseGateway knowledge Acme, Inc.")]
    [InlineData("64496, transit, , name", "AS64496 transit name ")]         // blanks, no provider, no note
    [InlineData("# note\n\n64496,access,A,brand,\n64497,cdn,B,brand,\n", "AS64496 access brand A|AS64497 cdn brand B")]
    [InlineData("asn,role,provider,basis,note\n64496,vpn,A,name,", "AS64496 vpn name A")]
    [InlineData("4294967295,vpn,A,name,", "AS4294967295 vpn name A")]
    [InlineData("x,hosting,A,certain,", "", "bad_asn@2:1")]
    [InlineData(" 0,hosting,A,certain,", "", "bad_asn@2:2")]                // no ASN at all
    [InlineData(",hosting,A,certain,", "", "bad_asn@2:1")]
    [InlineData("64496,Hosting,A,certain,", "", "bad_value@2:7")]           // words are exact
    [InlineData("64496,unknown,A,certain,", "", "bad_value@2:7")]           // a row that says nothing
    [InlineData("64496,,A,certain,", "", "bad_value@2:7")]
    [InlineData("64496,hosting,A,sure,", "", "bad_value@2:17")]
    [InlineData("64496,hosting,A,none,", "", "bad_value@2:17")]
    [InlineData("64496,hosting,A", "", "bad_value@2:15")]                   // the basis is missing: the last field there is
    [InlineData("64496", "", "bad_value@2:1")]
    [InlineData("64496,hosting,A,certain,\n64496,vpn,B,certain,\n64497,cdn,C,certain,", "AS64496 hosting certain A|AS64497 cdn certain C",
        "bad_asn@3:1")]
    [InlineData("64496,hosting,\"A,certain,\n64497,cdn,C,certain,", "AS64497 cdn certain C", "bad_quote@2:15")]
    public void Parse_Rows_GivesRolesAndFaults(string rows, string expected, string faults = "")
    {
        var parsed = Parse(Header + rows, out var content);
        Assert.Equal(expected, string.Join('|', parsed.Select(row => $"{row.Asn} {row.Role.Word()} {row.Basis.Word()} {row.Provider}")));
        Assert.Equal(faults, Shown.Faults(content));
    }

    [Theory]
    [InlineData("asn,role,provider,basis\n64496,hosting,A,certain\n")]
    [InlineData("asn,provider,role,basis,note\n64496,A,hosting,certain,\n")]
    [InlineData("64496,hosting,A,certain,\n64497,hosting,A,certain,\n")]
    public void Parse_OtherColumns_ThrowsAndNamesThem(string feed) =>
        Assert.Contains("asn, role, provider, basis, note", Assert.Throws<FormatException>(() => Parse(feed, out _)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("", "columns")]
    [InlineData("asn,role\n", "columns")]
    [InlineData(Header, "no row")]
    public void Parse_NoRow_ThrowsForEveryRoleWouldBeLost(string feed, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => Parse(feed, out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_LongProvider_IsCutAndCleaned()
    {
        var row = Assert.Single(Parse($"{Header}64496,hosting,a\u202E{new string('b', 300)},certain,", out _));
        Assert.Equal(new AsnRoleRow(new Asn(64496), AsnRole.Hosting, RoleBasis.Certain, "a " + new string('b', 254)), row);
    }

    static IReadOnlyList<AsnRoleRow> Parse(string feed, out FeedContent faults)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(feed));
        return AsnRolesParser.Parse(stream, FeedLimits.Default, out faults);
    }
}
