using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class JsonParserTests
{
    static readonly FeedFormat Json = new() { Syntax = FeedSyntax.Json, AllowSpecialPurpose = true };
    static readonly FeedFormat Google =
        Json with { Records = ["prefixes[]"], Prefix = ["ipv4Prefix", "ipv6Prefix"], AsOf = "creationTime" };
    static readonly FeedFormat Aws = Json with
    {
        Records = ["prefixes[]", "ipv6_prefixes[]"],
        Prefix = ["ip_prefix", "ipv6_prefix"],
        Where = [new() { Field = "service", In = ["EDGE", "CDN"] }],
    };
    static readonly FeedFormat Azure = Json with { Records = ["values[]"], Prefix = ["properties.addressPrefixes[]"] };
    static readonly FeedFormat Oracle = Json with { Records = ["regions[].cidrs[]"], Prefix = ["cidr"], AsOf = "last_updated_timestamp" };
    static readonly FeedFormat Fastly = Json with { Prefix = ["addresses[]", "ipv6_addresses[]"] };
    static readonly FeedFormat Array = Json with { Prefix = ["[]"] };
    static readonly FeedFormat List = Json with { Records = ["list[]"], Prefix = ["."] };
    static readonly FeedFormat Onionoo = Json with
    {
        Records = ["relays[]"],
        Prefix = ["or_addresses[]", "exit_addresses[]"],
        LastSeen = "last_seen",
        Endpoints = true,
        Where = [new() { Field = "flags[]", In = ["Exit"] }, new() { Field = "flags[]", NotIn = ["BadExit"] }],
    };
    static readonly FeedFormat Servers = Json with
    {
        Records = ["[]"],
        Prefix = ["ip"],
        Asn = ["as"],
        Provider = "by.name",
        Confidence = "score",
        CategoryFlags = new Dictionary<string, string> { ["is.vpn"] = "vpn", ["is.tor"] = "tor" },
    };
    static readonly FeedFormat Asns = new() { Syntax = FeedSyntax.Json, Records = ["data[]"], Asn = ["asn"], Name = "name" };

    public static TheoryData<ParseCase> Cases =>
    [
        new ParseCase("keys in turn, other members, no final newline", Google,
            """{"syncToken": "1", "prefixes": [{"ipv4Prefix": "192.0.2.0/24"}, {"scope": "x", "ipv6Prefix": "2001:db8::/32"}, {"scope": "y"}], "more": {}}""",
            "192.0.2.0/24 2001:db8::/32"),
        new ParseCase("byte order mark", Google, "\uFEFF{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/24\"}]}\n", "192.0.2.0/24"),
        new ParseCase("pretty-printed with CR LF; the column is where the value begins", Google,
            "{\r\n  \"prefixes\": [\r\n    {\"ipv4Prefix\": \"192.0.2.0/33\"},\r\n    {\"ipv4Prefix\":\r\n \"192.0.2.1/24\"},\r\n    {\"ipv4Prefix\": \"192.0.2.0/24\"}\r\n  ]\r\n}\r\n",
            "192.0.2.0/24", "bad_prefix_length@3:20 host_bits_set@5:2"),
        new ParseCase("the same name elsewhere is another path", Google,
            """{"ipv4Prefix": "192.0.2.7", "prefixes": [{"a": {"ipv4Prefix": "192.0.2.8"}, "b": [{"ipv4Prefix": "192.0.2.9"}]}], "old": {"prefixes": [{"ipv4Prefix": "192.0.2.10"}]}}""",
            ""),
        new ParseCase("null for a value, for an array, for a record, for the document's part", Google,
            """{"prefixes": [null, {"ipv4Prefix": null}, {"ipv4Prefix": ["192.0.2.7"]}, {"ipv4Prefix": "192.0.2.8"}]}""", "192.0.2.8/32"),
        new ParseCase("null for an array", Fastly, """{"addresses": null, "ipv6_addresses": ["2001:db8::/32", null, ""]}""",
            "2001:db8::/32", "bad_address@1:63"),
        new ParseCase("values of other types", Fastly,
            """{"addresses": [7, true, {"a": "192.0.2.7"}, ["192.0.2.8"], 1e999, "192.0.2.9"]}""",
            "192.0.2.9/32", "bad_address@1:16 bad_address@1:19 bad_address@1:60"),

        new ParseCase("two kinds of records and a filter on a sibling that comes after", Aws,
            """
            {"prefixes": [{"ip_prefix": "192.0.2.0/24", "service": "EDGE"}, {"ip_prefix": "198.51.100.0/24", "service": "S3"}, {"ip_prefix": "203.0.113.0/24"}],
             "ipv6_prefixes": [{"service": "CDN", "ipv6_prefix": "2001:db8::/32"}, {"service": "CDN"}]}
            """,
            "192.0.2.0/24 2001:db8::/32", "missing_field@2:72"),
        new ParseCase("v4 and v6 in one array, the same prefix again and again", Azure,
            """{"values": [{"name": "a", "properties": {"addressPrefixes": ["192.0.2.0/24", "2001:db8::/32"]}}, {"properties": {"addressPrefixes": ["192.0.2.0/24"]}}]}""",
            "192.0.2.0/24 2001:db8::/32 192.0.2.0/24"),
        new ParseCase("records inside arrays inside records", Oracle,
            """{"regions": [{"cidrs": [{"cidr": "192.0.2.0/24", "tags": ["X"]}, {"cidr": "198.51.100.0/24"}]}, {"region": "r", "cidrs": []}, {"cidrs": [{"cidr": "203.0.113.0/24"}]}]}""",
            "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24"),
        new ParseCase("the document is the record", Fastly, """{"addresses":["192.0.2.0/24"],"ipv6_addresses":["2001:db8::/32"]}""",
            "192.0.2.0/24 2001:db8::/32"),
        new ParseCase("a plain array", Array, """["192.0.2.7", "2001:db8::7"]""", "192.0.2.7/32 2001:db8::7/128"),
        new ParseCase("the record itself is the value", List,
            """{"version": 20250823, "list": ["192.0.2.7", "192.0.2.0/24", {"x": "192.0.2.8"}], "name": "n"}""",
            "192.0.2.7/32 192.0.2.0/24"),
        new ParseCase("escapes in keys and values", Array with { Prefix = ["list[]"] },
            """{"l\u0069st": ["192\u002e0.2.0\/24", "192.0.2.7\u200b"]}""",
            "192.0.2.0/24 192.0.2.7/32"),
        new ParseCase("doubled keys: both count", Fastly, """{"addresses": ["192.0.2.7"], "addresses": ["192.0.2.8"]}""",
            "192.0.2.7/32 192.0.2.8/32"),

        new ParseCase("fields of several values, endpoints, filters on an array", Onionoo,
            """
            {"version": "8.0", "relays": [
              {"or_addresses": ["192.0.2.7:443", "[2001:db8::7]:443"], "exit_addresses": ["198.51.100.7"], "last_seen": "2026-08-22 03:00:00", "flags": ["Exit", "Fast"]},
              {"or_addresses": ["192.0.2.8:443"], "last_seen": "2026-08-22 03:00:00", "flags": ["Fast", "Exit"]},
              {"or_addresses": ["192.0.2.9:443"], "flags": ["Fast"]},
              {"or_addresses": ["192.0.2.10:443"], "flags": ["Exit", "BadExit"]},
              {"or_addresses": ["192.0.2.11:443"]}],
             "bridges": [{"or_addresses": ["192.0.2.12:443"], "flags": ["Exit"]}]}
            """,
            "192.0.2.7/32{last 2026-08-22T03:00} 2001:db8::7/128{last 2026-08-22T03:00} 198.51.100.7/32{last 2026-08-22T03:00} 192.0.2.8/32{last 2026-08-22T03:00}"),
        new ParseCase("nested fields, flags as booleans and strings, ASN as number and string", Servers,
            """
            [{"ip": "192.0.2.7", "as": 64496, "by": {"name": "Ac\u006de"}, "score": 0.25, "is": {"vpn": true, "tor": false}},
             {"ip": "192.0.2.8", "as": "AS64497", "is": {"vpn": "", "tor": "true"}},
             {"ip": "192.0.2.9", "as": "none"}, {"ip": "192.0.2.10", "as": 64496, "score": "2"}, {"as": 64496, "is": {"tor": true}}]
            """,
            "192.0.2.7/32=AS64496{vpn|Acme|25%} 192.0.2.8/32=AS64497{tor}", "bad_asn@3:28 bad_value@3:37 missing_field@3:86"),
        new ParseCase("a record without ASN where ASNs are wanted is not routed", Servers, """[{"ip": "192.0.2.7", "score": 0.5}]""", ""),
        new ParseCase("records about ASNs", Asns,
            """{"data": [{"asn": 64496, "name": "Acme"}, {"asn": "AS64497"}, {"name": "none"}, {"asn": 0}, {"asn": 64498.5}]}""",
            "AS64496 AS64497", "missing_field@1:63 missing_field@1:81 bad_asn@1:101"),

        new ParseCase("nothing", Fastly, "", "", "bad_json@1:1"),
        new ParseCase("an empty document", Fastly, "{}", ""),
        new ParseCase("another document than expected", Fastly, """{"error": {"code": 429, "message": "rate limited"}}""", ""),
        new ParseCase("a scalar", Fastly, "\"192.0.2.7\"", ""),
        new ParseCase("an HTML error page with status 200", Fastly, "\n <!DOCTYPE html>\n<html></html>\n", "", "bad_json@2:2"),
        new ParseCase("cut off: what came before stays", Fastly, "{\"addresses\": [\"192.0.2.7\",\n  \"192.0.2.", "192.0.2.7/32",
            "bad_json@2:3"),
        new ParseCase("a comment is no JSON", Fastly, "{\"addresses\": [\"192.0.2.7\" // c\n]}", "192.0.2.7/32", "bad_json@1:28"),
        new ParseCase("trailing comma", Fastly, "{\"addresses\": [\"192.0.2.7\", ]}", "192.0.2.7/32", "bad_json@1:29"),
        new ParseCase("text after the document", Fastly, "{\"addresses\": [\"192.0.2.7\"]}\nc2lnbmF0dXJl", "192.0.2.7/32", "bad_json@2:1"),
        new ParseCase("a single quote", Fastly, "{'addresses': []}", "", "bad_json@1:2"),
        new ParseCase("half a surrogate pair", Fastly, "{\"addresses\": [\"192.0.2.7\", \"\\ud800\", \"192.0.2.8\"]}", "192.0.2.7/32",
            "bad_json@1:29"),
        new ParseCase("NUL between tokens", Fastly, "{\"addresses\": [\0\"192.0.2.7\"]}", "", "bad_json@1:16"),
        new ParseCase("deeper than any feed", Array, new string('[', 33), "", "bad_json@1:33"),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Parse_Case_GivesItsEntriesAndFaults(ParseCase row) => row.AssertParses();

    [Theory]
    [InlineData("\"2026-08-22T03:04:05Z\"", "2026-08-22T03:04")]
    [InlineData("\"2026-08-22T03:04:05.123456\"", "2026-08-22T03:04")]    // Google: no zone is UTC
    [InlineData("\"2026-08-22-03-04-05\"", "2026-08-22T03:04")]           // AWS
    [InlineData("\"1787367845\"", "2026-08-22T03:04")]                    // Unix seconds as text
    [InlineData("1787367845", "2026-08-22T03:04")]                        // and as a number
    [InlineData("1787367845000", "2026-08-22T03:04")]
    [InlineData("20260822", "2026-08-22T00:00")]                          // MISP
    [InlineData("\"2026\\u002d08-22\"", "2026-08-22T00:00")]              // escaped
    [InlineData("7", "")]
    [InlineData("null", "")]
    [InlineData("\"soon\"", "")]
    [InlineData("{\"creationTime\": 20260822}", "")]
    [InlineData("[20260822]", "")]
    public void Parse_DateAtAPath_IsAsOf(string value, string expected) =>
        Assert.Equal(expected,
            Shown.Date(ParseCase.Parse(Google, $"{{\"a\": {{\"creationTime\": 20010101}}, \"creationTime\": {value}}}").AsOf));

    [Fact]
    public void Parse_DateInsideAnArrayElement_IsAsOf() =>
        Assert.Equal("2026-08-22T00:00",
            Shown.Date(ParseCase.Parse(Fastly with { AsOf = "meta[].at" }, """{"meta": [{"at": "2026-08-22"}]}""").AsOf));

    [Fact]
    public void Parse_OneLineOf340Kilobytes_IsReadWhole()
    {
        var feed = "[" + string.Join(",", Enumerable.Range(0, 17_000).Select(at => $"{{\"ip\":\"192.0.2.{at % 256}\"}}")) + "]";
        var content = ParseCase.Parse(Json with { Records = ["[]"], Prefix = ["ip"] }, feed);
        Assert.Equal((17_000, 0), (content.Entries.Length, content.FaultCount));
        Assert.True(feed.Length > 340_000, $"only {feed.Length} characters");
    }
}
