using System.Text;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class TextParserTests
{
    // Examples live in documentation space, which is special-purpose and would be dropped.
    static readonly FeedFormat Text = new() { Syntax = FeedSyntax.Text, AllowSpecialPurpose = true };
    static readonly FeedFormat Asns = new() { Syntax = FeedSyntax.Text, Asn = ["asn"] };
    static readonly FeedFormat Dated = Text with { AsOf = "Last update:" };

    static ParseCase Row(string why, string feed, string entries, string faults = "") => new(why, Text, feed, entries, faults);

    static ParseCase AsnRow(string why, string feed, string entries, string faults = "") => new(why, Asns, feed, entries, faults);

    public static TheoryData<ParseCase> Cases =>
    [
        Row("an empty feed is no fault of a line", "", ""),
        Row("one line, no final newline", "192.0.2.7", "192.0.2.7/32"),
        Row("prefixes and bare addresses of both families in one list", "192.0.2.0/24\n198.51.100.7\n2001:db8::/32\n2001:db8:1::7\n",
            "192.0.2.0/24 198.51.100.7/32 2001:db8::/32 2001:db8:1::7/128"),
        Row("CR LF", "192.0.2.0/24\r\n198.51.100.7\r\n", "192.0.2.0/24 198.51.100.7/32"),
        Row("byte order mark", "\uFEFF192.0.2.7\n192.0.2.8\n", "192.0.2.7/32 192.0.2.8/32"),
        Row("a byte order mark does not move the column", "\uFEFF192.0.2.777\n", "", "bad_address@1:1"),
        Row("a byte order mark in the middle is no mark", "192.0.2.7\n\uFEFF192.0.2.8\n", "192.0.2.7/32", "bad_address@2:1"),
        Row("a repeated entry is an entry each time: the compiler merges", "192.0.2.7\n192.0.2.7\n192.0.2.7\n",
            "192.0.2.7/32 192.0.2.7/32 192.0.2.7/32"),

        Row("comment lines", "# a\n## b\n; c\n#\n192.0.2.7\n", "192.0.2.7/32"),
        Row("nothing but comments", "# a\n; b", ""),
        Row("one marker inside the comment of another", "# a ; b\n; c # d\n192.0.2.7\n", "192.0.2.7/32"),
        Row("an indented comment", "  # a\n\t; b\n192.0.2.7\n", "192.0.2.7/32"),
        Row("a comment after the data", "192.0.2.7   # city\n192.0.2.8\t# city\n198.51.100.0/24 ; SBL000\n",
            "192.0.2.7/32 192.0.2.8/32 198.51.100.0/24"),
        Row("a marker inside a word begins no comment", "192.0.2.7#x\n192.0.2.8;y\n", "", "bad_address@1:1 bad_address@2:1"),
        Row("a marker inside a word, and a comment after it", "192.0.2.7#x # y\n192.0.2.8 z#1 #2\n", "192.0.2.8/32", "bad_address@1:1"),
        Row("markup and emoji in a comment", "192.0.2.7 # org <script>alert(1)</script> \U0001F600 \u202E\n192.0.2.8\n",
            "192.0.2.7/32 192.0.2.8/32"),
        new ParseCase("only the markers that the format names", Text with { Comments = ["//"] }, "// a\n192.0.2.7 // b\n# c\n",
            "192.0.2.7/32", "bad_address@3:1"),

        Row("a blank first line, blank lines, lines of blanks", "\n\r\n192.0.2.7\n \t \n\n192.0.2.8\n\n", "192.0.2.7/32 192.0.2.8/32"),
        Row("leading space", " 192.0.2.7\n\t 192.0.2.8\n", "192.0.2.7/32 192.0.2.8/32"),
        Row("the column is where the word begins", " \t192.0.2.777\n", "", "bad_address@1:3"),
        Row("trailing blanks and tabs", "192.0.2.0/24\t\n198.51.100.0/24 \t \r\n203.0.113.0/24 ",
            "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24"),
        Row("what follows white space is remark", "192.0.2.7\t10\n192.0.2.8 US some city\n", "192.0.2.7/32 192.0.2.8/32"),
        Row("a dash before a remark makes no range", "192.0.2.7 - seen twice\n192.0.2.8 - 192.0.2.9 and a remark\n", "192.0.2.7/32 192.0.2.8/31"),
        Row("header lines that are no comments are counted, the rest loads", "Updated:\n2026-08-22\n--------\n192.0.2.7\n",
            "192.0.2.7/32", "bad_address@1:1 bad_address@2:1 bad_address@3:1"),
        Row("a faulty line among good ones costs itself alone", "192.0.2.7\n192.0.2.777\n192.0.2.8\nx\n192.0.2.9",
            "192.0.2.7/32 192.0.2.8/32 192.0.2.9/32",
            "bad_address@2:1 bad_address@4:1"),

        Row("an HTML error page with status 200", "<!DOCTYPE html>\n<html>\n  <body>Not found</body>\n</html>\n", "",
            "bad_address@1:1 bad_address@2:1 bad_address@3:3 bad_address@4:1"),
        Row("a JSON error", "{\"error\": \"rate limited\"}\n", "", "bad_address@1:1"),
        Row("NUL", "192.0.2.7\0\n\0\n192.0.2.8\n", "192.0.2.8/32", "bad_address@1:1 bad_address@2:1"),
        Row("a CR alone ends no line", "192.0.2.7\r192.0.2.8\n", "", "bad_address@1:1"),
        Row("other digits", "１９２.0.2.7\n", "", "bad_address@1:1"),

        AsnRow("ASNs with and without AS", "AS64496\n64497\nas64498\n", "AS64496 AS64497 AS64498"),
        AsnRow("the name after the ASN", "AS64496 # VOX\u00C4MPLE\nAS64497\tName\n64498 Name, Inc.\n", "AS64496 AS64497 AS64498"),
        AsnRow("four-byte ASNs end at 2^32-1", "AS4294967295\n4294967296\n", "AS4294967295", "bad_asn@2:1"),
        AsnRow("no ASNs", "ASN\nAS 64496\n-1\n+64496\n64496.0\n AS64496x\n", "",
            "bad_asn@1:1 bad_asn@2:1 bad_asn@3:1 bad_asn@4:1 bad_asn@5:1 bad_asn@6:2"),
        AsnRow("AS0 names no network", "64496\nAS0\n", "AS64496", "missing_field@2:1"),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Parse_Case_GivesItsEntriesAndFaults(ParseCase row) => row.AssertParses();

    [Fact]
    public void Parse_Utf16_IsFaultsAndNoEntries()
    {
        byte[] feed = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("192.0.2.7\n192.0.2.8\n")];
        var content = ParseCase.Parse(Text, feed);
        Assert.Equal("", Shown.Entries(content));
        Assert.Equal("bad_address@1:1 bad_address@2:1 bad_address@3:1", Shown.Faults(content));
    }

    [Theory]
    [InlineData("# Last update: 2026-08-22T03:04:05Z\n192.0.2.7\n", "2026-08-22T03:04")]
    [InlineData("## list\n; Last update: Sat, 22 Aug 2026 03:04:05 +0200\n", "2026-08-22T01:04")]
    [InlineData("192.0.2.7 # Last update:\t2026-08-22  \r\n", "2026-08-22T00:00")]          // after the data
    [InlineData("# Last update: 2026-08-22\n# Last update: 2026-08-23\n", "2026-08-22T00:00")] // the first counts
    [InlineData("# Last update: soon\n# Last update: 2026-08-23\n", "2026-08-23T00:00")]     // that is a date
    [InlineData("# Updated: 2026-08-22\n", "")]                                              // other words
    [InlineData("Last update: 2026-08-22\n", "")]                                            // no comment
    [InlineData("# Last update:\n", "")]
    public void Parse_DateInAComment_IsAsOf(string feed, string expected) =>
        Assert.Equal(expected, Shown.Date(ParseCase.Parse(Dated, feed).AsOf));

    [Fact]
    public void Parse_NoAsOfInTheFormat_TakesNoDate() => Assert.Null(ParseCase.Parse(Text, "# Last update: 2026-08-22\n192.0.2.7\n").AsOf);

    [Fact]
    public void Parse_AnyFeed_CountsRecordsWithoutCommentsAndBlanks() =>
        Assert.Equal(3, ParseCase.Parse(Text, "# a\n\n192.0.2.7\nx\n192.0.2.8 # b\n").Records);
}
