using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

/// <summary>What the bundled data says of well-known addresses, as of an hour when it is fresh.</summary>
public sealed class VerdictTests(ServiceFixture fixture)
{
    [Theory]
    [InlineData("104.131.0.1", 14061, "DigitalOcean")]
    [InlineData("2604:a880::1", 14061, "DigitalOcean")]
    [InlineData("88.198.0.1", 24940, "Hetzner")]
    [InlineData("2a01:4f8::1", 24940, "Hetzner")]
    public async Task Verdict_RentedServer_IsHosting(string ip, int asn, string provider)
    {
        var verdict = await JudgeAsync(ip);
        Assert.Equal(("hosting", "hosting"), (Text(verdict, "verdict"), Text(verdict, "asnRole")));
        Assert.Equal((asn, provider), (Number(verdict, "asn"), Text(verdict, "provider")));
        Assert.True(verdict.GetProperty("isHosting").GetBoolean());
        Assert.InRange(Number(verdict, "score"), 10, 24); // low: hosting alone is never called malicious
        Assert.Equal("low", Text(verdict, "level"));
        Assert.Contains("hosting", verdict.GetProperty("categories").EnumerateArray().Select(category => category.GetString()));
    }

    [Theory, InlineData("73.0.0.1"), InlineData("2601::1")]
    public async Task Verdict_AccessLine_IsOrdinary(string ip)
    {
        var verdict = await JudgeAsync(ip);
        Assert.Equal(("ordinary", "access", 7922), (Text(verdict, "verdict"), Text(verdict, "asnRole"), Number(verdict, "asn")));
        Assert.Equal(0, Number(verdict, "score"));
        Assert.False(verdict.GetProperty("isHosting").GetBoolean());
    }

    // The seed lists AS174 as hosting; of a carrier's whole ASN that says nothing.
    [Theory, InlineData("38.100.1.1"), InlineData("2001:550::1")]
    public async Task Verdict_CarrierWithoutPrefixEvidence_ScoresZero(string ip)
    {
        var verdict = await JudgeAsync(ip);
        Assert.Equal((174, "transit", "minimal"), (Number(verdict, "asn"), Text(verdict, "asnRole"), Text(verdict, "level")));
        Assert.Equal((0, 0), (Number(verdict, "score"), Number(verdict, "rawScore")));
        var evidence = verdict.GetProperty("points")[0].GetProperty("evidence")[0];
        Assert.Equal(("seed-t1583", 0), (Text(evidence, "source"), evidence.GetProperty("strength").GetDouble()));
    }

    // No bundled source covers these: unknown is not "no".
    [Theory, InlineData("104.131.0.1"), InlineData("73.0.0.1"), InlineData("2601::1")]
    public async Task Verdict_CategoryThatNothingCovers_IsNull(string ip)
    {
        var verdict = await JudgeAsync(ip);
        foreach (var flag in (string[])["isProxy", "isResidentialProxy", "isTor", "isRelay", "isBulletproof", "isCrawler", "isMobile"])
        {
            Assert.True(verdict.GetProperty(flag).ValueKind == JsonValueKind.Null, flag);
        }
        var unassessed = verdict.GetProperty("unassessed").EnumerateArray().Select(category => category.GetString()).ToList();
        string[] uncovered = ["proxy", "residentialProxy", "tor", "relay", "bulletproof", "abuse", "crawler", "mobile"];
        Assert.All(uncovered, category => Assert.Contains(category, unassessed));
        Assert.DoesNotContain("hosting", unassessed);
        Assert.False(verdict.GetProperty("isVpn").GetBoolean()); // the role table covers it, and the ASN has another role
    }

    [Theory]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("10.0.0.1", "private")]
    [InlineData("::ffff:10.0.0.1", "private")]
    [InlineData("169.254.169.254", "linkLocal")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("100.64.0.1", "shared")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    public async Task Verdict_SpecialPurposeAddress_IsNotJudged(string ip, string scope)
    {
        var single = await fixture.Rest.LookupAsync(ip);
        Assert.Equal(200, single.Status);
        Assert.Equal(("special", scope), (Text(single.Json, "verdict"), Text(single.Json, "scope")));
        foreach (var member in (string[])["level", "score", "rawScore", "confidence", "isHosting", "isVpn", "isTor"])
        {
            Assert.True(single.Json.GetProperty(member).ValueKind == JsonValueKind.Null, member);
        }
        Assert.Equal(0, single.Json.GetProperty("points").GetArrayLength());
    }

    [Theory]
    [InlineData("64:ff9b::104.131.0.1", "64:ff9b::6883:1", "nat64", "unlisted")]
    [InlineData("2002:6883:1::1", "2002:6883:1::1", "6to4", "special")]
    [InlineData("2001:0:53aa:64c:0:7efb:977c:fffe", "2001:0:53aa:64c:0:7efb:977c:fffe", "teredo", "special")]
    public async Task Verdict_TransitionAddress_IsTheIPv6AddressWithTheEmbeddedOneBeside(string text, string ip, string scheme, string kind)
    {
        var verdict = await JudgeAsync(text);
        Assert.Equal((ip, kind), (Text(verdict, "ip"), Text(verdict, "verdict")));
        var embedded = verdict.GetProperty("embedded");
        Assert.Equal(scheme, Text(embedded, "scheme"));
        var alone = await JudgeAsync("104.131.0.1");
        Assert.Equal(alone.Members(except: "input"), embedded.GetProperty("verdict").Members());
    }

    // One look-up as of the hour, and as of one when the data is long past its age.
    [Fact]
    public async Task Verdict_AtAnotherHour_IsJudgedAsOfThatHour()
    {
        var answer = await fixture.Rest.BatchAsync(
        [
            """{"ip":"104.131.0.1","at":"2026-11-24T12:34:56Z"}""", """{"ip":"104.131.0.1","at":"2036-01-01T00:00Z"}""", "\"104.131.0.1\"",
        ]);
        var results = answer.Json.GetProperty("results");
        Assert.Equal(("2026-11-24T12:00:00Z", "2036-01-01T00:00:00Z"), (Text(results[0], "judgedAt"), Text(results[1], "judgedAt")));
        Assert.True(results[0].GetProperty("isHosting").GetBoolean());
        Assert.Equal(JsonValueKind.Null, results[1].GetProperty("isHosting").ValueKind); // stale data knows nothing
        Assert.Equal("unlisted", Text(results[1], "verdict"));
        Assert.InRange(DateTime.UtcNow - results[2].GetProperty("judgedAt").GetDateTime(), TimeSpan.Zero, TimeSpan.FromMinutes(65));
    }

    async Task<JsonElement> JudgeAsync(string ip) =>
        (await fixture.Rest.BatchAsync([$"{{\"ip\":\"{ip}\",\"at\":\"{ServiceFixture.FreshHour}\"}}"])).Json.GetProperty("results")[0];

    static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    static int Number(JsonElement element, string member) => element.GetProperty(member).GetInt32();
}
