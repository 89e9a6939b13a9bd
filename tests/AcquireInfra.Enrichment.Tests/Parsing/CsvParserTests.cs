using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class CsvParserTests
{
    static readonly FeedFormat Plain = new()
    {
        Syntax = FeedSyntax.Csv,
        Columns = ["provider", "cidr", "country"],
        Prefix = ["cidr"],
        Provider = "provider",
        AllowSpecialPurpose = true,
    };

    static readonly FeedFormat Headed = new() { Syntax = FeedSyntax.Csv, Header = true, Prefix = ["IP"], AllowSpecialPurpose = true };

    static readonly FeedFormat Asns = new() { Syntax = FeedSyntax.Csv, Header = true, Asn = ["ASN"], Name = "Entity" };

    static readonly FeedFormat Ranges = new()
    {
        Syntax = FeedSyntax.Csv,
        Columns = ["first", "last", "asn", "name"],
        First = "first",
        Last = "last",
        Asn = ["asn"],
        Name = "name",
        AllowSpecialPurpose = true,
        IsAsnTable = true,
    };

    static readonly FeedFormat Tabs = new()
    {
        Syntax = FeedSyntax.Csv,
        Columns = ["ip", "lists"],
        Delimiter = "\t",
        Prefix = ["ip"],
        Where = [new() { Field = "lists", Min = 3 }],
        AllowSpecialPurpose = true,
    };

    static ParseCase Row(string why, string feed, string entries, string faults = "") => new(why, Plain, feed, entries, faults);

    static ParseCase HeadedRow(string why, string feed, string entries, string faults = "") => new(why, Headed, feed, entries, faults);

    static ParseCase AsnRow(string why, string feed, string entries, string faults = "") => new(why, Asns, feed, entries, faults);

    static ParseCase RangeRow(string why, string feed, string entries, string faults = "") => new(why, Ranges, feed, entries, faults);

    static ParseCase TabRow(string why, string feed, string entries, string faults = "") => new(why, Tabs, feed, entries, faults);

    public static TheoryData<ParseCase> Cases =>
    [
        Row("an empty feed", "", ""),
        Row("columns from the format, no final newline", "Acme,192.0.2.0/24,US\nZeta,2001:db8::/32,DE",
            "192.0.2.0/24{Acme} 2001:db8::/32{Zeta}"),
        Row("CR LF is not part of the last field", "Acme,192.0.2.0/24\r\nZeta,198.51.100.0/24\r\n",
            "192.0.2.0/24{Acme} 198.51.100.0/24{Zeta}"),
        Row("byte order mark before a quote", "\uFEFF\"Acme\",192.0.2.0/24,US\n", "192.0.2.0/24{Acme}"),
        Row("blank lines, comment lines, indented ones too", "\n# a,b\n  # c\n \t\nAcme,192.0.2.0/24,US\n", "192.0.2.0/24{Acme}"),
        Row("';' begins no comment in CSV", ";,192.0.2.0/24,US\n", "192.0.2.0/24{;}"),
        Row("a '#' in a field is data", "Acme #1,192.0.2.0/24,US # no comment\n", "192.0.2.0/24{Acme #1}"),

        Row("a delimiter inside quotes", "\"Acme, Inc.\",192.0.2.0/24,US\n", "192.0.2.0/24{Acme, Inc.}"),
        Row("doubled quotes", "\"LLC \"\"ACME\"\"\",192.0.2.0/24,US\n\"\"\"\",198.51.100.0/24,\n",
            "192.0.2.0/24{LLC \"ACME\"} 198.51.100.0/24{\"}"),
        Row("blanks between comma and quote, and after it", "Acme, \"192.0.2.0/24\" , US\n\"Zeta\"\t,\t\"198.51.100.0/24\"\t\n",
            "192.0.2.0/24{Acme} 198.51.100.0/24{Zeta}"),
        Row("blanks round a field", " Acme , 192.0.2.0/24 ,\tUS\n", "192.0.2.0/24{Acme}"),
        Row("a quote inside a bare field is data", "Ac\"me\",192.0.2.0/24,US\n", "192.0.2.0/24{Ac\"me\"}"),
        Row("a quoted address", "Acme,\"192.0.2.0/24\",US\n", "192.0.2.0/24{Acme}"),
        Row("an open quote costs its line alone", "Acme,\"192.0.2.0/24,US\nZeta,198.51.100.0/24,DE\n", "198.51.100.0/24{Zeta}",
            "bad_quote@1:6"),
        Row("an open quote at the end", "Acme,192.0.2.0/24,\"US", "", "bad_quote@1:19"),
        Row("a lone quote at the end", "Acme,192.0.2.0/24,\"", "", "bad_quote@1:19"),
        Row("text after a closing quote", "\"Acme\"x,192.0.2.0/24,US\n\"Acme\"  x,192.0.2.0/24,US\n", "", "bad_quote@1:7 bad_quote@2:9"),
        Row("an odd number of quotes", "\"Acme\"\",192.0.2.0/24\n", "", "bad_quote@1:1"),

        Row("a trailing comma", "Acme,192.0.2.0/24,US,\n", "192.0.2.0/24{Acme}"),
        Row("surplus fields are nobody's", "Acme,192.0.2.0/24,US,x,y,z\n", "192.0.2.0/24{Acme}"),
        Row("a short row without what is not needed", "Acme,192.0.2.0/24\n", "192.0.2.0/24{Acme}"),
        Row("a short row without the prefix", "Acme\nZeta,198.51.100.0/24,DE\n", "198.51.100.0/24{Zeta}", "missing_field@1:1"),
        Row("an empty prefix", "Acme,,US\nAcme,\"\",US\n,,\n", "", "missing_field@1:1 missing_field@2:1 missing_field@3:1"),
        Row("an empty provider is none", ",192.0.2.0/24,US\n\"\",198.51.100.0/24,US\n", "192.0.2.0/24 198.51.100.0/24"),
        Row("the column is where the field begins", "Acme,192.0.2.777,US\nAcme,  192.0.2.777\nAcme, \"192.0.2.777\"\n", "",
            "bad_address@1:6 bad_address@2:8 bad_address@3:8"),
        Row("faults of all kinds, and the rest loads",
            "a,192.0.2.0/33,\nb,192.0.2.1/24,\nc,0.0.0.0/0,\nd,192.0.2.9-192.0.2.4,\ne,192.0.2.0/24,\n",
            "192.0.2.0/24{e}", "bad_prefix_length@1:3 host_bits_set@2:3 too_wide@3:3 bad_range@4:3"),
        Row("a zero-width space in a prefix", "Acme,192.0.2.\u200B0/24,US\n", "192.0.2.0/24{Acme}"),
        Row("other scripts in a name", "Ünïcode 株式会社 \U0001F600,192.0.2.0/24,JP\n", "192.0.2.0/24{Ünïcode 株式会社 \U0001F600}"),

        new ParseCase("a record without an ASN is a claim all the same, unless the feed is an ASN table", Ranges with { IsAsnTable = false }, "192.0.2.0,192.0.2.255,,\n198.51.100.0,198.51.100.255,0,x\n",
            "192.0.2.0/24 198.51.100.0/24", ""),
        HeadedRow("columns by their names, wherever they stand", "First Seen,Last Seen,IP\nx,y,192.0.2.7\n", "192.0.2.7/32"),
        HeadedRow("the header repeated in the middle", "IP,First Seen\n192.0.2.7,x\nIP,First Seen\n192.0.2.8,x\nIP,First Seen\n",
            "192.0.2.7/32 192.0.2.8/32"),
        HeadedRow("the header repeated with CR LF", "IP,Seen\r\n192.0.2.7,x\r\nIP,Seen\r\n192.0.2.8,x\r\n", "192.0.2.7/32 192.0.2.8/32"),
        HeadedRow("byte order mark, comments and blank lines before the header", "\uFEFF# a\n\n\"IP\", Seen\n192.0.2.7,x\n",
            "192.0.2.7/32"),
        HeadedRow("a header and no rows", "IP,Seen\n", ""),
        HeadedRow("the first of a doubled column and the second", "IP,IP\n192.0.2.7,192.0.2.8\n", "192.0.2.7/32 192.0.2.8/32"),
        HeadedRow("a space after each comma, several rows a relay", "name, IP, port\na, 192.0.2.7, 443\na, 192.0.2.7, 9001\n",
            "192.0.2.7/32 192.0.2.7/32"),

        AsnRow("a blank between comma and quote", "ASN,Entity\n64496, \"Root, Inc.\"\nAS64497,Acme\n", "AS64496 AS64497"),
        AsnRow("a bad ASN, an empty one, AS0", "ASN,Entity\nx,a\n,b\n\"64496\",c\n0,d\n", "AS64496",
            "bad_asn@2:1 missing_field@3:1 missing_field@5:1"),

        RangeRow("ranges that are one prefix or several, both families",
            "192.0.2.0,192.0.2.255,64496,\"Acme, Inc.\"\n198.51.100.0,198.51.100.2,64497,Zeta\n2001:db8::,2001:db8::2,AS64498,Six\n",
            "192.0.2.0/24=AS64496 198.51.100.0/31=AS64497 198.51.100.2/32=AS64497 2001:db8::/127=AS64498 2001:db8::2/128=AS64498"),
        RangeRow("a row without ASN is not routed, and no fault", "192.0.2.0,192.0.2.255,0,Not routed\n198.51.100.0,198.51.100.255,,\n",
            ""),
        RangeRow("private and reserved ASNs are origins too", "192.0.2.0,192.0.2.255,4294967294,AS4294967294\n",
            "192.0.2.0/24=AS4294967294"),
        RangeRow("an ASN that is none", "192.0.2.0,192.0.2.255,ASX,Acme\n", "", "bad_asn@1:23"),
        RangeRow("ends in the wrong order, of two families, missing",
            "192.0.2.9,192.0.2.4,64496,a\n192.0.2.9,2001:db8::,64496,b\n192.0.2.9,,64496,c\n", "",
            "bad_range@1:1 bad_range@2:1 bad_address@3:1"),
        RangeRow("overlapping rows are all entries: the compiler decides", "192.0.2.0,192.0.2.3,64496,a\n192.0.2.2,192.0.2.5,64497,b\n",
            "192.0.2.0/30=AS64496 192.0.2.2/31=AS64497 192.0.2.4/31=AS64497"),

        TabRow("tabs, and a filter that is a number", "# head\n192.0.2.7\t3\n192.0.2.8\t2\n192.0.2.9\t10\n", "192.0.2.7/32 192.0.2.9/32"),
        TabRow("no number, no field: passed over, not faults", "192.0.2.7\tmany\n192.0.2.8\n192.0.2.9\t\n192.0.2.10\t9x\n", ""),
        TabRow("an empty field between tabs", "192.0.2.7\t\t5\n\t9\n", "", "missing_field@2:1"),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Parse_Case_GivesItsEntriesAndFaults(ParseCase row) => row.AssertParses();

    [Theory]
    [InlineData("IP;Seen\n192.0.2.7;x\n")]                                // another delimiter than the format's
    [InlineData("ip,seen\n192.0.2.7,x\n")]                                // names are exact
    [InlineData("192.0.2.7,x\n192.0.2.8,y\n")]                            // no header at all
    [InlineData("<!DOCTYPE html>\n<html>\n")]
    public void Parse_HeaderWithoutTheColumn_ThrowsAndNamesIt(string feed) =>
        Assert.Contains("'IP'", Assert.Throws<FormatException>(() => ParseCase.Parse(Headed, feed)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_Names_AreKeptByAsn()
    {
        var content = ParseCase.Parse(Asns, "ASN,Entity\n64496,\"LLC \"\"ACME\"\"\"\n64497,\n64496,Second name\n64498, tab\there \u202E\n");
        Assert.Equal("AS64496 LLC \"ACME\"|AS64498 tab here", Shown.Names(content));
    }

    [Theory]
    [InlineData("a;192.0.2.7;0.5", "192.0.2.7/32{50%}", "")]
    [InlineData("a;192.0.2.7;1.0", "192.0.2.7/32", "")]
    [InlineData("a;192.0.2.7;0.001", "192.0.2.7/32{1%}", "")]             // not nothing, since it is listed
    [InlineData("a;192.0.2.7;", "192.0.2.7/32", "")]
    [InlineData("a;192.0.2.7;0", "", "bad_value@3:1")]
    [InlineData("a;192.0.2.7;1.5", "", "bad_value@3:1")]
    [InlineData("a;192.0.2.7;-0.5", "", "bad_value@3:1")]
    [InlineData("a;192.0.2.7;NaN", "", "bad_value@3:1")]
    [InlineData("a;192.0.2.7;0.5x", "", "bad_value@3:1")]
    [InlineData("a;192.0.2.7;high", "", "bad_value@3:1")]
    public void Parse_Confidence_IsPercentOrBadValue(string line, string entries, string faults)
    {
        var format = Headed with { Delimiter = ";", Prefix = ["ip_address"], Confidence = "confidence", AsOf = "Last update:" };
        var content = ParseCase.Parse(format, $"# Last update: 2026-08-22 01:02:03\nname;ip_address;confidence\n{line}\n");
        Assert.Equal((entries, faults), (Shown.Entries(content), Shown.Faults(content)));
        Assert.Equal("2026-08-22T01:02", Shown.Date(content.AsOf));
    }

    [Theory]
    [InlineData("192.0.2.7,2026-08-01,2026-08-22 03:04:05", "192.0.2.7/32{first 2026-08-01T00:00|last 2026-08-22T03:04}", "")]
    [InlineData("192.0.2.7,,1787356800", "192.0.2.7/32{last 2026-08-22T00:00}", "")]
    [InlineData("192.0.2.7,yesterday,", "", "bad_value@2:1")]
    public void Parse_Times_AreReadOrBadValue(string line, string entries, string faults)
    {
        var content = ParseCase.Parse(Headed with { FirstSeen = "First", LastSeen = "Last" }, $"IP,First,Last\n{line}\n");
        Assert.Equal((entries, faults), (Shown.Entries(content), Shown.Faults(content)));
    }

    [Theory]
    [InlineData("192.0.2.7,true,,1", "192.0.2.7/32{vpn+tor}")]
    [InlineData("192.0.2.7,TRUE,false,0", "192.0.2.7/32{vpn}")]
    [InlineData("192.0.2.7,False,2.5", "192.0.2.7/32{proxy}")]             // a short row: no third flag
    [InlineData("192.0.2.7,no,null,1x", "")]                              // words that are not true, and so no entry at all
    [InlineData("192.0.2.7,0.0,-1,NULL", "192.0.2.7/32{proxy}")]
    public void Parse_CategoryFlags_AreTheCategories(string line, string entries)
    {
        var flags = new Dictionary<string, string> { ["v"] = "vpn", ["p"] = "proxy", ["t"] = "tor" };
        Assert.Equal(entries, Shown.Entries(ParseCase.Parse(Headed with { CategoryFlags = flags }, $"IP,v,p,t\n{line}\n")));
    }

    [Fact]
    public void Parse_CategoryFlagOfNoCategory_Throws()
    {
        var format = Headed with { CategoryFlags = new Dictionary<string, string> { ["v"] = "VPN" } };
        Assert.Contains("'VPN'", Assert.Throws<FormatException>(() => ParseCase.Parse(format, "IP,v\n")).Message, StringComparison.Ordinal);
    }
}
