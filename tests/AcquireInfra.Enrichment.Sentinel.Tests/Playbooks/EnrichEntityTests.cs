using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

public sealed class EnrichEntityTests(PlaybookFixture fixture)
{
    [Theory, InlineData("9.4.1.7"), InlineData("2620:fe::9"), InlineData("10.0.0.4"), InlineData("nonsense")]
    public async Task Run_FromAnIncident_CommentsThere(string address)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        await RunAsync(sentinel, address, FakeSentinel.IncidentId);
        Assert.Contains(address, Assert.Single(sentinel.Comments).Message, StringComparison.Ordinal);
    }

    // The entity's own page has no incident.
    [Fact]
    public async Task Run_WithoutAnIncident_CommentsNowhere()
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest);
        var run = await RunAsync(sentinel, "9.4.1.7", incident: null);
        Assert.Equal(["Enrich"], run.Requests.Select(sent => sent.Action));
        Assert.Equal("Succeeded", run.Statuses["Answer"]);
    }

    [Theory, InlineData(FakeSentinel.IncidentId, 1), InlineData(null, 0)]
    public async Task Run_ServiceThatFails_FailsAndSaysSoWhereItCan(string? incident, int comments)
    {
        var sentinel = new FakeSentinel(fixture.Service.Rest) { ServiceFault = _ => new(500, null) };
        await RunAsync(sentinel, "9.4.1.7", incident, "Failed");
        Assert.Equal(comments, sentinel.Comments.Count);
    }

    async Task<WorkflowRun> RunAsync(FakeSentinel sentinel, string address, string? incident, string expected = "Succeeded")
    {
        var run = await fixture.RunOfAsync("EnrichEntity", sentinel.SendAsync);
        var trigger = new JsonObject
        {
            ["IncidentArmID"] = incident,
            ["Entity"] = new JsonObject { ["kind"] = "Ip", ["properties"] = new JsonObject { ["Address"] = address } },
        };
        var status = await run.RunAsync(trigger);
        Assert.True(status == expected, $"{status}: {string.Join('\n', run.Faults)}; {string.Join(", ", run.Statuses)}");
        return run;
    }
}
