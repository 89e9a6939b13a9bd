using System.Globalization;
using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>The service's own comparison has tests of its own; here it answers what a case says, in its shape.</summary>
public sealed class RetroTests(PlaybookFixture fixture)
{
    static readonly DateTimeOffset Before = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Run_AddressThatBecameRiskySinceYesterday_IsToldInOneIncident()
    {
        var workspace = Workspace("9.4.1.7", "9.4.1.8", "9.4.1.9");
        var run = await RunAsync(workspace, Compared(("9.4.1.7", 0, 0, 57), ("9.4.1.8", 0, 57, 57), ("9.4.1.9", 57, 57, 57)));
        var (name, incident) = Assert.Single(workspace.Incidents);
        Assert.Equal(("Sign-ins from 1 addresses that were listed later", "Medium"), ((string?)incident["title"], (string?)incident["severity"]));
        var comment = workspace.Comments[name];
        Assert.Contains("<td>9.4.1.7</td><td>2026-11-24 10:00 UTC, 1 sign-ins of 1 principals; then unlisted (minimal, 0)</td><td>anonymizer (high, 57): vpn</td>", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("9.4.1.8", comment, StringComparison.Ordinal); // told a day ago
        Assert.DoesNotContain("9.4.1.9", comment, StringComparison.Ordinal); // known when it was used
        Assert.All(run.Requests.Single(sent => sent.Action == "Compare_with_the_day_before").Body!["ips"]!.AsArray(), item => Assert.Equal("2026-11-23T12:00:00Z", (string?)item!["at"]));
    }

    [Fact]
    public async Task Run_NothingNew_MakesNoIncident()
    {
        var workspace = Workspace("9.4.1.7");
        await RunAsync(workspace, Compared(("9.4.1.7", 0, 0, 10)));
        Assert.Empty(workspace.Incidents);
    }

    [Fact]
    public async Task Run_NoSignIns_MakesNoIncident()
    {
        var workspace = Workspace();
        var run = await RunAsync(workspace, Compared());
        Assert.Empty(workspace.Incidents);
        Assert.Equal(["Sign_ins"], run.Requests.Select(sent => sent.Action));
    }

    [Fact]
    public async Task Run_TwiceADay_ChangesTheSameIncident()
    {
        var workspace = Workspace("9.4.1.7");
        await RunAsync(workspace, Compared(("9.4.1.7", 0, 0, 57)));
        await RunAsync(workspace, Compared(("9.4.1.7", 0, 0, 57)));
        Assert.Single(workspace.Incidents);
        Assert.Single(workspace.Comments);
    }

    [Fact]
    public async Task Run_ManyAddresses_CommentIsShortEnough()
    {
        (string, int, int, int)[] all = [.. Enumerable.Range(0, 500).Select(at => (string.Create(CultureInfo.InvariantCulture, $"2620:fe:1111:2222:3333:4444:5555:{at:x}"), 0, 0, 57))];
        var workspace = Workspace([.. all.Select(item => item.Item1)]);
        await RunAsync(workspace, Compared(all));
        var comment = Assert.Single(workspace.Comments).Value;
        Assert.InRange(comment.Length, 1, 30_000);
        Assert.Contains("and 400 more.", comment, StringComparison.Ordinal);
    }

    // The real service has no history of these days: each item says so, and nothing is made of it.
    [Fact]
    public async Task Run_AgainstTheServiceItself_ReadsItsAnswer()
    {
        var workspace = Workspace("9.4.1.7", "nonsense");
        await RunAsync(workspace, ask: null);
        Assert.Empty(workspace.Incidents);
    }

    [Fact]
    public async Task Run_ServiceThatFails_Fails() => await RunAsync(Workspace("9.4.1.7"), _ => new(500, null), "Failed");

    FakeWorkspace Workspace(params string[] addresses)
    {
        var workspace = new FakeWorkspace(new FakeSentinel(fixture.Service.Rest));
        workspace.SignIns.AddRange(addresses.Select(address => (address, Before)));
        return workspace;
    }

    // Then, a day ago, now.
    static Func<Sent, Received> Compared(params (string Address, int Then, int DayBefore, int Now)[] all) => sent => new(200, new JsonObject
    {
        ["results"] = new JsonArray([.. sent.Body!["ips"]!.AsArray().Select(item => all.Single(known => known.Address == (string?)item!["ip"]) is var known ? new JsonObject
        {
            ["input"] = known.Address,
            ["id"] = item!["id"]!.DeepClone(),
            ["ip"] = known.Address,
            ["then"] = Verdict(sent.Action == "Compare" ? known.Then : known.DayBefore),
            ["now"] = Verdict(known.Now),
        } : null)]),
    });

    static JsonObject Verdict(int score) => new()
    {
        ["verdict"] = score >= 40 ? "anonymizer" : "unlisted",
        ["level"] = score >= 50 ? "high" : "minimal",
        ["score"] = score,
        ["categories"] = score >= 40 ? new JsonArray("vpn") : [],
    };

    async Task<WorkflowRun> RunAsync(FakeWorkspace workspace, Func<Sent, Received>? ask, string expected = "Succeeded")
    {
        var run = await fixture.RunOfAsync("Retro", sent => ask is not null && sent.Url.EndsWith("/v1/retro", StringComparison.Ordinal) ? Task.FromResult(ask(sent)) : workspace.SendAsync(sent));
        var status = await run.RunAsync(triggerBody: null);
        Assert.True(status == expected, $"{status}: {string.Join('\n', run.Faults)}; {string.Join(", ", run.Statuses.Where(pair => pair.Value == "Failed"))}");
        return run;
    }
}
