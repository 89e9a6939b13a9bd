using System.Diagnostics;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.DependencyInjection;
using AddressSpace = AcquireInfra.Enrichment.V1.AddressSpace;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

/// <summary>ASNs and prefixes, on the bundled data because real networks are the point.</summary>
public sealed class SpaceEndpointsTests(ServiceFixture fixture)
{
    [Theory, InlineData("14061"), InlineData("AS14061"), InlineData("as14061")]
    public async Task GetAsn_Hoster_TellsItsSpaceAndWhatItIs(string text)
    {
        var asn = (await fixture.Rest.FetchAsync("/v1/asn/" + text)).Json;
        Assert.Equal((14061u, "DigitalOcean, LLC", "hosting", "DigitalOcean"), (
            asn.GetProperty("asn").GetUInt32(), asn.GetProperty("name").GetString(), asn.GetProperty("role").GetString(), asn.GetProperty("provider").GetString()));
        Assert.InRange(asn.GetProperty("ipv4Addresses").GetUInt64(), 2_000_000ul, 10_000_000ul);
        Assert.InRange(asn.GetProperty("ipv6Slash64s").GetUInt64(), 1_000_000ul, 1ul << 40);
        var hosting = asn.GetProperty("categories").EnumerateArray().Single();
        Assert.Equal("""{"category":"hosting","ipv4Share":1,"ipv6Share":1}""", hosting.GetRawText());
        var address = await fixture.Rest.LookupAsync("104.131.0.1");
        Assert.Equal(address.Json.GetProperty("score").GetInt32(), asn.GetProperty("maxScore").GetInt32());
        Assert.Equal(address.Json.GetProperty("snapshotId").GetString(), asn.GetProperty("snapshotId").GetString());
    }

    [Fact]
    public async Task GetAsn_OverGrpc_CountsTheSame()
    {
        using var client = new RpcClient(fixture.Service);
        foreach (var number in (uint[])[14061, 13335, 7922, 174, 3])
        {
            var rest = (await fixture.Rest.FetchAsync($"/v1/asn/{number}")).Json;
            var rpc = await client.AsnAsync(number);
            Assert.Equal((rest.GetProperty("ipv4Addresses").GetUInt64(), rest.GetProperty("ipv6Slash64s").GetUInt64()), (rpc.Ipv4.Total, rpc.Ipv6.Total));
            foreach (var row in rest.GetProperty("categories").EnumerateArray())
            {
                Assert.Equal(ShareOf(rpc.Ipv4, row), row.GetProperty("ipv4Share").GetDouble(), 4);
                Assert.Equal(ShareOf(rpc.Ipv6, row), row.GetProperty("ipv6Share").GetDouble(), 4);
            }
            Assert.Equal(rpc.Ipv4.Categories.Select(row => row.Category).Union(rpc.Ipv6.Categories.Select(row => row.Category)).Count(), rest.GetProperty("categories").GetArrayLength());
        }
    }

    static double ShareOf(AddressSpace space, JsonElement row) =>
        space.Categories.Where(part => part.Category.ToString().Equals(row.GetProperty("category").GetString(), StringComparison.OrdinalIgnoreCase))
            .Sum(part => (double)part.Count) / space.Total;

    [Theory]
    [InlineData("0", 400, "bad_asn")]
    [InlineData("AS", 400, "bad_asn")]
    [InlineData("AS-1", 400, "bad_asn")]
    [InlineData("4294967296", 400, "bad_asn")]
    [InlineData("1.10", 400, "bad_asn")]
    [InlineData("64500", 404, "not_found")]
    public async Task GetAsn_WrongOrUnknown_SaysSo(string text, int status, string code)
    {
        var answer = await fixture.Rest.FetchAsync("/v1/asn/" + text);
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task GetPrefix_OfAHoster_SumsUpAndListsItsSegments()
    {
        var answer = (await fixture.Rest.FetchAsync("/v1/cidr/104.131.0.0%2F16")).Json;
        var summary = answer.GetProperty("summary");
        Assert.Equal(("104.131.0.0/16", "global", 65_536), (
            answer.GetProperty("prefix").GetString(), answer.GetProperty("scope").GetString(), summary.GetProperty("addresses").GetInt32()));
        Assert.Equal(65_536, summary.GetProperty("byVerdict").EnumerateObject().Sum(kind => kind.Value.GetInt32()));
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("slash64s").ValueKind);
        var segments = answer.GetProperty("segments").EnumerateArray().ToList();
        Assert.Equal(summary.GetProperty("segments").GetInt32(), segments.Count);
        foreach (var segment in segments)
        {
            var address = await fixture.Rest.LookupAsync(segment.GetProperty("prefixes")[0].GetString()!.Split('/')[0]);
            foreach (var (name, value) in segment.Members(except: "prefixes"))
            {
                Assert.Equal(address.Json.GetProperty(name).GetRawText(), value);
            }
        }
    }

    [Fact]
    public async Task GetPrefix_Wide_IsTruncatedAtTheLimitAndCountedWhole()
    {
        var answer = (await fixture.Rest.FetchAsync("/v1/cidr/104.0.0.0/8?limit=7")).Json;
        var segments = answer.GetProperty("segments").EnumerateArray().ToList();
        Assert.Equal((7, true), (segments.Count, answer.GetProperty("truncated").GetBoolean()));
        Assert.Equal(1 << 24, answer.GetProperty("summary").GetProperty("byVerdict").EnumerateObject().Sum(kind => kind.Value.GetInt32()));
        // One after another, from the first address on, without a gap.
        var prefixes = segments.SelectMany(segment => segment.GetProperty("prefixes").EnumerateArray()).Select(text => Prefix.Parse(text.GetString()!)).ToList();
        Assert.Equal("104.0.0.0", prefixes[0].First.ToString());
        Assert.All(prefixes.Zip(prefixes.Skip(1)), pair => Assert.Equal(pair.First.Last.Value + 1, pair.Second.First.Value));
    }

    [Fact]
    public async Task GetPrefix_SpecialPurposeInside_IsScopeSpecialAndNeverJudged()
    {
        var answer = (await fixture.Rest.FetchAsync("/v1/cidr/198.51.100.0/22")).Json; // documentation is its first /24
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("scope").ValueKind);
        Assert.Equal(256, answer.GetProperty("summary").GetProperty("byVerdict").GetProperty("special").GetInt32());
        var first = answer.GetProperty("segments")[0];
        Assert.Equal(("documentation", "special", JsonValueKind.Null), (
            first.GetProperty("scope").GetString(), first.GetProperty("verdict").GetString(), first.GetProperty("score").ValueKind));
        Assert.Equal("documentation", (await fixture.Rest.FetchAsync("/v1/cidr/192.0.2.0/24")).Json.GetProperty("scope").GetString());
    }

    [Theory]
    [InlineData("2600::/19", 1ul << 45)]
    [InlineData("2a01:4f8::/32", 1ul << 32)]
    [InlineData("2a01:4f8::/127", 1ul)] // a part of a /64 counts as one
    public async Task GetPrefix_IPv6_CountsSlash64s(string prefix, ulong expected)
    {
        var summary = (await fixture.Rest.FetchAsync("/v1/cidr/" + prefix)).Json.GetProperty("summary");
        Assert.Equal((expected, JsonValueKind.Null), (summary.GetProperty("slash64s").GetUInt64(), summary.GetProperty("addresses").ValueKind));
    }

    [Theory]
    [InlineData("192.0.2.0%252F24", "bad_prefix", "does not begin")]        // decoded once: it says %2F
    [InlineData("192.0.2.7/24", "bad_prefix", "192.0.2.0/24")]             // the right one is named
    [InlineData("2001:db8::1/32", "bad_prefix", "2001:db8::/32")]
    [InlineData("192.0.2.0/33", "bad_prefix", "0 to 32")]
    [InlineData("192.0.2.0/024", "bad_prefix", "0 to 32")]
    [InlineData("192.0.2/24", "bad_prefix", "does not begin")]
    [InlineData("", "bad_prefix", "does not begin")]
    [InlineData("96.0.0.0/7", "bad_prefix", "too wide")]
    [InlineData("2600::/18", "bad_prefix", "too wide")]
    [InlineData("::/0", "bad_prefix", "too wide")]
    [InlineData("192.0.2.0/24?limit=0", "bad_request", "1 to 1000")]
    [InlineData("192.0.2.0/24?limit=1001", "bad_request", "1 to 1000")]
    [InlineData("192.0.2.0/24?limit=x", "bad_request", "")]
    public async Task GetPrefix_Wrong_SaysWhatIsAndWhatToSend(string path, string code, string word)
    {
        var answer = await fixture.Rest.FetchAsync("/v1/cidr/" + path);
        Assert.Equal((400, code), (answer.Status, answer.Code));
        Assert.Contains(word, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_Answered_AreInTheAuditLog()
    {
        // The service has an ASN table only with the bundled data, which is compiled already.
        await using var service = await RunningService.StartAsync(fixture.StateFolder, "--Enrichment:AuditLog=true");
        using var client = new RpcClient(service);
        foreach (var path in (string[])["/v1/cidr/192.0.2.7/32", "/v1/cidr/2001:db8::7/128", "/v1/cidr/192.0.2.0/31", "/v1/asn/14061"])
        {
            Assert.Equal(200, (await service.Rest.FetchAsync(path)).Status);
        }
        await client.AsnAsync(14061);
        var records = service.Log.Lines.Where(line => line.Event.Name == "LookupAudited").Select(line => line.Text).ToList();
        var expected = (string[])["rest for 1 addresses: 192.0.2.7.", "rest for 1 addresses: 2001:db8::7.", "rest for 1 addresses: -.", "rest for 1 addresses: -.", "grpc for 1 addresses: -."];
        Assert.Equal(expected.Length, records.Count);
        Assert.All(expected.Zip(records), pair => Assert.Contains("local asked by " + pair.First, pair.Second, StringComparison.Ordinal));
    }

    // Nobody asks for it.
    [Fact]
    public async Task Snapshot_GoesLive_ItsSpaceIsCounted()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Logging:LogLevel:AcquireInfra=Debug");
        var next = SmallData.Compile(folder, "203.0.113.0/24\n");
        service.Services.GetRequiredService<SnapshotHolder>().Swap(next);
        for (var began = Stopwatch.GetTimestamp(); !service.Log.Lines.Any(line => line.Event.Name == "SpaceCounted" && line.Text.Contains(next.Id, StringComparison.Ordinal));)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "it is not counted");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Both_PlacesOfBatchesTaken_AreRefusedAndLookupsGoOn()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(
            folder, "--Enrichment:Limits:MaxBatches=1", "--Enrichment:Limits:MaxQueued=0", "--Enrichment:Limits:MaxQueueMilliseconds=1");
        using var place = await service.Services.GetRequiredService<Gates>().Batches.AcquireAsync(1, TestContext.Current.CancellationToken);
        Assert.Equal("overloaded", (await service.Rest.FetchAsync("/v1/asn/64500")).Code);
        Assert.Equal("overloaded", (await service.Rest.FetchAsync("/v1/cidr/192.0.2.0/24")).Code);
        Assert.Equal(200, (await service.Rest.LookupAsync("192.0.2.7")).Status);
    }

    [Fact]
    public async Task Both_WithoutSnapshot_Say503()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        await File.WriteAllTextAsync(folder["state"], "a file where the folder should be", TestContext.Current.CancellationToken);
        await using var service = await RunningService.StartAsync(folder["state"], $"--Enrichment:DataFolder={folder["data"]}");
        foreach (var path in (string[])["/v1/asn/64500", "/v1/cidr/192.0.2.0/24"])
        {
            var answer = await service.Rest.FetchAsync(path);
            Assert.Equal((503, "no_snapshot"), (answer.Status, answer.Code));
        }
        Assert.Equal("bad_asn", (await service.Rest.FetchAsync("/v1/asn/0")).Code); // wrong in any state
    }
}
