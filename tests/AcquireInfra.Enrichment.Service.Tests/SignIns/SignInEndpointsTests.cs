using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using SignInReason = AcquireInfra.Enrichment.Sentinel.SignIns.SignInReason;

namespace AcquireInfra.Enrichment.Service.Tests.SignIns;

/// <summary>Sign-ins through both doors: what is answered is what the library says, and what cannot be read is told in its place.</summary>
public sealed class SignInEndpointsTests(ServiceFixture fixture)
{
    const string TwoPrincipals = """
        {"signIns":[
          {"principal":"ada","id":"a1","ip":"104.131.0.1","at":"2026-11-24T11:00:00Z","resultType":"500121","roles":["Global Administrator"],"protocol":"deviceCode","asn":14061},
          {"principal":"ada","id":"a2","ip":"73.1.1.1","at":"2026-11-24T11:05:00Z","resultType":"0","deviceCompliant":true},
          {"principal":"bob","ip":"1.2.3","resultType":"0"},
          {"principal":"bob","ip":"10.0.0.1","isConfidentialClient":true,"isInteractive":false,"riskEventTypes":["anonymizedIPAddress"]}],
         "baseline":{"ada":[{"asn":7922,"firstSeen":"2026-09-01T00:00:00Z"}]},"allowPrefixes":["198.51.100.0/24"],"ownEgressPrefixes":["2001:db8::/32"],"asOfSignIn":true}
        """;

    [Fact]
    public async Task PostSignIns_TwoPrincipals_AreScoredWithReasonsThatAddUp()
    {
        var (status, answer, _) = await PostAsync(TwoPrincipals);
        Assert.Equal(HttpStatusCode.OK, status);
        var results = answer.GetProperty("results");
        Assert.Equal(["ada", "bob"], results.EnumerateArray().Select(result => result.GetProperty("principal").GetString()));
        var ada = results[0];
        Assert.Equal(("contain", true), (ada.GetProperty("disposition").GetString(), ada.GetProperty("score").GetInt32() >= 80));
        Assert.Equal(ada.GetProperty("score").GetInt32(), ada.GetProperty("reasons").EnumerateArray().Sum(reason => reason.GetProperty("points").GetInt32()));
        Assert.Contains(SignInReason.DeviceCode, ada.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetProperty("reason").GetString()));
        Assert.Equal(JsonValueKind.Null, ada.GetProperty("seedScore").ValueKind); // a success alone is what the seed looks at
        Assert.Equal(["new", "known"], ada.GetProperty("signIns").EnumerateArray().Select(signIn => signIn.GetProperty("novelty").GetString()));
        Assert.NotEmpty(ada.GetProperty("signIns")[1].GetProperty("unassessed").EnumerateArray());
        Assert.True(results[1].GetProperty("ipMayBeInherited").GetBoolean());
        var rejected = Assert.Single(answer.GetProperty("rejected").EnumerateArray());
        Assert.Equal((2, "bad_address", "ipv4_part_count"), (
            rejected.GetProperty("index").GetInt32(), rejected.GetProperty("error").GetProperty("code").GetString(), rejected.GetProperty("error").GetProperty("reason").GetString()));
        Assert.StartsWith("""{"total":4,"scored":3,"rejected":1,"principals":2,"maxScore":""", answer.GetProperty("summary").GetRawText(), StringComparison.Ordinal);
        Assert.Equal("s1", answer.GetProperty("signInPolicyVersion").GetString());
    }

    // REST = gRPC = library, word for word.
    [Fact]
    public async Task Doors_SameSignIns_SayTheSame()
    {
        var rest = (await PostAsync(TwoPrincipals)).Text;
        var judge = fixture.Service.Services.GetRequiredService<JudgeProvider>().Current!;
        var scorer = new SignInScorer(SignInPolicy.Parse(new DataFolder(DataFolder.DefaultPath).ReadSignInPolicyJson()));
        var batch = SignInBatch.Read(Encoding.UTF8.GetBytes(TwoPrincipals), 10, [], out _)!;
        var library = SignInScoreResponse.Of(batch, scorer, judge, TestContext.Current.CancellationToken);
        Assert.Equal(
            JsonDocument.Parse(JsonSerializer.Serialize(library, SignInScoreJson.Default.SignInScoreResponse)).RootElement.ToString(),
            JsonDocument.Parse(rest).RootElement.ToString(), ignoreCase: false);
        var request = new ScoreSignInsRequest { AllowPrefixes = { "198.51.100.0/24" }, OwnEgressPrefixes = { "2001:db8::/32" }, AsOfSignIn = true };
        request.Baseline.Add(new PrincipalBaseline { Principal = "ada", Networks = { new V1.SeenNetwork { Asn = 7922, FirstSeen = At("2026-09-01T00:00:00Z") } } });
        request.SignIns.Add(new V1.SignIn { Principal = "ada", Id = "a1", Ip = "104.131.0.1", At = At("2026-11-24T11:00:00Z"), ResultType = "500121", Roles = { "Global Administrator" }, Protocol = "deviceCode", Asn = 14061 });
        request.SignIns.Add(new V1.SignIn { Principal = "ada", Id = "a2", Ip = "73.1.1.1", At = At("2026-11-24T11:05:00Z"), ResultType = "0", DeviceCompliant = true });
        request.SignIns.Add(new V1.SignIn { Principal = "bob", Ip = "1.2.3", ResultType = "0" });
        request.SignIns.Add(new V1.SignIn { Principal = "bob", Ip = "10.0.0.1", IsConfidentialClient = true, IsInteractive = false, RiskEventTypes = { "anonymizedIPAddress" } });
        using var client = new RpcClient(fixture.Service);
        var grpc = await client.CallAsync<ScoreSignInsRequest, ScoreSignInsResponse>("ScoreSignIns", request);
        Assert.Equal(library.Results.Select(Shown), grpc.Results.Select(Shown));
        Assert.Equal(library.Rejected.Select(rejected => $"{rejected.Index} {rejected.Id} {rejected.Error.Code} {rejected.Error.Reason} {rejected.Error.Detail}"),
            grpc.Rejected.Select(rejected => $"{rejected.Index} {rejected.Id} {rejected.Code} {rejected.Reason} {rejected.Detail}"));
        Assert.Equal((library.Summary.Total, library.Summary.MaxScore, "s1", judge.Snapshot.Id), (grpc.Summary.Total, grpc.Summary.MaxScore, grpc.SignInPolicyVersion, grpc.Basis.SnapshotId));
    }

    static Timestamp At(string time) => Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));

    static string Shown(PrincipalResponse one) => string.Join('|', [
        one.Principal, one.PrincipalKind, $"{one.Score} {one.Disposition} {one.SeedScore} {one.IpMayBeInherited} {one.DistinctAddresses} {one.DistinctAsns} {one.DistinctProviders}",
        .. one.Reasons.Select(reason => $"{reason.Reason} {reason.Points} {reason.Detail}"), .. one.Mitigations.Select(mitigation => $"{mitigation.Reason} {mitigation.Factor}"), .. one.Networks, .. one.Warnings,
        .. one.SignIns.Select(signIn => $"{signIn.Index} {signIn.Id} {signIn.At:O} {signIn.Ip} {signIn.Score} {signIn.Outcome} {signIn.Novelty} {signIn.IsFlagged} {signIn.IpMayBeInherited} {signIn.Verdict} {signIn.Level} {signIn.AddressScore} {string.Join(' ', signIn.Categories)} {signIn.Provider} {signIn.Asn} {string.Join(' ', signIn.Unassessed)}")]);

    static string Shown(V1.PrincipalScore one) => string.Join('|', [
        one.Principal, one.PrincipalKind, $"{one.Score} {one.Disposition.ToString().ToLowerInvariant()} {(one.HasSeedScore ? one.SeedScore : null)} {one.IpMayBeInherited} {one.DistinctAddresses} {one.DistinctAsns} {one.DistinctProviders}",
        .. one.Reasons.Select(reason => $"{reason.Reason} {reason.Points} {reason.Detail}"), .. one.Mitigations.Select(mitigation => $"{mitigation.Reason} {mitigation.Factor}"), .. one.Networks, .. one.Warnings,
        .. one.SignIns.Select(signIn => $"{signIn.Index} {signIn.Id} {signIn.At.ToDateTime():O} {signIn.Ip} {signIn.Score} {signIn.Outcome} {signIn.Novelty} {signIn.IsFlagged} {signIn.IpMayBeInherited} {signIn.Verdict} {signIn.Level} {(signIn.HasAddressScore ? signIn.AddressScore : null)} {string.Join(' ', signIn.Categories)} {signIn.Provider} {(signIn.HasAsn ? signIn.Asn : null)} {string.Join(' ', signIn.Unassessed)}")]);

    public static TheoryData<string, string> BadRows => new()
    {
        { "1", "not_an_object" },
        { "null", "not_an_object" },
        { "\"192.0.2.7\"", "not_an_object" },
        { "{}", "no_principal" },
        { """{"ip":"192.0.2.7"}""", "no_principal" },
        { """{"principal":" ","ip":"192.0.2.7"}""", "no_principal" },
        { """{"principal":"a"}""", "empty" },
        { """{"principal":"a","ip":"192.0.2.7","principalKind":"robot"}""", "bad_kind" },
        { """{"principal":"a","ip":"192.0.2.7","at":"11/12/2026"}""", "bad_time" },
        { """{"principal":"a","ip":"192.0.2.7","privileged":"yes"}""", "bad_member" },
        { """{"principal":"a","ip":"192.0.2.7","deviceComplaint":true}""", "bad_member" },
        { """{"principal":"a","ip":"192.0.2.7","roles":[null]}""", "too_long" },
        { """{"principal":"\ud800","ip":"192.0.2.7"}""", "bad_member" },
        { $$"""{"principal":"{{new string('a', 257)}}","ip":"192.0.2.7"}""", "too_long" },
        { $$"""{"principal":"a","ip":"192.0.2.7","riskEventTypes":[{{string.Join(',', Enumerable.Repeat("\"x\"", 65))}}]}""", "too_long" },
    };

    // One bad sign-in never fails the others, whatever is wrong with it.
    [Theory, MemberData(nameof(BadRows))]
    public async Task PostSignIns_BadSignIn_IsToldAndTheOtherScored(string row, string reason)
    {
        var (status, answer, text) = await PostAsync($$"""{"signIns":[{{row}},{"principal":"b","ip":"192.0.2.7"}]}""");
        Assert.True(status == HttpStatusCode.OK, text);
        var rejected = Assert.Single(answer.GetProperty("rejected").EnumerateArray());
        Assert.Equal((0, reason), (rejected.GetProperty("index").GetInt32(), rejected.GetProperty("error").GetProperty("reason").GetString()));
        Assert.Equal("b", Assert.Single(answer.GetProperty("results").EnumerateArray()).GetProperty("principal").GetString());
    }

    public static TheoryData<string, int, string> BadRequests => new()
    {
        { "", 400, "bad_request" },
        { "[]", 400, "bad_request" },
        { "{}", 400, "bad_request" },
        { """{"signIns":{}}""", 400, "bad_request" },
        { """{"signIns":[]""", 400, "bad_request" },
        { """{"signIns":[],"signIns":[]}""", 400, "bad_request" },
        { """{"signIns":[{"principal":"a","ip":"192.0.2.7","ip":"192.0.2.8"}]}""", 400, "bad_request" }, // a name twice: which is meant, nobody knows
        { """{"signIns":[],"allow":[]}""", 400, "bad_request" },
        { """{"signIns":[],"baseline":[]}""", 400, "bad_request" },
        { """{"signIns":[],"baseline":{"a":[{}]}}""", 400, "bad_request" },
        { """{"signIns":[],"baseline":{"a":[{"asn":-1}]}}""", 400, "bad_request" },
        { """{"signIns":[],"baseline":{"a":[{"asn":1,"firstSeen":"soon"}]}}""", 400, "bad_request" },
        { """{"signIns":[],"baseline":{"a":[{"asn":1,"days":0}]}}""", 400, "bad_request" },
        { """{"signIns":[],"asOfSignIn":"yes"}""", 400, "bad_request" },
        { """{"signIns":[],"allowPrefixes":["192.0.2.1/24"]}""", 400, "bad_prefix" },
        { """{"signIns":[],"allowPrefixes":["0.0.0.0/0"]}""", 400, "bad_prefix" },   // an allow list of everybody
        { """{"signIns":[],"ownEgressPrefixes":["::/0"]}""", 400, "bad_prefix" },
        { """{"signIns":[],"allowPrefixes":[null]}""", 400, "bad_prefix" },
        { $$"""{"signIns":[{{string.Concat(Enumerable.Repeat("[", 40))}}""", 400, "bad_request" },
        { $$"""{"signIns":[{{string.Join(',', Enumerable.Repeat("{}", 10_001))}}]}""", 413, "too_many_items" },
        { $$"""{"signIns":[],"allowPrefixes":[{{string.Join(',', Enumerable.Repeat("\"192.0.2.0/24\"", 1_001))}}]}""", 413, "too_many_items" },
        { $$"""{"signIns":[{"principal":"a","ip":"192.0.2.7","userAgent":"{{new string('x', 9 * 1024 * 1024)}}"}]}""", 413, "body_too_large" },
    };

    [Theory, MemberData(nameof(BadRequests))]
    public async Task PostSignIns_BadRequest_IsAProblem(string body, int status, string code)
    {
        var (answered, answer, text) = await PostAsync(body);
        Assert.True((int)answered == status, text);
        Assert.Equal(code, answer.GetProperty("code").GetString());
    }

    [Fact]
    public async Task PostSignIns_OtherMediaType_IsRefused()
    {
        using var content = new StringContent("principal,ip\na,192.0.2.7\n", Encoding.UTF8, "text/csv");
        using var response = await fixture.Rest.PostAsync("/v1/signins:score", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task ScoreSignIns_BadPrefix_IsInvalidArgument()
    {
        using var client = new RpcClient(fixture.Service);
        var failure = await Assert.ThrowsAsync<RpcException>(() => client.CallAsync<ScoreSignInsRequest, ScoreSignInsResponse>("ScoreSignIns", new() { AllowPrefixes = { "all" } }));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains("allowPrefixes", failure.Status.Detail, StringComparison.Ordinal);
    }

    // As many as there may be over REST; a gRPC call has a second, which on a busy machine is enough for some thousands.
    [Fact]
    public async Task Doors_TenThousandSignIns_AreAnswered()
    {
        var request = new ScoreSignInsRequest();
        request.SignIns.Add(Enumerable.Range(0, 10_000).Select(at => new V1.SignIn { Principal = $"p{at % 500}", Ip = $"104.{at % 200}.{at / 200}.7", ResultType = "0" }));
        using var client = new RpcClient(fixture.Service);
        var part = new ScoreSignInsRequest();
        part.SignIns.Add(request.SignIns.Take(1_000));
        var answer = await client.CallAsync<ScoreSignInsRequest, ScoreSignInsResponse>("ScoreSignIns", part);
        Assert.Equal((1_000, 500), (answer.Summary.Scored, answer.Results.Count));
        var body = $$"""{"signIns":[{{string.Join(',', request.SignIns.Select(signIn => $$"""{"principal":"{{signIn.Principal}}","ip":"{{signIn.Ip}}","resultType":"0"}"""))}}]}""";
        Assert.Equal(10_000, (await PostAsync(body)).Answer.GetProperty("summary").GetProperty("scored").GetInt32());
    }

    [Fact]
    public async Task SignInPolicy_OfTheOperator_IsUsedAndAWrongOneStopsTheStart()
    {
        using var folder = new TemporaryFolder();
        var policy = Encoding.UTF8.GetString(new DataFolder(DataFolder.DefaultPath).ReadSignInPolicyJson()).Replace("\"s1\"", "\"ours\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["ours.json"], policy, TestContext.Current.CancellationToken);
        await using (var service = await SmallData.StartAsync(folder, $"--Enrichment:SignInPolicy={folder["ours.json"]}"))
        {
            using var content = new StringContent("""{"signIns":[]}""", Encoding.UTF8, "application/json");
            using var response = await service.Rest.PostAsync("/v1/signins:score", content, TestContext.Current.CancellationToken);
            Assert.Contains("\"signInPolicyVersion\":\"ours\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        await File.WriteAllTextAsync(folder["ours.json"], policy.Replace("\"flaggedFrom\": 20", "\"flaggedFrom\": 0", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => SmallData.StartAsync(folder, $"--Enrichment:SignInPolicy={folder["ours.json"]}"));
        Assert.Contains("flaggedFrom", failure.Message, StringComparison.Ordinal);
    }

    async Task<(HttpStatusCode Status, JsonElement Answer, string Text)> PostAsync(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/signins:score") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.ExpectContinue = true; // one that is refused for its length is not sent
        using var response = await fixture.Rest.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(text).RootElement, text);
    }
}
