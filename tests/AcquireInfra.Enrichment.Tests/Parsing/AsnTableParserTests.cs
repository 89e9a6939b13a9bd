using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class AsnTableParserTests
{
    [Theory]
    [InlineData("192.0.2.0,192.0.2.255,64496,\"LLC \"\"ACME\"\"\"", "192.0.2.0-192.0.2.255 AS64496 LLC \"ACME\"")]
    [InlineData("192.0.2.3,192.0.2.9,64496,A\n", "192.0.2.3-192.0.2.9 AS64496 A")]                    // not one prefix
    [InlineData("192.0.2.0,192.0.2.255,64496\n", "192.0.2.0-192.0.2.255 AS64496 ")]                   // no name
    [InlineData("192.0.2.0,192.0.2.255,4294967294,AS4294967294", "192.0.2.0-192.0.2.255 AS4294967294 AS4294967294")]
    [InlineData("192.0.2.0,192.0.2.255,0,Not routed", "")]                                            // no fault
    // sorted
    [InlineData("192.0.2.8,192.0.2.9,64497,B\n192.0.2.0,192.0.2.7,64496,A", "192.0.2.0-192.0.2.7 AS64496 A|192.0.2.8-192.0.2.9 AS64497 B")]
    [InlineData("2001:db8::,2001:db8::f,64497,B\n192.0.2.0,192.0.2.7,64496,A",
        "192.0.2.0-192.0.2.7 AS64496 A|2001:db8::-2001:db8::f AS64497 B")]
    // touching
    [InlineData("192.0.2.0,192.0.2.9,64496,A\n192.0.2.10,192.0.2.19,64497,B",
        "192.0.2.0-192.0.2.9 AS64496 A|192.0.2.10-192.0.2.19 AS64497 B")]
    // by one
    [InlineData("192.0.2.0,192.0.2.10,64496,A\n192.0.2.10,192.0.2.19,64497,B",
        "192.0.2.0-192.0.2.9 AS64496 A|192.0.2.10-192.0.2.19 AS64497 B")]
    // inside
    [InlineData("192.0.2.0,192.0.2.99,64496,A\n192.0.2.10,192.0.2.19,64497,B",
        "192.0.2.0-192.0.2.9 AS64496 A|192.0.2.10-192.0.2.19 AS64497 B")]
    // one start: the later row stands
    [InlineData("192.0.2.0,192.0.2.9,64496,A\n192.0.2.0,192.0.2.5,64497,B", "192.0.2.0-192.0.2.5 AS64497 B")]
    [InlineData("192.0.2.0,192.0.2.5,64496,A\n192.0.2.0,192.0.2.9,64497,B", "192.0.2.0-192.0.2.9 AS64497 B")]
    [InlineData("2001:db8::,2001:db8::ff,64496,A\n2001:db8::8,2001:db8::f,64497,B",
        "2001:db8::-2001:db8::7 AS64496 A|2001:db8::8-2001:db8::f AS64497 B")]
    [InlineData("255.255.255.0,255.255.255.255,64496,A\n::1:0:0:0,::1:0:0:9,64497,B",
        "255.255.255.0-255.255.255.255 AS64496 A|::1:0:0:0-::1:0:0:9 AS64497 B")]
    [InlineData("192.0.2.9,192.0.2.0,64496,A\n192.0.2.0,192.0.2.7,64496,A", "192.0.2.0-192.0.2.7 AS64496 A", "bad_range@1:1")]
    [InlineData("192.0.2.0,2001:db8::,64496,A", "", "bad_range@1:1")]
    [InlineData("start,end,asn,name\n192.0.2.0,192.0.2.7,64496,A", "192.0.2.0-192.0.2.7 AS64496 A", "bad_range@1:1")]
    [InlineData("192.0.2.0\n192.0.2.0,192.0.2.7\n", "", "bad_range@1:1 bad_asn@2:11")]                // short rows
    [InlineData("192.0.2.0,192.0.2.7,ASX,A", "", "bad_asn@1:21")]
    [InlineData("192.0.2.0,192.0.2.7,,A", "", "bad_asn@1:21")]
    [InlineData("192.0.2.0,192.0.2.7,64496,\"A\n192.0.2.8,192.0.2.9,64496,A", "192.0.2.8-192.0.2.9 AS64496 A", "bad_quote@1:27")]
    public void Parse_Table_GivesDisjointRangesAndFaults(string table, string expected, string faults = "")
    {
        Assert.Equal(expected, Show(Parse(out var content, table)));
        Assert.Equal(faults, Shown.Faults(content));
    }

    [Fact]
    public void Parse_TwoTables_AreOneList() => Assert.Equal(
        "192.0.2.0-192.0.2.7 AS64496 A|2001:db8::-2001:db8::f AS64497 B",
        Show(Parse(out _, "2001:db8::,2001:db8::f,64497,B\n", "192.0.2.0,192.0.2.7,64496,A\n")));

    // Enough rows that a sort which is not stable shuffles them.
    [Fact]
    public void Parse_ManyRowsWithOneStart_TheLastStands()
    {
        var rows = Enumerable.Range(1, 200).SelectMany(at => new[]
        {
            $"192.0.2.0,192.0.2.{at},{at},A", $"198.51.100.0,198.51.100.{at},{at},B",
        });
        Assert.Equal("192.0.2.0-192.0.2.200 AS200 A|198.51.100.0-198.51.100.200 AS200 B", Show(Parse(out _, string.Join('\n', rows))));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Parse_RandomRows_AreDisjointAndTheLatestStartDecides(int seed)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(1, 40).Select(asn => (First: random.Next(200), Asn: asn)).DistinctBy(row => row.First)
            .Select(row => (row.First, Last: row.First + random.Next(50), row.Asn)).ToList();
        var parsed = Parse(out _, string.Join('\n', rows.Select(row => $"192.0.2.{row.First},192.0.2.{row.Last},{row.Asn},A")));
        for (var octet = 0; octet < 255; octet++)
        {
            var address = Address.Parse($"192.0.2.{octet}");
            var latest = rows.Where(row => row.First <= octet).OrderBy(row => row.First).LastOrDefault(); // the slow twin
            var expected = latest.Last >= octet ? latest.Asn : 0;
            var found = parsed.Where(row => row.Range.Contains(address)).Select(row => (int)row.Asn.Number).ToList();
            Assert.True(found.Count <= 1, $"seed {seed}, {address}: {found.Count} ranges");
            Assert.Equal(expected, found.FirstOrDefault());
        }
    }

    static List<AsnRange> Parse(out FeedContent faults, params string[] tables) =>
        AsnTableParser.Parse(tables.Select(table => new MemoryStream(Encoding.UTF8.GetBytes(table))), FeedLimits.Default, out faults);

    static string Show(List<AsnRange> ranges) => string.Join('|', ranges.Select(row => $"{row.Range} {row.Asn} {row.Name}"));
}
