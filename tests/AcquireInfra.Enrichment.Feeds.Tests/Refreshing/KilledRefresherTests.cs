using System.Diagnostics;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;

namespace AcquireInfra.Enrichment.Feeds.Tests.Refreshing;

/// <summary>A process that refreshes without pause is killed, again and again: what it leaves is one whole version or another.</summary>
public sealed class KilledRefresherTests
{
    const string StateVariable = "ENRICHMENT_TEST_REFRESHER_STATE";
    const string Id = "own";

    [Fact]
    public async Task Refresh_KilledAnywhere_LeavesAWholeVersion()
    {
        using var state = new TemporaryFolder();
        var random = new Random(1);
        var counts = new HashSet<int>();
        for (var round = 0; round < 6; round++)
        {
            using var process = Start(state.Path);
            await WaitForRefreshesAsync(state.Path, process);
            await Task.Delay(random.Next(40), TestContext.Current.CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            counts.Add(Check(state.Path));
        }
        Assert.Subset(new HashSet<int> { 1_000, 1_100 }, counts);
    }

    // Run by the test above in a process of its own, and by nobody else.
    [Fact(Explicit = true)]
    public async Task RefreshWithoutPause()
    {
        var path = Environment.GetEnvironmentVariable(StateVariable) ?? throw new InvalidOperationException("A part of another test.");
        await using var rig = new RefreshRig();
        var refresher = new FeedRefresher(new FeedStore(path), rig.Fetcher, rig.Limits, TimeProvider.System);
        for (var round = 0; ; round++)
        {
            rig.Upstream.Publish("/list.txt", RefreshRig.Lines(round % 2 == 0 ? 1_000 : 1_100));
            var source = rig.Source() with { Urls = [new() { Url = rig.Upstream.UrlOf("/list.txt") }] };
            await refresher.RefreshAsync(new(source, []), TestContext.Current.CancellationToken);
        }
    }

    static Process Start(string state)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in new[] { "-explicit", "only", "-noLogo", "-method", $"{typeof(KilledRefresherTests).FullName}.{nameof(RefreshWithoutPause)}" })
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment[StateVariable] = state;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { }; // read, so that it never waits for us
        process.BeginOutputReadLine();
        return process;
    }

    static async Task WaitForRefreshesAsync(string state, Process process)
    {
        var file = Path.Combine(state, "feeds", Id, "state.json");
        var began = DateTime.UtcNow;
        while (!File.Exists(file) || File.GetLastWriteTimeUtc(file) < began)
        {
            Assert.False(process.HasExited, "the refresher ended by itself");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    // The state is read as it is: the address, and with it the definition, differs from process to process.
    static int Check(string state)
    {
        var folder = Path.Combine(state, "feeds", Id);
        var read = System.Text.Json.JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, "state.json")), FeedStateJson.Default.FeedState)!;
        var list = File.ReadAllText(Path.Combine(folder, Assert.Single(read.Accepted!.Files)));
        Assert.Equal(RefreshRig.Lines(read.Accepted.Facts!.Entries), list);
        return read.Accepted.Facts.Entries;
    }
}
