using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Service.Tests.Refreshing;

namespace AcquireInfra.Enrichment.Service.Tests.Incidents;

/// <summary>An incident through the door; what the answer says is tested beside its making.</summary>
public sealed class IncidentEndpointTests(ServiceFixture fixture)
{
    const string Hoster = "159.65.1.1";

    [Fact]
    public async Task Incident_AsThePlaybookSendsIt_IsAnsweredFlat()
    {
        var answer = await AskAsync($$"""
            {"incidentArmId":"/subscriptions/s/incidents/i","severity":"Low","at":"{{ServiceFixture.FreshHour}}","entities":[
             {"id":"1","type":"Microsoft.SecurityInsights/Entities","kind":"Ip","properties":{"address":"{{Hoster}}","friendlyName":"{{Hoster}}"} },
             {"id":"2","kind":"Ip","properties":{"address":"10.0.0.4"} },
             {"id":"3","kind":"Account","properties":{"accountName":"ada","upnSuffix":"example.com"} },
             {"id":"4","kind":"Ip","properties":{"address":"nonsense"} } ]}
            """);
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        var json = answer.Json;
        Assert.Equal((1, 2, 1), (Number(json, "enrichedCount"), Number(json, "skippedCount"), Number(json, "otherEntityCount")));
        Assert.Equal(("hosting", "low", 22), (Text(json, "verdict"), Text(json, "level"), Number(json, "maxScore")));
        Assert.Equal(("Low", false), (Text(json, "suggestedSeverity"), json.GetProperty("severityRaised").GetBoolean()));
        Assert.Equal("[{\"Tag\":\"AcquireInfra:hosting\"}]", json.GetProperty("tagsToAdd").GetRawText());
        Assert.Contains("<td>" + Hoster + "</td><td>22</td>", Text(json, "commentHtml"), StringComparison.Ordinal);
    }

    // A verdict is the same by whatever door it is asked for.
    [Fact]
    public async Task Incident_Item_SaysWhatTheLookUpSays()
    {
        var item = (await AskAsync($$"""{"ips":["{{Hoster}}"]}""")).Json.GetProperty("items")[0];
        var verdict = (await fixture.Rest.LookupAsync(Hoster)).Json;
        foreach (var name in (string[])["ip", "asn", "asnName", "network", "verdict", "level", "score", "confidence", "reason", "provider"])
        {
            Assert.Equal(verdict.GetProperty(name).GetRawText(), item.GetProperty(name).GetRawText());
        }
    }

    // A playbook has nothing to do about a refusal.
    [Theory]
    [InlineData("{}"), InlineData("[]"), InlineData("{\"entities\":[]}"), InlineData("{\"entities\":null}"), InlineData("{\"ips\":[\"x\",\"\",\"10.0.0.1\"]}")]
    [InlineData("{\"at\":\"x\",\"severity\":7,\"entities\":7}"), InlineData("{\"at\":\"2999-01-01T00:00:00Z\"}"), InlineData("{\"at\":\"2001-01-01T00:00:00Z\",\"ips\":[\"159.65.1.1\"]}")]
    public async Task Incident_WhateverItsEntities_Is200(string body) => Assert.Equal(200, (await AskAsync(body)).Status);

    [Theory]
    [InlineData("", "application/json", 400, "bad_request")]
    [InlineData("7", "application/json", 400, "bad_request")]
    [InlineData("{\"entities\":", "application/json", 400, "bad_request")]
    [InlineData("{}", "text/plain", 415, "unsupported_media_type")]
    public async Task Incident_UnreadableBody_IsAProblem(string body, string contentType, int status, string code)
    {
        var answer = await AskAsync(Encoding.UTF8.GetBytes(body), contentType);
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Incident_BodyPastItsLimit_IsTooLarge()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:Incidents:MaxBodyBytes=1024", "--Enrichment:Incidents:MaxAddresses=2", "--Enrichment:Incidents:MaxCommentCharacters=1000");
        var answer = await AskAsync(service.Rest, "{\"x\":\"" + new string('x', 1024) + "\"}");
        Assert.Equal((413, "body_too_large"), (answer.Status, answer.Code));
        var json = (await AskAsync(service.Rest, """{"ips":["9.9.9.1","9.9.9.2","9.9.9.3"]}""")).Json;
        Assert.Equal((2, 1, 3), (Number(json, "enrichedCount"), Number(json, "skippedCount"), Number(json, "entityCount")));
        Assert.Contains("past the 2", json.GetProperty("warnings").GetRawText(), StringComparison.Ordinal);
        Assert.InRange(Text(json, "commentHtml").Length, 1, 1_000);
    }

    // A retry is harmless: the same bytes.
    [Fact]
    public async Task Incident_AskedAgain_IsTheSame()
    {
        const string Body = $$"""{"severity":"Medium","ips":["{{Hoster}}","1.1.1.1","2606:4700::1"],"at":"{{ServiceFixture.FreshHour}}"}""";
        Assert.Equal((await AskAsync(Body)).Text, (await AskAsync(Body)).Text);
    }

    // Measured: 19 to 26 ms on two cores, with what the client does; the promise is 50. The bound is for machines that do much else.
    [Fact]
    public async Task Incident_Of500Entities_TakesNoTime()
    {
        var entities = Enumerable.Range(0, 500).Select(at =>
            string.Create(CultureInfo.InvariantCulture, $$"""{"id":"{{at}}","kind":"Ip","properties":{"address":"159.{{at % 250}}.{{at / 250}}.1"} }"""));
        var body = $$"""{"severity":"Low","entities":[{{string.Join(',', entities)}}]}""";
        var times = new List<double>();
        for (var run = 0; run < 10; run++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(500, Number((await AskAsync(body)).Json, "enrichedCount"));
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fastest {times.Min():F1} ms, median {times.Order().ElementAt(5):F1} ms"));
        Assert.InRange(times.Min(), 0, 500);
    }

    [Fact]
    public async Task At_OfAKeptSnapshot_IsJudgedByItAndSaysWhatIsOtherNow()
    {
        await using var data = new RefreshedService();
        await using var service = await data.StartAsync();
        await Task.Delay(1_100, TestContext.Current.CancellationToken); // times in answers are of whole seconds
        var before = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        await Task.Delay(1_100, TestContext.Current.CancellationToken);
        data.Publish("9.9.9.9\n");
        await service.RefreshAsync();
        await service.KnowsAsync("9.9.9.9");
        var then = (await AskAsync(service.Rest, $$"""{"ips":["9.9.9.9"],"at":"{{before}}"}""")).Json;
        var now = (await AskAsync(service.Rest, """{"ips":["9.9.9.9"]}""")).Json;
        Assert.Equal(("unlisted", 1), (Text(then, "verdict"), Number(then, "changedCount")));
        Assert.Equal(("anonymizer", 0), (Text(now, "verdict"), Number(now, "changedCount")));
        Assert.Equal("anonymizer", Text(then.GetProperty("items")[0], "verdictNow"));
        Assert.NotEqual(Text(then, "snapshotId"), Text(now, "snapshotId"));
        Assert.Contains("Today: anonymizer", Text(then, "commentHtml"), StringComparison.Ordinal);
    }

    Task<Answer> AskAsync(string body) => AskAsync(fixture.Rest, body);

    static Task<Answer> AskAsync(HttpClient client, string body) => AskAsync(client, Encoding.UTF8.GetBytes(body), "application/json");

    Task<Answer> AskAsync(byte[] body, string contentType) => AskAsync(fixture.Rest, body, contentType);

    static Task<Answer> AskAsync(HttpClient client, byte[] body, string contentType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return client.AnswerToAsync(new(HttpMethod.Post, "/v1/incidents:enrich") { Content = content });
    }

    static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
