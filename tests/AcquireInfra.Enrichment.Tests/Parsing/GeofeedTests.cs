using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>RFC 8805 through the CSV parser.</summary>
public sealed class GeofeedTests
{
    static readonly FeedFormat Geofeed = new() { Syntax = FeedSyntax.Geofeed, AllowSpecialPurpose = true };

    static ParseCase Row(string why, string feed, string entries, string faults = "") => new(why, Geofeed, feed, entries, faults);

    public static TheoryData<ParseCase> Cases =>
    [
        Row("all five fields", "192.0.2.0/24,US,US-WA,Seattle,\n2001:db8::/48,DE,DE-BE,Berlin,10115\n", "192.0.2.0/24 2001:db8::/48"),
        Row("the prefix alone, a bare address, fewer fields, more fields",
            "192.0.2.0/24\n192.0.2.7,\n198.51.100.0/24,US,,\n203.0.113.0/24,US,,,,,,\n",
            "192.0.2.0/24 192.0.2.7/32 198.51.100.0/24 203.0.113.0/24"),
        Row("comments and no final newline", "# geofeed\r\n#\r\n192.0.2.0/24,US,,,\r\n198.51.100.0/24,US,,,",
            "192.0.2.0/24 198.51.100.0/24"),
        Row("trailing blanks, quotes with commas", "192.0.2.0/24,US,US-WA,\"Some, City\", \n198.51.100.0/24 ,US\t\n",
            "192.0.2.0/24 198.51.100.0/24"),
        Row("a header line is a fault and no more", "ip_prefix,alpha2code,region,city\n192.0.2.0/24,US,,\n", "192.0.2.0/24",
            "bad_address@1:1"),
        Row("host bits, a row without a prefix", "2001:db8:8::100/48,US,,,\n,US,,,\n192.0.2.0/24,US,,,\n", "192.0.2.0/24",
            "host_bits_set@1:1 missing_field@2:1"),
        Row("repeated prefixes", "192.0.2.0/24,US,,,\n192.0.2.0/24,CA,,,\n", "192.0.2.0/24 192.0.2.0/24"),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Parse_Case_GivesItsEntriesAndFaults(ParseCase row) => row.AssertParses();

    [Fact]
    public void Parse_DateInAComment_IsAsOf()
    {
        var content = ParseCase.Parse(Geofeed with { AsOf = "lastupdated (rfc3339):" },
            "# lastupdated (rfc3339): 2026-08-22T00:00:00+02:00\n192.0.2.0/24,US,,,\n");
        Assert.Equal("2026-08-21T22:00", Shown.Date(content.AsOf));
    }

    [Fact]
    public void Parse_ColumnsOfTheFormat_AreTheStandardsAllTheSame() =>
        Assert.Equal("192.0.2.0/24",
            Shown.Entries(ParseCase.Parse(Geofeed with { Columns = ["x"], Prefix = ["x", "y"] }, "192.0.2.0/24,US,,,\n")));
}
