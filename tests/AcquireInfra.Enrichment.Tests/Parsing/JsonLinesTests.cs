using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>JSON Lines through the JSON parser.</summary>
public sealed class JsonLinesTests
{
    static readonly FeedFormat Drop =
        new() { Syntax = FeedSyntax.JsonLines, Prefix = ["cidr"], AsOf = "timestamp", AllowSpecialPurpose = true };
    static readonly FeedFormat AsnDrop = new() { Syntax = FeedSyntax.JsonLines, Asn = ["asn"], Name = "asname", AsOf = "timestamp" };

    static ParseCase Row(string why, string feed, string entries, string faults = "") => new(why, Drop, feed, entries, faults);

    public static TheoryData<ParseCase> Cases =>
    [
        Row("nothing is nothing", "", ""),
        Row("a last record of another kind",
            "{\"cidr\":\"192.0.2.0/24\",\"sblid\":\"SBL0\"}\n{\"type\":\"metadata\",\"timestamp\":1787367845,\"records\":1}\n",
            "192.0.2.0/24"),
        Row("CR LF, blank lines, no final newline", "{\"cidr\":\"192.0.2.0/24\"}\r\n\r\n \t\n{\"cidr\":\"198.51.100.0/24\"}",
            "192.0.2.0/24 198.51.100.0/24"),
        Row("byte order mark", "\uFEFF{\"cidr\":\"192.0.2.0/24\"}\n", "192.0.2.0/24"),
        Row("a broken line costs itself alone",
            "{\"cidr\":\"192.0.2.0/24\"}\n{\"cidr\":\n\"198.51.100.0/24\"}\n{\"cidr\":\"203.0.113.0/24\"}\n",
            "192.0.2.0/24 203.0.113.0/24", "bad_json@2:9 bad_json@3:18"),
        Row("two documents on a line: the second is the fault",
            "{\"cidr\":\"192.0.2.0/24\"} {\"cidr\":\"192.0.2.7\"}\n{\"cidr\":\"203.0.113.0/24\"}\n",
            "192.0.2.0/24 203.0.113.0/24", "bad_json@1:25"),
        Row("line and column of the value", "\n  {\"cidr\": \"192.0.2.1/24\"}\n{\"x\":1,\"cidr\":\"10/8\"}\n", "",
            "host_bits_set@2:12 bad_address@3:15"),
        Row("an open array does not reach into the next line", "[{\"cidr\":\"192.0.2.7\"}\n{\"cidr\":\"192.0.2.8\"}\n", "192.0.2.8/32",
            "bad_json@1:22"),
        Row("a comment is no JSON", "# a\n{\"cidr\":\"192.0.2.0/24\"}\n", "192.0.2.0/24", "bad_json@1:1"),
        Row("an HTML error page", "<html>\n</html>\n", "", "bad_json@1:1 bad_json@2:1"),
        new ParseCase("records about ASNs, four bytes", AsnDrop,
            "{\"asn\":64496,\"asname\":\"ACME\",\"cc\":\"XX\"}\n{\"asn\":4294967295}\n{\"asn\":\"AS64497\"}\n{\"type\":\"metadata\",\"timestamp\":1787367845}\n",
            "AS64496 AS4294967295 AS64497"),
        new ParseCase("records about ASNs: faults", AsnDrop, "{\"asn\":-1}\n{\"asn\":4294967296}\n{\"asn\":null,\"asname\":\"x\"}\n", "",
            "bad_asn@1:8 bad_asn@2:8 missing_field@3:1"),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Parse_Case_GivesItsEntriesAndFaults(ParseCase row) => row.AssertParses();

    [Fact]
    public void Parse_DateInTheMetadataRecord_IsAsOf()
    {
        var content = ParseCase.Parse(AsnDrop, "{\"asn\":64496,\"asname\":\"ACME\"}\n{\"type\":\"metadata\",\"timestamp\":1787367845}\n");
        Assert.Equal("2026-08-22T03:04", Shown.Date(content.AsOf));
        Assert.Equal("AS64496 ACME", Shown.Names(content));
        Assert.Equal(1, content.Records);
    }
}
