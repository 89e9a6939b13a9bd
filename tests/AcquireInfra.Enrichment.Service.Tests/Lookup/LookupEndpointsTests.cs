using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

public sealed class LookupEndpointsTests(ServiceFixture fixture)
{
    [Theory]
    [InlineData("192.0.2.1:443", "192.0.2.1")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("[2001:DB8:0:0::1]", "2001:db8::1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:c000:201", "192.0.2.1")]
    [InlineData("[::ffff:192.0.2.1]:443", "192.0.2.1")]
    [InlineData("192[.]0[.]2[.]1", "192.0.2.1")]
    [InlineData("192.0.2.1/32", "192.0.2.1")]
    [InlineData("fe80::1%eth0", "fe80::1")]
    public async Task Get_WhatLogsWrapRoundAnAddress_IsUnwrapped(string text, string expected) =>
        Assert.Equal(expected, (await fixture.Rest.LookupAsync(text)).Json.GetProperty("ip").GetString());

    [Fact]
    public async Task Get_MappedAddress_IsAnsweredAsTheIPv4Address() =>
        Assert.Equal((await fixture.Rest.LookupAsync("8.8.8.8")).Text, (await fixture.Rest.LookupAsync("::ffff:8.8.8.8")).Text);

    [Theory]
    [InlineData("/v1/ip/192.0.2.1%2F32", 200)]
    [InlineData("/v1/ip/192.0.2.1/32", 200)]         // a slash that nobody encoded
    [InlineData("/v1/ip/192.0.2.1%252F32", 400)]     // decoded once: it says %2F
    [InlineData("/v1/ip/%3192.0.2.1", 200)]          // an encoded digit
    [InlineData("/v1/ip/%253192.0.2.1", 400)]
    [InlineData("/v1/ip/192.0.2.1%2F24", 400)]       // a range
    [InlineData("/v1/ip/192.0.2.1?ip=192.0.2.2", 200)]
    [InlineData("/V1/IP/192.0.2.1", 200)]
    [InlineData("/v1/ip/192.0.2.1/", 400)]
    [InlineData("/v1/ip/192.0.2.1/../192.0.2.2", 400)] // Kestrel takes the dots out of the path, and that would be another address
    [InlineData("/v1/%69p/x/v1/ip/192.0.2.1", 400)]  // a second "/v1/ip/" chooses nothing
    [InlineData("/v1/ip/%FF", 400)]
    [InlineData("/v1/ip/%C0%AF", 400)]
    [InlineData("/v1/ip/%ED%A0%80", 400)]
    [InlineData("/v1/ip/192.0.2.1%00", 400)]
    [InlineData("/v1/ip/", 400)]
    [InlineData("/v1/ip", 400)]
    public async Task Get_Path_StatusIs(string path, int expected) =>
        Assert.Equal(expected, (await fixture.Rest.FetchAsync(path)).Status);

    [Fact]
    public async Task Get_BatchOfTwoHundred_EveryFieldEqualsTheSingleVerdict()
    {
        var addresses = SomeAddresses().ToList();
        List<Answer> singles = [];
        List<string> items = [];
        foreach (var address in addresses)
        {
            // As of then: the clock may strike between the two.
            items.Add($"{{\"ip\":\"{address}\",\"at\":\"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffff}Z\"}}");
            singles.Add(await fixture.Rest.LookupAsync(address));
        }
        var batch = await fixture.Rest.BatchAsync(items);
        var results = batch.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(addresses.Count, results.Count);
        foreach (var (single, result) in singles.Zip(results))
        {
            Assert.Equal(single.Json.Members(), result.Members(except: "input"));
        }
        var verdicts = results.Select(result => result.GetProperty("verdict").GetString()).Distinct().Order();
        Assert.Equal(["benignService", "hosting", "ordinary", "special", "unlisted"], verdicts); // all that the bundled data can give
    }

    [Fact]
    public async Task Get_AnyVerdict_PointsAddUpToTheScore()
    {
        var batch = await fixture.Rest.BatchAsync(
            SomeAddresses().Select(address => $"{{\"ip\":\"{address}\",\"at\":\"{ServiceFixture.FreshHour}\"}}"));
        var verdicts = batch.Json.GetProperty("results").EnumerateArray();
        var scored = 0;
        foreach (var verdict in verdicts.Where(verdict => verdict.GetProperty("score").ValueKind == JsonValueKind.Number))
        {
            var points = verdict.GetProperty("points").EnumerateArray().Sum(row => row.GetProperty("points").GetInt32());
            var lifted = verdict.GetProperty("override") is { ValueKind: JsonValueKind.Object } applied ? applied.GetProperty("points").GetInt32() : 0;
            Assert.Equal(verdict.GetProperty("score").GetInt32(), points + lifted);
            scored += points > 0 ? 1 : 0;
        }
        Assert.True(scored > 20, $"only {scored} scores are above 0");
    }

    // Well-known ones for every kind of verdict, and random ones of both families.
    static IEnumerable<string> SomeAddresses()
    {
        string[] known = ["104.131.0.1", "88.198.0.1", "2a01:4f8::1", "73.0.0.1", "38.100.1.1", "1.1.1.1", "192.0.2.1", "64:ff9b::6883:1"];
        var random = new Random(20261124);
        var hosting = Enumerable.Range(0, 30).Select(_ => Address.FromIPv4(0x68830000 | (uint)random.Next(1 << 16))); // 104.131.0.0/16
        var ipv4 = Enumerable.Range(0, 80).Select(_ => Address.FromIPv4((uint)random.NextInt64(1L << 24, 0xE0000000)));
        ulong[] blocks = [0x2600, 0x2A00, 0x2400, 0x2001];
        var ipv6 = Enumerable.Range(0, 80).Select(at => new Address(blocks[at % 4] << 48 | (ulong)random.NextInt64(1L << 44), 1));
        return known.Concat(hosting.Concat(ipv4).Concat(ipv6).Select(address => address.ToString()));
    }

    [Fact]
    public async Task GetVerdict_Unchanged_IsNotSentAgain()
    {
        using var first = await fixture.Rest.GetAsync("/v1/ip/192.0.2.7", TestContext.Current.CancellationToken);
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);
        Assert.Equal("no-cache, private", first.Headers.CacheControl!.ToString());
        foreach (var (sent, status) in ((string, int)[])[(tag.Tag, 304), ($"\"x\", {tag.Tag}", 304), ($"W/{tag.Tag}", 304), ("*", 304), ("\"x\"", 200), ("", 200)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/ip/192.0.2.7");
            request.Headers.TryAddWithoutValidation("If-None-Match", sent);
            var again = await fixture.Rest.AnswerToAsync(request);
            Assert.Equal((status, status == 304), (again.Status, again.Text.Length == 0));
        }
        using var bad = await fixture.Rest.GetAsync("/v1/ip/nonsense", TestContext.Current.CancellationToken);
        Assert.Equal((null, "no-store"), (bad.Headers.ETag, bad.Headers.CacheControl!.ToString()));
    }

    [Theory]
    [InlineData("?fields=ip", """{"ip":"192.0.2.7"}""")]
    [InlineData("?fields=verdict,ip", """{"ip":"192.0.2.7","verdict":"special"}""")]
    [InlineData("?fields=%20ip%20,,ip", """{"ip":"192.0.2.7"}""")]
    public async Task GetVerdict_Fields_AreTheOnlyMembers(string query, string expected) =>
        Assert.Equal(expected, (await fixture.Rest.FetchAsync("/v1/ip/192.0.2.7" + query)).Text);

    [Fact]
    public async Task GetVerdict_FieldThatIsNone_IsRefused()
    {
        var answer = await fixture.Rest.FetchAsync("/v1/ip/192.0.2.7?fields=ip,colour");
        Assert.Equal((400, "bad_request"), (answer.Status, answer.Code));
    }
}
