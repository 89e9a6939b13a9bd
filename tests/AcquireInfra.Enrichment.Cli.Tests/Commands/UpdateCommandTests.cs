using AcquireInfra.Enrichment.Feeds.Loading;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

/// <summary>Refreshing from the command line, of a file that its owner changes: no network.</summary>
public sealed class UpdateCommandTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public UpdateCommandTests()
    {
        Directory.CreateDirectory(_folder["data"]);
        File.WriteAllText(_folder["data/sources.json"], $$"""
            { "sources": [ { "id": "own", "name": "Own", "files": ["{{_folder["list.txt"].Replace('\\', '/')}}"], "refreshInterval": "01:00:00",
              "format": { "syntax": "text", "allowSpecialPurpose": true }, "categories": ["vpn"], "reliability": 0.9, "exportable": true, "licence": "none" } ] }
            """);
        File.Copy(Path.Combine(DataFolder.DefaultPath, "policy.json"), _folder["data/policy.json"]);
        Publish(10);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Update_VersionThatLostMost_IsHeldAndShownUntilItIsAccepted()
    {
        var first = await RunAsync("update");
        Assert.Equal((0, "own: accepted"), (first.Code, first.OutputLines[0]));
        Assert.Equal((0, 1), (await RunAsync("update") is var early ? early.Code : -1, early.OutputLines.Length)); // not due yet
        Publish(2);
        var second = await RunAsync("update", "--all");
        Assert.Equal(1, second.Code);
        Assert.StartsWith("own: refused (shrank)", second.OutputLines[0], StringComparison.Ordinal);
        Assert.Contains("192.0.2.9", (await RunAsync("lookup", "192.0.2.9")).Output, StringComparison.Ordinal);

        var shown = await RunAsync("sources");
        var held = Assert.Single(shown.OutputLines, line => line.StartsWith("    held ", StringComparison.Ordinal)).Split(' ', ':')[5];
        Assert.Equal(1, (await RunAsync("sources", "accept", "own", "--hash", "00", "--reason", "none such")).Code);
        Assert.Equal(0, (await RunAsync("sources", "accept", "own", "--hash", held, "--reason", "it is closing")).Code);
        var third = await RunAsync("update");
        Assert.Equal(0, third.Code);
        Assert.NotEqual(second.OutputLines[^1], third.OutputLines[^1]); // another snapshot
        Assert.DoesNotContain("held", (await RunAsync("sources")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_FileGone_SaysSoAndKeepsWhatThereWas()
    {
        var first = await RunAsync("update");
        File.Delete(_folder["list.txt"]);
        Directory.CreateDirectory(_folder["list.txt"]); // a folder without files
        var second = await RunAsync("update", "--all");
        Assert.Equal(1, second.Code);
        Assert.StartsWith("own: failed (no_file)", second.OutputLines[0], StringComparison.Ordinal);
        Assert.Equal(first.OutputLines[^1], second.OutputLines[^1]);
        Assert.Contains("failed 1 times: no_file", (await RunAsync("sources")).Output, StringComparison.Ordinal);
    }

    void Publish(int addresses) => File.WriteAllText(
        _folder["list.txt"], string.Concat(Enumerable.Range(0, addresses).Select(at => $"192.0.2.{at}\n")));

    Task<Run> RunAsync(params string[] arguments) => EnrichProcess.RunAsync([.. arguments, "--data", _folder["data"], "--state", _folder["state"]]);
}
