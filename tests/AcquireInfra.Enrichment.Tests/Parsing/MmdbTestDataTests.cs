using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>MaxMind's own test databases, IPinfo's samples and the private relay's database, against what they were made from.</summary>
[Trait("Needs", "feeds")]
public sealed class MmdbTestDataTests
{
    static readonly FeedFormat Found = new() { Syntax = FeedSyntax.MaxMindDb, AllowSpecialPurpose = true };
    static readonly FeedLimits AnyLength = FeedLimits.Default with { MinIPv4Length = 0, MinIPv6Length = 0 };

    static readonly Dictionary<string, string> MaxMindFlags = new()
    {
        ["is_anonymous_vpn"] = "vpn",
        ["is_hosting_provider"] = "hosting",
        ["is_public_proxy"] = "proxy",
        ["is_residential_proxy"] = "residentialProxy",
        ["is_tor_exit_node"] = "tor",
    };

    static readonly Dictionary<string, string> IPinfoFlags = new()
    {
        ["hosting"] = "hosting",
        ["proxy"] = "proxy",
        ["relay"] = "relay",
        ["tor"] = "tor",
        ["vpn"] = "vpn",
    };

    [Theory]
    [InlineData("libmaxminddb/libmaxminddb-corrupt-search-tree")]
    [InlineData("libmaxminddb/libmaxminddb-deep-array-nesting")]
    [InlineData("libmaxminddb/libmaxminddb-deep-nesting")]
    [InlineData("libmaxminddb/libmaxminddb-empty-array-last-in-metadata")]
    [InlineData("libmaxminddb/libmaxminddb-empty-map-last-in-metadata")]
    [InlineData("libmaxminddb/libmaxminddb-metadata-marker-only")]
    [InlineData("libmaxminddb/libmaxminddb-offset-integer-overflow")]
    [InlineData("libmaxminddb/libmaxminddb-oversized-array")]
    [InlineData("libmaxminddb/libmaxminddb-oversized-map")]
    [InlineData("libmaxminddb/libmaxminddb-separator-record-max-left")]
    [InlineData("libmaxminddb/libmaxminddb-separator-record-min-left")]
    [InlineData("libmaxminddb/libmaxminddb-separator-record-min-right")]
    [InlineData("libmaxminddb/libmaxminddb-uint64-max-epoch")]
    [InlineData("maxminddb-golang/cyclic-data-structure")]
    [InlineData("maxminddb-golang/invalid-bytes-length")]
    [InlineData("maxminddb-golang/invalid-data-record-offset")]
    [InlineData("maxminddb-golang/invalid-map-key-length")]
    [InlineData("maxminddb-golang/invalid-string-length")]
    [InlineData("maxminddb-golang/metadata-is-an-uint128")]
    [InlineData("maxminddb-golang/unexpected-bytes")]
    [InlineData("maxminddb-python/bad-unicode-in-map-key")]
    [InlineData("../test-data/GeoIP2-City-Test-Broken-Double-Format")]
    [InlineData("../test-data/GeoIP2-City-Test-Invalid-Node-Count")]
    [InlineData("../test-data/MaxMind-DB-test-broken-pointers-24")]
    [InlineData("../test-data/MaxMind-DB-test-broken-search-tree-24")]
    public async Task Parse_BadFile_IsInvalidDataOrHasNoEntries(string file)
    {
        var path = FeedsFolder.Mmdb("maxmind", "bad-data", file + ".mmdb");
        var parse = Task.Run(() => FeedParser.ParseMmdb(path, Found with { AllowSpecialPurpose = false }, FeedLimits.Default),
            TestContext.Current.CancellationToken);
        try
        {
            var content = await parse.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            Assert.Equal(0, content.Entries.Length);
        }
        catch (InvalidDataException exception)
        {
            Assert.StartsWith("Not a sound MaxMind DB: ", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parse_EveryOtherFile_Reads()
    {
        var files = Directory.GetFiles(FeedsFolder.Mmdb(), "*.mmdb", SearchOption.AllDirectories)
            .Where(path => !path.Contains("bad-data", StringComparison.Ordinal) && !path.Contains("roken", StringComparison.Ordinal)
                && !path.Contains("Invalid", StringComparison.Ordinal))
            .ToList();
        Assert.True(files.Count >= 40, $"only {files.Count} files");
        foreach (var content in files.Select(path => FeedParser.ParseMmdb(path, Found, AnyLength)))
        {
            Assert.Equal(0, content.FaultCount);
            Assert.NotNull(content.AsOf);
        }
    }

    [Theory]
    [InlineData("GeoIP-Anonymous-Plus-Test")]
    [InlineData("GeoIP-Residential-Proxy-Test")]
    [InlineData("GeoIP2-Anonymous-IP-Test")]
    [InlineData("GeoIP2-Connection-Type-Test")]
    [InlineData("GeoIP2-IP-Risk-Test")]
    [InlineData("GeoIP2-ISP-Test")]
    [InlineData("GeoIP2-Static-IP-Score-Test")]
    [InlineData("GeoIP2-User-Count-Test")]
    [InlineData("GeoLite2-ASN-Test")]
    public void Parse_MaxMindTestData_SaysWhatItsSourceSays(string name)
    {
        var format = Found with
        {
            CategoryFlags = name.Contains("Anonymous", StringComparison.Ordinal) ? MaxMindFlags : [],
            IsAsnTable = true,
            Asn = name is "GeoIP2-ISP-Test" or "GeoLite2-ASN-Test" ? ["autonomous_system_number"] : [],
        };
        var content = FeedParser.ParseMmdb(FeedsFolder.Mmdb("maxmind", "test-data", name + ".mmdb"), format, AnyLength);
        var expected = SourceOf(FeedsFolder.Mmdb("maxmind", "source-data", name + ".json"), format);
        Assert.True(expected.Prefixes.Count >= 5, $"only {expected.Prefixes.Count} networks");
        PrefixOracle.AssertAgree(expected, PrefixOracle.Of(content));
    }

    // asn_sample is not among them: its table holds other rows than its database.
    [Theory]
    [InlineData("ipinfo_asn_sample")]
    [InlineData("ipinfo_lite_sample")]
    [InlineData("ipinfo_privacy_sample")]      // flags "true" and "false" in the table, booleans in the database
    [InlineData("privacy_detection_sample")]   // flags "true" and empty, in both
    [InlineData("ip_residential_proxy_sample")]
    public void Parse_IPinfoSample_SaysWhatItsTableSays(string name)
    {
        var format = Found with
        {
            Asn = name.Contains("asn", StringComparison.Ordinal) || name.Contains("lite", StringComparison.Ordinal) ? ["asn"] : [],
            CategoryFlags = name.Contains("privacy", StringComparison.Ordinal) ? IPinfoFlags : [],
        };
        var table = format with { Syntax = FeedSyntax.Csv, Header = true };
        var path = FeedsFolder.Mmdb("ipinfo", name + ".csv");
        var columns = File.ReadLines(path).First().Split(',');
        table = columns.Contains("start_ip") ? table with { First = "start_ip", Last = "end_ip" } : table with { Prefix = [columns[0]] };
        using var rows = File.OpenRead(path);

        var expected = PrefixOracle.Of(FeedParser.Parse(rows, table, AnyLength));
        var content = FeedParser.ParseMmdb(FeedsFolder.Mmdb("ipinfo", name + ".mmdb"), format, AnyLength);

        Assert.Equal(0, content.FaultCount);
        Assert.True(expected.Prefixes.Count >= 15, $"only {expected.Prefixes.Count} networks");
        PrefixOracle.AssertAgree(expected, PrefixOracle.Of(content));
    }

    // The record of each network is its first address.
    [Theory]
    [InlineData("ipv4-24", 6)]
    [InlineData("ipv4-28", 6)]
    [InlineData("ipv4-32", 6)]
    [InlineData("ipv6-24", 5)]
    [InlineData("ipv6-28", 5)]
    [InlineData("ipv6-32", 5)]
    [InlineData("mixed-24", 11)]
    [InlineData("mixed-28", 11)]
    [InlineData("mixed-32", 11)]
    public void Parse_EachRecordSize_FindsEachNetworkItsOwnRecord(string name, int networks)
    {
        var content = FeedParser.ParseMmdb(FeedsFolder.Mmdb("maxmind", "test-data", $"MaxMind-DB-test-{name}.mmdb"),
            Found with { Provider = "ip" }, AnyLength);
        Assert.Equal(networks, content.Entries.Length);
        foreach (var entry in content.Entries)
        {
            var recorded = Unmapped(Address.Parse(content.Labels[entry.Label].Provider!));
            Assert.Equal(entry.Prefix.First, recorded);
        }
    }

    [Fact]
    public void Parse_PrivateRelayDatabase_FindsTheListsOfTheSameWeek()
    {
        var content = FeedParser.ParseMmdb(FeedsFolder.Feed("relay", "icloud-private-relay.mmdb"), Found, FeedLimits.Default);
        var found = PrefixOracle.Of(content);
        Assert.Equal((27_791, 0), (content.Entries.Length, content.FaultCount)); // 55,643 with the aliases of the IPv4 tree
        foreach (var family in (string[])["ipv4", "ipv6"])
        {
            using var list = File.OpenRead(FeedsFolder.Feed("relay", $"icloud-private-relay-{family}_merged.txt"));
            var listed = PrefixOracle.Of(FeedParser.Parse(list, new() { Syntax = FeedSyntax.Text }, FeedLimits.Default)).Prefixes;
            var share = listed.Count(prefix => found.Find(prefix.First) is not null) / (double)listed.Count;
            Assert.True(share > 0.99, $"{family}: {share:P1} of {listed.Count}");
        }
        Assert.Null(found.Find(Address.Parse("192.0.2.1")));
    }

    static PrefixOracle SourceOf(string path, FeedFormat format)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var oracle = new PrefixOracle();
        foreach (var network in json.RootElement.EnumerateArray().SelectMany(element => element.EnumerateObject()))
        {
            var asn = format.Asn.Count > 0 && network.Value.TryGetProperty(format.Asn[0], out var number) ? number.GetUInt32() : 0;
            List<string> categories = [.. format.CategoryFlags
                .Where(flag => network.Value.TryGetProperty(flag.Key, out var value) && value.GetBoolean())
                .Select(flag => flag.Value)];
            var isWanted = (format.Asn.Count == 0 || asn != 0) && (format.CategoryFlags.Count == 0 || categories.Count > 0);
            oracle.Add(UnmappedPrefix(Prefix.Parse(network.Name)), isWanted ? PrefixOracle.Said(new Asn(asn), categories) : "");
        }
        return oracle;
    }

    // ::1.2.3.0/120 is where a database keeps 1.2.3.0/24.
    static Prefix UnmappedPrefix(Prefix prefix) => Unmapped(prefix.Network) is { IsIPv4: true } network && !prefix.IsIPv4
        ? Prefix.Create(network, prefix.Length - 96)
        : prefix;

    static Address Unmapped(Address address) => address.High == 0 && address.Low >> 32 == 0 ? Address.FromIPv4((uint)address.Low) : address;
}
