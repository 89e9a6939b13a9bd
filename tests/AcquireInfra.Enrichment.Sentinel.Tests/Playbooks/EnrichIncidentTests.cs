using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>The playbook as it is deployed, run from its trigger to what stands in the incident.</summary>
public sealed class EnrichIncidentTests(PlaybookFixture fixture)
{
    const string Exit = "9.4.1.7";     // VPN exit in a hoster: high
    const string Hoster = "9.4.200.7"; // low

    [Theory, InlineData(0, 0), InlineData(1, 1), InlineData(60, 60), InlineData(500, 100)]
    public async Task Run_IncidentOfAnySize_GetsOneCommentTagsAndSeverity(int count, int leastRows)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        var addresses = Enumerable.Range(0, count).Select(at => string.Create(CultureInfo.InvariantCulture, $"9.4.{1 + at / 250}.{at % 250}"));
        var run = await RunAsync(sentinel, addresses);
        Assert.Equal(count == 0 ? 0 : 1, sentinel.Comments.Count);
        Assert.Equal(1, run.Requests.Count(sent => sent.Action == "Enrich"));
        if (count > 0)
        {
            var html = sentinel.Comments[0].Message;
            Assert.InRange(html.Length, 1, 30_000);
            Assert.InRange(Regex.Count(html, "<tr><td>"), leastRows, count);
            Assert.Equal(["AcquireInfra:vpn", "AcquireInfra:hosting"], sentinel.Tags);
            Assert.Equal(("Medium", 1), (sentinel.Severity, sentinel.SeverityChanges));
        }
    }

    [Fact]
    public async Task Run_OfEveryKindOfEntity_JudgesWhatIsPublicAndTellsTheRest()
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        await RunAsync(sentinel, [Exit, "10.0.0.4", "2620:fe::9", "not an address", "<b>x</b>"], more:
        [
            JsonNode.Parse("""{"kind":"Account","properties":{"accountName":"ada"}}"""), JsonNode.Parse("""{"kind":"Url","properties":{"url":"https://9.4.200.7/x"}}"""),
        ]);
        var html = Assert.Single(sentinel.Comments).Message;
        Assert.All((string[])[Exit, "2620:fe::9", Hoster], address => Assert.Contains($"<td>{address}</td>", html, StringComparison.Ordinal));
        Assert.Contains("10.0.0.4 (private)", html, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;x&lt;/b&gt; (not_an_address)", html, StringComparison.Ordinal);
    }

    // The incident trigger runs for every incident; nothing is said of those without a public address.
    [Theory, InlineData(), InlineData("10.0.0.4"), InlineData("nonsense")]
    public async Task Run_NothingToJudge_ChangesNothing(params string[] addresses)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        await RunAsync(sentinel, addresses);
        Assert.Equal((0, 0, 0), (sentinel.Comments.Count, sentinel.Tags.Count, sentinel.SeverityChanges));
    }

    [Fact]
    public async Task Run_Twice_RepeatsNothing()
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        await RunAsync(sentinel, [Exit]);
        var first = Assert.Single(sentinel.Comments);
        var again = await RunAsync(sentinel, [Exit]);
        Assert.Equal(["Comments", "Enrich"], again.Requests.Select(sent => sent.Action)); // it writes nothing
        Assert.Equal(first, Assert.Single(sentinel.Comments));
        Assert.Equal((1, 1), (sentinel.TagChanges, sentinel.SeverityChanges));
    }

    [Theory, InlineData(true, 1), InlineData(false, 2)]
    public async Task Run_WithNewEntities_ChangesItsCommentOrAddsOne(bool canBeChanged, int comments)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest) { CommentsCanBeChanged = canBeChanged };
        await RunAsync(sentinel, [Hoster]);
        await RunAsync(sentinel, [Hoster, Exit]);
        Assert.Equal(comments, sentinel.Comments.Count);
        Assert.Contains(Exit, sentinel.Comments[^1].Message, StringComparison.Ordinal);
        Assert.Equal(["AcquireInfra:hosting", "AcquireInfra:vpn"], sentinel.Tags);
    }

    // Better twice than not at all.
    [Fact]
    public async Task Run_CommentsThatCannotBeRead_AreNoObstacle()
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest) { CommentsCanBeRead = false };
        await RunAsync(sentinel, [Exit]);
        Assert.Single(sentinel.Comments);
    }

    // Defender merges incidents; a rule that names its address keeps the others from raising the severity.
    [Theory]
    [InlineData("{\\\"InfraAddress\\\":[\\\"9.4.200.7\\\"]}", "Low")]
    [InlineData("{\\\"InfraAddress\\\":[\\\"9.4.1.7\\\"]}", "Medium")]
    [InlineData("{\\\"Other\\\":[\\\"9.4.200.7\\\"]}", "Medium")]
    [InlineData("{\\\"InfraAddress\\\": broken", "Medium")]
    public async Task Run_AlertThatNamesItsAddress_RaisesByItAlone(string details, string severity)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        var alerts = JsonNode.Parse($$"""[{"properties":{"additionalData":{"Custom Details":"{{details}}"} } },{"properties":{} }]""")!.AsArray();
        await RunAsync(sentinel, [Exit, Hoster], alerts: alerts);
        Assert.Equal(severity, sentinel.Severity);
        Assert.Single(sentinel.Comments);
    }

    [Theory, InlineData("High", "High", 0), InlineData("Medium", "Medium", 0), InlineData("Informational", "Medium", 1)]
    public async Task Run_Severity_IsNeverLowered(string before, string after, int changes)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest) { Severity = before };
        await RunAsync(sentinel, [Exit]);
        Assert.Equal((after, changes), (sentinel.Severity, sentinel.SeverityChanges));
    }

    // One 429 or 500 is tried again, and nobody hears of it.
    [Theory, InlineData(429), InlineData(500), InlineData(503)]
    public async Task Run_ServiceThatFailsOnce_IsAskedAgain(int status)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest) { ServiceFault = call => call == 1 ? new(status, null) : null };
        await RunAsync(sentinel, [Exit]);
        Assert.Contains(Exit, Assert.Single(sentinel.Comments).Message, StringComparison.Ordinal);
        Assert.Equal(2, sentinel.ServiceCalls);
    }

    [Theory, InlineData(429, 5, "HTTP 429"), InlineData(500, 5, "HTTP 500"), InlineData(401, 1, "HTTP 401"), InlineData(0, 5, "HTTP none")]
    public async Task Run_ServiceThatFails_IsToldInAShortComment(int status, int calls, string told)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest) { ServiceFault = _ => new(status, null) };
        await RunAsync(sentinel, [Exit], expected: "Failed");
        var comment = Assert.Single(sentinel.Comments).Message;
        Assert.Contains(told, comment, StringComparison.Ordinal);
        Assert.InRange(comment.Length, 1, 300);
        Assert.Equal((calls, 0, 0), (sentinel.ServiceCalls, sentinel.Tags.Count, sentinel.SeverityChanges));
    }

    [Fact]
    public async Task Run_WithAnApiKey_SendsItAndNoToken()
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest) { ApiKey = PlaybookFixture.ApiKey };
        var run = await RunAsync(sentinel, [Exit], parameters: [PlaybookFixture.WithApiKey]);
        Assert.Single(sentinel.Comments);
        Assert.Null(run.Requests.Single(sent => sent.Action == "Enrich").Authentication);
    }

    [Theory, InlineData(null, false), InlineData("incident", true)]
    public async Task Run_JudgeAt_SendsTheTimeOfTheIncident(string? judgeAt, bool isSent)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        var run = await RunAsync(sentinel, [Exit], parameters: judgeAt is null ? [] : [("JudgeAt", judgeAt)]);
        Assert.Equal(isSent ? "2026-11-24T09:00:00.1234567Z" : null, (string?)run.Requests.Single(sent => sent.Action == "Enrich").Body!["at"]);
        Assert.Single(sentinel.Comments);
    }

    async Task<WorkflowRun> RunAsync(
        FakeSentinel sentinel, IEnumerable<string> addresses, IEnumerable<JsonNode?>? more = null, JsonArray? alerts = null, string expected = "Succeeded",
        params (string Name, string Value)[] parameters)
    {
        var run = await fixture.RunOfAsync("EnrichIncident", sentinel.SendAsync, parameters);
        var trigger = new JsonObject
        {
            ["object"] = new JsonObject
            {
                ["id"] = FakeSentinel.IncidentId,
                ["properties"] = new JsonObject
                {
                    ["severity"] = sentinel.Severity,
                    ["firstActivityTimeUtc"] = "2026-11-24T09:00:00.1234567Z",
                    ["labels"] = new JsonArray([.. sentinel.Tags.Select(tag => new JsonObject { ["labelName"] = tag, ["labelType"] = "User" })]),
                    ["Alerts"] = alerts,
                    ["relatedEntities"] = new JsonArray([.. addresses.Select(EntityOf), .. more ?? []]),
                },
            },
        };
        var status = await run.RunAsync(trigger);
        Assert.True(status == expected, $"{status}: {string.Join('\n', run.Faults)}; {string.Join(", ", run.Statuses)}");
        return run;
    }

    static JsonNode EntityOf(string address, int at) => new JsonObject
    {
        ["id"] = $"/entities/{at}",
        ["type"] = "Microsoft.SecurityInsights/Entities",
        ["kind"] = "Ip",
        ["properties"] = new JsonObject { ["address"] = address, ["friendlyName"] = address },
    };
}
