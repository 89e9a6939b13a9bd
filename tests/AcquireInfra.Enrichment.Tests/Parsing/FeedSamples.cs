using System.Text;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>A small valid feed of each format, as real ones are written.</summary>
public sealed record FeedSample(string Name, FeedFormat Format, byte[] Bytes)
{
    public override string ToString() => Name;
}

public static class FeedSamples
{
    static readonly FeedFormat Csv = new() { Syntax = FeedSyntax.Csv, AllowSpecialPurpose = true };
    static readonly FeedFormat Json = new() { Syntax = FeedSyntax.Json, AllowSpecialPurpose = true };

    public static IReadOnlyList<FeedSample> All { get; } =
    [
        Of("text", new() { Syntax = FeedSyntax.Text, AsOf = "Last update:", AllowSpecialPurpose = true },
            "# Last update: 2026-08-22\r\n192.0.2.0/24 # a\r\n 198.51.100.4-198.51.100.9\t\r\n2001:db8::/32 ; b\r\n::ffff:203.0.113.7\n192.0.2.0/255.255.255.128\n"),
        Of("text, global space alone", new() { Syntax = FeedSyntax.Text }, "192.0.2.0/24\n3.128.0.0/9\n2a00::/19\n10.0.0.0/8\n8.8.8.8\n"),
        Of("text, endpoints", new() { Syntax = FeedSyntax.Text, Endpoints = true, AllowSpecialPurpose = true },
            "socks5://192.0.2.7:1080\n192.0.2.8:80:US\n[2001:db8::7]:443\nhttp://[2001:db8::8]:80\n2001:db8::9\n"),
        Of("text, ASNs", new() { Syntax = FeedSyntax.Text, Asn = ["asn"] }, "AS64496 # ACME\n64497\nas64498\tname\n4294967295\n"),
        Of("csv", Csv with { Columns = ["provider", "cidr", "url"], Prefix = ["cidr"], Provider = "provider" },
            "\"Acme, \"\"Inc.\"\"\",192.0.2.0/24,x\n# c\nZeta, \"2001:db8::/32\" ,\nÜnï,198.51.100.7\n"),
        Of("csv, semicolons and confidence",
            Csv with { Header = true, Delimiter = ";", Prefix = ["ip"], Confidence = "c", FirstSeen = "first", LastSeen = "last",
                AsOf = "Last update:" },
            "# Last update: Sat, 22 Aug 2026 03:04:05 +0200\nip;c;first;last\n192.0.2.7;0.5;2026-08-01;2026-08-22 01:02:03\nip;c;first;last\n192.0.2.8;1;;\n"),
        Of("csv, tabs and a filter",
            Csv with { Columns = ["ip", "n"], Delimiter = "\t", Prefix = ["ip"], Where = [new() { Field = "n", Min = 3 }] },
            "192.0.2.7\t9\n192.0.2.8\t1\n192.0.2.9\t3\n"),
        Of("csv, ASN ranges",
            Csv with { Columns = ["first", "last", "asn", "name"], First = "first", Last = "last", Asn = ["asn"], Name = "name" },
            "192.0.2.0,192.0.2.9,64496,\"LLC \"\"ACME\"\"\"\n2001:db8::,2001:db8::ffff,64497,Zeta\n198.51.100.0,198.51.100.255,0,\n"),
        Of("csv, flags",
            Csv with { Header = true, Prefix = ["net"], CategoryFlags = new Dictionary<string, string> { ["v"] = "vpn", ["t"] = "tor" } },
            "net,v,t\n192.0.2.0/24,true,\n198.51.100.0/24,false,1\n2001:db8::/48,1,true\n"),
        Of("geofeed", new() { Syntax = FeedSyntax.Geofeed, AllowSpecialPurpose = true },
            "# g\n192.0.2.0/24,US,US-WA,\"Some, City\",\n2001:db8::/48,DE,,,\n198.51.100.0/24\n"),
        Of("json, values", Json with { Prefix = ["addresses[]", "ipv6_addresses[]"] },
            """{"addresses":["192.0.2.0/24","198.51.100.7"],"ipv6_addresses":["2001:db8::/32",null]}"""),
        Of("json, records and a filter",
            Json with { Records = ["prefixes[]", "v6[]"], Prefix = ["ip"], Where = [new() { Field = "service", NotIn = ["S3"] }],
                AsOf = "at" },
            "{\"at\": 1787367845, \"prefixes\": [\n  {\"ip\": \"192.0.2.0/24\", \"service\": \"EDGE\"},\n  {\"ip\": \"198.51.100.0/24\", \"service\": \"S3\"}],\n \"v6\": [{\"ip\": \"2001:db8::\\/32\"}]}\n"),
        Of("json, fields of several values",
            Json with { Records = ["relays[]"], Prefix = ["or[]", "exit[]"], LastSeen = "seen", Endpoints = true,
                Where = [new() { Field = "flags[]", In = ["Exit"] }] },
            """{"relays":[{"or":["192.0.2.7:443","[2001:db8::7]:443"],"seen":"2026-08-22 03:00:00","flags":["Fast","Exit"]},{"or":["192.0.2.8:1"],"flags":[]}]}"""),
        Of("json, nested fields", Json with
        {
            Records = ["[]"],
            Prefix = ["net.ip"],
            Asn = ["as"],
            Name = "org",
            Provider = "by",
            Confidence = "score",
            CategoryFlags = new Dictionary<string, string> { ["is.vpn"] = "vpn", ["is.hosting"] = "hosting" },
        }, """[{"net":{"ip":"192.0.2.0/24"},"as":"AS64496","org":"ACME","by":"B\u0065ta","score":0.5,"is":{"vpn":true}},{"net":{"ip":"2001:db8::/32"},"as":64497,"is":{"hosting":"true"}}]"""),
        Of("json lines", new() { Syntax = FeedSyntax.JsonLines, Prefix = ["cidr"], AsOf = "timestamp", AllowSpecialPurpose = true },
            "{\"cidr\":\"192.0.2.0/24\",\"sblid\":\"SBL0\"}\n{\"cidr\":\"2001:db8::/32\"}\n{\"type\":\"metadata\",\"timestamp\":1787367845}\n"),
        Of("json lines, ASNs", new() { Syntax = FeedSyntax.JsonLines, Asn = ["asn"], Name = "asname" },
            "{\"asn\":64496,\"asname\":\"ACME\"}\n{\"asn\":\"AS64497\",\"asname\":\"\\u0000\"}\n{\"type\":\"metadata\"}\n"),
    ];

    static FeedSample Of(string name, FeedFormat format, string feed) => new(name, format, Encoding.UTF8.GetBytes(feed));
}
