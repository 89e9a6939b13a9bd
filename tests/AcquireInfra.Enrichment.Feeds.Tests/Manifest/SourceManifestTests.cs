using System.Text;
using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Tests.Manifest;

/// <summary>The manifest and the rules of its validator. A row changes one good entry; the message must name what is wrong.</summary>
public sealed class SourceManifestTests
{
    const string Least = """
        {"id": "list-1", "name": "List", "files": ["list.txt"], "format": {"syntax": "text"}, "reliability": 0.5, "exportable": true, "licence": "MIT"}
        """;

    [Fact]
    public void Parse_LeastEntry_HasItsDefaults()
    {
        var source = Assert.Single(Parse($"{{\"sources\": [{Least}]}}").Sources);
        Assert.Equal(("list-1", "List", SourceKind.Claims, true), (source.Id, source.Name, source.Kind, source.Enabled));
        Assert.Equal(("list.txt", 0.5, true, "MIT"), (Assert.Single(source.Files), source.Reliability, source.Exportable, source.Licence));
        Assert.Empty(source.Categories);
        Assert.Empty(source.ReliabilityByCategory);
        Assert.False(source.Authoritative);
        Assert.Equal((null, null, null), (source.Covers, source.Family, source.Provider));
        Assert.Equal((null, null, null), (source.AsOf, source.HoldOffDays, source.MaxAgeDays));
        Assert.Equal((null, null, null), (source.Attribution, source.Homepage, source.Note));
    }

    // Generated readers give an init-only member that is absent null, not its default: that is why these have setters.
    [Fact]
    public void Parse_LeastFormat_HasItsDefaults()
    {
        var format = Parse($"{{\"sources\": [{Least}]}}").Sources[0].Format!;
        Assert.Equal((FeedSyntax.Text, ",", false, false, false), (format.Syntax, format.Delimiter, format.Header, format.Endpoints,
            format.AllowSpecialPurpose));
        Assert.All([format.Records, format.Columns, format.Prefix, format.Asn], Assert.Empty);
        Assert.Empty(format.Where);
        Assert.Empty(format.CategoryFlags);
        Assert.All([format.First, format.Last, format.Name, format.Provider, format.Confidence, format.FirstSeen, format.LastSeen,
            format.AsOf], Assert.Null);
        Assert.Null(format.Comments);
    }

    [Fact]
    public void Parse_EveryMember_IsRead()
    {
        var source = Parse("""
            {
              // comments and trailing commas are allowed: people write this file
              "sources": [{
                "id": "a", "name": "A", "kind": "asnTable", "enabled": false, "files": ["f", "g/"],
                "format": {
                  "syntax": "csv", "columns": ["p", "l", "a", "n", "c"], "delimiter": ";", "comments": ["//"], "prefix": ["p"], "first": "p", "last": "l",
                  "asn": ["a"], "name": "n", "provider": "n", "confidence": "c", "firstSeen": "c", "lastSeen": "c", "endpoints": true, "asOf": "at:",
                  "allowSpecialPurpose": true, "records": ["r[]"], "categoryFlags": {"c": "vpn"},
                  "where": [{"field": "c", "in": ["x"]}, {"field": "c", "notIn": ["y"]}, {"field": "c", "min": 3}],
                },
                "categories": ["hosting", "enterpriseGateway"], "covers": [], "family": "f", "provider": "P", "reliability": 1, "authoritative": true,
                "reliabilityByCategory": {"tor": 0}, "exportable": false, "licence": "L", "attribution": "t", "homepage": "h",
                "asOf": "2026-08-22T00:00:00Z", "holdOffDays": 0, "maxAgeDays": 0.5, "note": "n",
              }],
            }
            """).Sources[0];
        Assert.Equal((SourceKind.AsnTable, false, 0.5, 0.0), (source.Kind, source.Enabled, source.MaxAgeDays,
            source.ReliabilityByCategory["tor"]));
        Assert.Equal(new DateTimeOffset(2026, 8, 22, 0, 0, 0, TimeSpan.Zero), source.AsOf);
        Assert.Equal(["hosting", "enterpriseGateway"], source.Categories);
        Assert.Empty(source.Covers!);
        var format = source.Format!;
        Assert.Equal((FeedSyntax.Csv, ";", "p", "l", "vpn"), (format.Syntax, format.Delimiter, format.First, format.Last,
            format.CategoryFlags["c"]));
        Assert.Equal(("x", "y", 3.0), (Assert.Single(format.Where[0].In!), Assert.Single(format.Where[1].NotIn!), format.Where[2].Min));
    }

    [Fact]
    public void Parse_NoSources_IsAManifest() => Assert.Empty(Parse("{\"sources\": []}").Sources);

    [Theory]
    [InlineData("", "m.json")]
    [InlineData("null", "m.json is null")]
    [InlineData("[]", "m.json")]
    [InlineData("{", "m.json")]
    [InlineData("{}", "sources")]
    [InlineData("{\"sources\": null}", "sources")]
    [InlineData("{\"sources\": {}}", "sources")]
    [InlineData("{\"sources\": [null]}", "sources")]
    [InlineData("{\"sources\": [], \"source\": []}", "source")]
    [InlineData("{\"sources\": [], \"sources\": []}", "sources")]
    [InlineData("<!DOCTYPE html>", "m.json")]
    public void Parse_NoManifest_ThrowsAndNamesTheFile(string json, string named) => AssertRefused(json, named);

    [Theory]
    [InlineData("colour", "\"red\"", "colour")]                                        // unknown keys are typing errors
    [InlineData("id", null, "id")]                                                     // needed ones are needed
    [InlineData("name", null, "name")]
    [InlineData("files", null, "files names at least one")]
    [InlineData("reliability", null, "reliability")]
    [InlineData("exportable", null, "exportable")]
    [InlineData("licence", null, "licence")]
    [InlineData("name", "null", "name")]
    [InlineData("categories", "null", "categories")]
    [InlineData("kind", "\"table\"", "kind")]
    [InlineData("kind", "9", "kind is")]                                               // a number that is no kind
    [InlineData("reliability", "\"0.5\"", "reliability")]
    [InlineData("asOf", "\"yesterday\"", "asOf")]
    [InlineData("id", "\"\"", "id is")]
    [InlineData("id", "\"List\"", "id is")]
    [InlineData("id", "\"a_b\"", "id is")]
    [InlineData("id", "\"a\\n\"", "id is")]
    [InlineData("id", "\"01234567890123456789012345678901234567890123456789012345678901234\"", "id is")] // 65
    [InlineData("files", "[]", "files names")]
    [InlineData("files", "[null]", "files")]
    [InlineData("categories", "[\"VPN\"]", "'VPN' is no category")]
    [InlineData("categories", "[null]", "no category")]
    [InlineData("covers", "[\"evil\"]", "'evil' is no category")]
    [InlineData("reliabilityByCategory", "{\"evil\": 0.5}", "'evil' is no category")]
    [InlineData("reliabilityByCategory", "{\"vpn\": 1.5}", "reliability is")]
    [InlineData("reliability", "1.01", "reliability is")]
    [InlineData("reliability", "-0.01", "reliability is")]
    [InlineData("reliability", "1e999", "reliability is")]
    [InlineData("holdOffDays", "-1", "holdOffDays is")]
    [InlineData("holdOffDays", "36501", "holdOffDays is")]
    [InlineData("maxAgeDays", "0", "maxAgeDays above 0")]
    [InlineData("maxAgeDays", "36501", "maxAgeDays above 0")]
    [InlineData("format", null, "a format is needed")]
    [InlineData("kind", "\"asnRoles\"", "a format is needed, except for asnRoles")]
    [InlineData("kind", "\"asnTable\"", "an ASN table has")]
    [InlineData("urls", "[null]", "urls holds null")]
    [InlineData("urls", "[\"https://a.example/\"]", "urls")]
    [InlineData("urls", "[{}]", "url")]
    [InlineData("urls", "[{\"url\": \"lists/a.txt\"}]", "'lists/a.txt' is no address")]
    [InlineData("urls", "[{\"url\": \"http://a.example/\"}]", "is not https")]
    [InlineData("urls", "[{\"url\": \"file:///etc/passwd\"}]", "is no address")]
    [InlineData("urls", "[{\"url\": \"ftp://a.example/\", \"sha256\": \"0000000000000000000000000000000000000000000000000000000000000000\"}]", "is not https")]
    [InlineData("urls", "[{\"url\": \"https://me:secret@a.example/\"}]", "has no user")]
    [InlineData("urls", "[{\"url\": \"https://a.example/\", \"sha256\": \"00\"}]", "64 hexadecimal")]
    [InlineData("urls", "[{\"url\": \"https://a.example/\", \"member\": \"\"}]", "member is")]
    [InlineData("urls", "[{\"url\": \"https://a.example/\", \"link\": \"http://b.example/*\"}]", "link: ")]
    [InlineData("refreshInterval", "\"00:14:59\"", "refreshInterval is")]
    [InlineData("refreshInterval", "\"31.00:00:00\"", "refreshInterval is")]
    [InlineData("refreshInterval", "\"daily\"", "refreshInterval")]
    [InlineData("maxRetention", "\"00:00:00\"", "maxRetention is")]
    [InlineData("userAgent", "\"me\"", "go with urls")]
    [InlineData("gates", "{\"maxShrink\": 1.1}", "gates: maxShrink")]
    [InlineData("gates", "{\"maxGrowth\": -1}", "gates: maxGrowth")]
    [InlineData("gates", "{\"minIPv4Length\": 0}", "minIPv4Length")]
    [InlineData("gates", "{\"shrink\": 0.5}", "shrink")]
    public void Parse_WrongEntry_ThrowsAndSaysWhat(string key, string? value, string message)
    {
        var entry = JsonNode.Parse(Least)!.AsObject();
        entry.Remove(key);
        if (value is not null)
        {
            entry.Add(key, JsonNode.Parse(value));
        }
        AssertRefused($"{{\"sources\": [{entry.ToJsonString()}]}}", message);
    }

    [Theory]
    [InlineData("{}", "syntax")]
    [InlineData("{\"syntax\": \"xml\"}", "syntax")]
    [InlineData("{\"syntax\": 9}", "syntax is")]
    [InlineData("{\"syntax\": \"text\", \"prefixes\": [\"p\"]}", "prefixes")]
    [InlineData("{\"syntax\": \"json\"}", "say where")]
    [InlineData("{\"syntax\": \"jsonl\", \"name\": \"n\"}", "say where")]
    [InlineData("{\"syntax\": \"csv\", \"header\": true}", "say where")]
    [InlineData("{\"syntax\": \"csv\", \"prefix\": [\"p\"]}", "either header: true or columns")]
    [InlineData("{\"syntax\": \"csv\", \"prefix\": [\"p\"], \"header\": true, \"columns\": [\"p\"]}", "either header: true or columns")]
    [InlineData("{\"syntax\": \"csv\", \"first\": \"f\", \"header\": true}", "first and last go together")]
    [InlineData("{\"syntax\": \"csv\", \"prefix\": [\"p\"], \"last\": \"l\", \"header\": true}", "first and last go together")]
    [InlineData("{\"syntax\": \"csv\", \"prefix\": [\"p\"], \"header\": true, \"delimiter\": \"\"}", "delimiter is one")]
    [InlineData("{\"syntax\": \"csv\", \"prefix\": [\"p\"], \"header\": true, \"delimiter\": \", \"}", "delimiter is one")]
    // two bytes: fields are cut at one
    [InlineData("{\"syntax\": \"csv\", \"prefix\": [\"p\"], \"header\": true, \"delimiter\": \"§\"}", "delimiter is one")]
    [InlineData("{\"syntax\": \"text\", \"where\": [{\"field\": \"f\"}]}", "where: each filter")]
    [InlineData("{\"syntax\": \"text\", \"where\": [{\"field\": \"f\", \"in\": [\"a\"], \"min\": 1}]}", "where: each filter")]
    [InlineData("{\"syntax\": \"text\", \"where\": [{\"field\": \"f\", \"in\": [\"a\"], \"notIn\": [\"b\"]}]}", "where: each filter")]
    [InlineData("{\"syntax\": \"text\", \"where\": [{\"in\": [\"a\"]}]}", "field")]
    [InlineData("{\"syntax\": \"text\", \"where\": [null]}", "where")]
    [InlineData("{\"syntax\": \"json\", \"prefix\": [null]}", "format")]
    [InlineData("{\"syntax\": \"text\", \"comments\": [null]}", "format")]
    // would make a comment of every line
    [InlineData("{\"syntax\": \"text\", \"comments\": [\"\"]}", "comments")]
    [InlineData("{\"syntax\": \"json\", \"prefix\": [\"p\"], \"categoryFlags\": {\"f\": \"Vpn\"}}", "categoryFlags: 'Vpn'")]
    public void Parse_WrongFormat_ThrowsAndSaysWhat(string format, string message)
    {
        var entry = JsonNode.Parse(Least)!.AsObject();
        entry["format"] = JsonNode.Parse(format);
        AssertRefused($"{{\"sources\": [{entry.ToJsonString()}]}}", message);
    }

    [Theory]
    // its format is fixed
    [InlineData("\"kind\": \"asnRoles\"")]
    [InlineData("\"kind\": \"asnTable\", \"format\": {\"syntax\": \"mmdb\", \"asn\": [\"a\"]}")]
    [InlineData("\"kind\": \"asnTable\", \"format\": {\"syntax\": \"csv\", \"header\": true, \"first\": \"f\", \"last\": \"l\", \"asn\": [\"a\"]}")]
    // being found is the answer
    [InlineData("\"format\": {\"syntax\": \"mmdb\"}")]
    [InlineData("\"format\": {\"syntax\": \"geofeed\"}")]
    [InlineData("\"format\": {\"syntax\": \"text\", \"asn\": [\"asn\"]}")]
    [InlineData("\"format\": {\"syntax\": \"jsonl\", \"prefix\": [\"cidr\"]}")]
    [InlineData("\"format\": {\"syntax\": \"csv\", \"columns\": [\"p\"], \"prefix\": [\"p\"], \"delimiter\": \"\\t\"}")]
    public void Parse_FormatThatFits_IsTaken(string members)
    {
        var entry = JsonNode.Parse(Least)!.AsObject();
        entry.Remove("format");
        Parse($"{{\"sources\": [{entry.ToJsonString()[..^1]}, {members}}}]}}");
    }

    [Theory]
    [InlineData("{\"scheme\": \"bearer\", \"secret\": \"hunter2\"}", "names of environment variables")]
    [InlineData("{\"scheme\": \"digest\", \"secret\": \"A\"}", "scheme")]
    [InlineData("{\"scheme\": 9, \"secret\": \"A\"}", "scheme is")]
    [InlineData("{\"scheme\": \"basic\", \"secret\": \"A\"}", "user goes with basic")]
    [InlineData("{\"scheme\": \"bearer\", \"user\": \"B\", \"secret\": \"A\"}", "user goes with basic")]
    [InlineData("{\"scheme\": \"header\", \"secret\": \"A\"}", "name is that of")]
    [InlineData("{\"scheme\": \"header\", \"name\": \"a b\", \"secret\": \"A\"}", "name is that of")]
    [InlineData("{\"scheme\": \"bearer\", \"name\": \"X\", \"secret\": \"A\"}", "name is that of")]
    [InlineData("{\"scheme\": \"bearer\"}", "secret")]
    public void Parse_WrongCredentials_ThrowsAndSaysWhat(string credentials, string message)
    {
        var entry = JsonNode.Parse(Least)!.AsObject();
        entry["urls"] = JsonNode.Parse("[{\"url\": \"https://a.example/\"}]");
        entry["credentials"] = JsonNode.Parse(credentials);
        AssertRefused($"{{\"sources\": [{entry.ToJsonString()}]}}", message);
    }

    [Theory]
    [InlineData("{\"ip\": \"1\"}", "'1' is no address")]
    [InlineData("{\"ip\": \"192.0.2.7\", \"asn\": \"x\"}", "'x' is no ASN")]
    [InlineData("{\"ip\": \"192.0.2.7\", \"has\": [\"evil\"]}", "'evil' is no category")]
    [InlineData("{\"ip\": \"192.0.2.7\", \"hasNot\": [\"evil\"]}", "'evil' is no category")]
    [InlineData("null", "canaries")]
    public void Parse_WrongCanary_ThrowsAndSaysWhat(string canary, string message) =>
        AssertRefused($"{{\"sources\": [], \"canaries\": [{canary}]}}", message);

    [Fact]
    public void Parse_EntryOfUrls_IsReadWithItsDefaults()
    {
        var source = Parse("""
            {"sources": [{"id": "a", "name": "A", "urls": [{"url": "https://a.example/{yyyy}-{MM}.tar.gz", "member": "*.mmdb"}], "format": {"syntax": "text"},
              "reliability": 1, "exportable": true, "licence": "L", "maxRetention": "30.00:00:00", "gates": {"maxGrowth": 3},
              "credentials": {"scheme": "basic", "user": "U", "secret": "S_1"}}]}
            """).Sources[0];
        Assert.True(source.IsRefreshed);
        Assert.Equal("https://a.example/2026-03.tar.gz", source.Urls[0].At(new(2026, 3, 9, 0, 0, 0, TimeSpan.Zero)).AbsoluteUri);
        Assert.Equal((0.20, 0.25, 3.0, 0.25, 0.20, 0.01, 8, 16), (source.Gates.MaxShrink, source.Gates.MaxRemoved, source.Gates.MaxGrowth,
            source.Gates.MaxCoverageChange, source.Gates.MaxIPv4Share, source.Gates.MaxUnparsable, source.Gates.MinIPv4Length, source.Gates.MinIPv6Length));
        Assert.False(Parse($"{{\"sources\": [{Least}]}}").Sources[0].IsRefreshed);
    }

    [Fact]
    public void Parse_DoubledId_ThrowsAndNamesIt() => AssertRefused($"{{\"sources\": [{Least}, {Least}]}}",
        "list-1: the id occurs 2 times");

    [Fact]
    public void Parse_SeveralFaults_TellsThemAll()
    {
        var wrong = Least.Replace("0.5", "2", StringComparison.Ordinal);
        AssertRefused($"{{\"sources\": [{wrong}, {Least.Replace("list-1", "L", StringComparison.Ordinal)}]}}", "list-1: reliability is",
            "L: id is");
    }

    [Theory, InlineData("data/sources.json"), InlineData("tests/public-feeds.sources.json")]
    public void Parse_ManifestsOfTheRepository_AreGood(string path) =>
        Assert.NotEmpty(SourceManifest.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, path)), path).Sources);

    static SourceManifest Parse(string json) => SourceManifest.Parse(Encoding.UTF8.GetBytes(json), "m.json");

    static void AssertRefused(string json, params string[] told)
    {
        var message = Assert.Throws<ManifestException>(() => Parse(json)).Message;
        Assert.StartsWith("m.json", message, StringComparison.Ordinal);
        Assert.All(told, words => Assert.Contains(words, message, StringComparison.Ordinal));
    }
}
