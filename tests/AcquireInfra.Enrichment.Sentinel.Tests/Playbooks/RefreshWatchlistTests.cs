using System.Globalization;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

public sealed class RefreshWatchlistTests(PlaybookFixture fixture)
{
    static readonly string[] Columns = ["Address", "Prefix", "Categories", "Score", "Level", "Verdict", "Provider", "Asn", "Confidence"];

    [Fact]
    public async Task Run_First_MakesTheListsAndKeepsWhatIsRisky()
    {
        var workspace = Workspace("9.4.1.7", "9.4.200.7", "8.8.8.8", "10.0.0.4", "2620:fe::9", "nonsense", "");
        await RunAsync(workspace);
        Assert.Equal(["2620:fe::9", "9.4.1.7", "9.4.200.7"], workspace.Addresses);
        Assert.All(workspace.Lists["AcquireInfraAddresses"].Values, row => Assert.Equal(Columns, row.Select(column => column.Key)));
        var exit = workspace.Lists["AcquireInfraAddresses"].Values.Single(row => (string?)row["Address"] == "9.4.1.7");
        Assert.Equal(("vpn hosting", "anonymizer", "high", "50"), ((string?)exit["Categories"], (string?)exit["Verdict"], (string?)exit["Level"], (string?)exit["Score"]));
        Assert.Contains((string?)exit["Confidence"], (string[])["low", "medium", "high"]);
        var status = Assert.Single(workspace.Lists["AcquireInfraStatus"].Values);
        Assert.Equal(["List", "DataTime", "SnapshotId", "Rows", "SyncedAt"], status.Select(column => column.Key));
        Assert.Equal(("AcquireInfraAddresses", "3", "2026-11-24T12:00:00Z"), ((string?)status["List"], (string?)status["Rows"], (string?)status["SyncedAt"]));
    }

    // A write costs: all watchlists of a workspace have 100,000 a month.
    [Fact]
    public async Task Run_Again_WritesNothing()
    {
        var workspace = Workspace("9.4.1.7", "9.4.200.7");
        await RunAsync(workspace);
        Assert.Equal(2, workspace.Changes);
        await RunAsync(workspace);
        Assert.Equal(2, workspace.Changes);
        Assert.Equal(2, workspace.Addresses.Count());
    }

    [Fact]
    public async Task Run_RowThatSaysSomethingElse_IsWrittenAnew()
    {
        var workspace = Workspace("9.4.1.7");
        await RunAsync(workspace);
        workspace.Lists["AcquireInfraAddresses"].Values.Single()["Level"] = "low";
        await RunAsync(workspace);
        Assert.Equal((2, "high"), (workspace.Changes, (string?)workspace.Lists["AcquireInfraAddresses"].Values.Single()["Level"]));
    }

    [Fact]
    public async Task Run_AddressThatIsNotSeenOrNotRiskyAnyMore_IsForgotten()
    {
        var workspace = Workspace("9.4.1.7", "9.4.200.7", "9.4.200.8");
        await RunAsync(workspace);
        workspace.SignIns.RemoveAll(signIn => signIn.Address == "9.4.200.8");
        workspace.SignIns.Add(("8.8.8.8", default));
        workspace.Keep("8.8.8.8"); // once risky, and seen still
        Assert.Equal(["8.8.8.8", "9.4.1.7", "9.4.200.7", "9.4.200.8"], workspace.Addresses);
        await RunAsync(workspace);
        Assert.Equal(["9.4.1.7", "9.4.200.7"], workspace.Addresses);
    }

    [Fact]
    public async Task Run_MoreThanItMayWrite_LeavesTheRestToTheNext()
    {
        var workspace = Workspace([.. Enumerable.Range(0, 7).Select(at => string.Create(CultureInfo.InvariantCulture, $"9.4.1.{at}"))]);
        await RunAsync(workspace, parameters: ("MaxWrites", "3"));
        Assert.Equal(3, workspace.Changes);
        await RunAsync(workspace, parameters: ("MaxWrites", "3"));
        await RunAsync(workspace, parameters: ("MaxWrites", "3"));
        Assert.Equal((7, 7), (workspace.Changes, workspace.Addresses.Count()));
        workspace.SignIns.Clear();
        await RunAsync(workspace, parameters: ("MaxWrites", "3"));
        Assert.Equal(4, workspace.Addresses.Count());
    }

    // Of 10,000 at most, which is what a batch may have.
    [Fact]
    public async Task Run_ManyAddresses_AsksInParts()
    {
        var workspace = Workspace([.. Enumerable.Range(0, 20_001).Select(at => string.Create(CultureInfo.InvariantCulture, $"8.{at / 65536}.{at / 256 % 256}.{at % 256}"))]);
        var run = await RunAsync(workspace);
        Assert.Equal([10_000, 10_000, 1], run.Requests.Where(sent => sent.Action == "Judge").Select(sent => sent.Body!["ips"]!.AsArray().Count));
        Assert.Empty(workspace.Addresses);
    }

    // What the service does not answer is not forgotten.
    [Fact]
    public async Task Run_ServiceThatFails_DeletesNothing()
    {
        var workspace = Workspace("9.4.1.7");
        await RunAsync(workspace);
        var sentinel = new FakeSentinel(fixture.Service.Rest) { ServiceFault = _ => new(503, null) };
        var broken = new FakeWorkspace(sentinel) { Lists = { ["AcquireInfraAddresses"] = workspace.Lists["AcquireInfraAddresses"], ["AcquireInfraStatus"] = [] } };
        broken.SignIns.Add(("8.8.8.8", default));
        await RunAsync(broken, "Failed");
        Assert.Equal((0, 1, 0), (broken.Changes, broken.Addresses.Count(), broken.Lists["AcquireInfraStatus"].Count));
    }

    FakeWorkspace Workspace(params string[] addresses)
    {
        var workspace = new FakeWorkspace(new FakeSentinel(fixture.Service.Rest));
        workspace.SignIns.AddRange(addresses.Select(address => (address, default(DateTimeOffset))));
        return workspace;
    }

    async Task<WorkflowRun> RunAsync(FakeWorkspace workspace, string expected = "Succeeded", params (string Name, string Value)[] parameters)
    {
        var run = await fixture.RunOfAsync("RefreshWatchlist", workspace.SendAsync, parameters);
        var status = await run.RunAsync(triggerBody: null);
        Assert.True(status == expected, $"{status}: {string.Join('\n', run.Faults)}; {string.Join(", ", run.Statuses.Where(pair => pair.Value == "Failed"))}");
        return run;
    }
}
