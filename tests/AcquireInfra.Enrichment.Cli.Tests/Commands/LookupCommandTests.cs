using System.Text.Json;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class LookupCommandTests(BundledSnapshot bundled)
{
    [Fact]
    public async Task Lookup_Text_TellsTheVerdictAndWhy()
    {
        var run = await LookupAsync("104.131.0.1", "192.0.2.1");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.StartsWith("104.131.0.1  hosting  score 22 (low)  confidence ", run.OutputLines[0], StringComparison.Ordinal);
        Assert.Contains("AS14061 DigitalOcean, LLC  role hosting (certain)  network 104.131.0.0/16", run.Output, StringComparison.Ordinal);
        Assert.Contains("asn-roles  all of AS14061  DigitalOcean  2026-11-24", run.Output, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1  special\n", run.Output, StringComparison.Ordinal);
        Assert.Matches("^snapshot [0-9a-f]{32}, policy p1, judged at 2026-11-24T12:00Z$", run.OutputLines[^1]);
    }

    [Fact]
    public async Task Lookup_TextOfATransitionAddress_ShowsTheEmbeddedOne()
    {
        var run = await LookupAsync("2002:6883:1::1");
        Assert.Contains("  inside it, by 6to4:\n    104.131.0.1  hosting", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lookup_Json_IsAnArrayOfVerdictsInOrder()
    {
        var run = await LookupAsync("104.131.0.1", "2A01:4F8::1", "192.0.2.1", "104.131.0.1:443", "--format", "json");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        var verdicts = JsonDocument.Parse(run.Output).RootElement.EnumerateArray().ToList();
        Assert.Equal(["104.131.0.1", "2a01:4f8::1", "192.0.2.1", "104.131.0.1"], verdicts.Select(verdict => Text(verdict, "ip")));
        Assert.Equal(["hosting", "hosting", "special", "hosting"], verdicts.Select(verdict => Text(verdict, "verdict")));
        Assert.Equal((24940, "Hetzner"), (verdicts[1].GetProperty("asn").GetInt32(), Text(verdicts[1], "provider")));
        Assert.Equal(JsonValueKind.Null, verdicts[2].GetProperty("score").ValueKind);
        Assert.False(verdicts[0].TryGetProperty("input", out _)); // that is for batches
    }

    [Theory]
    [InlineData("192.0.2", "is not four decimal parts")]
    [InlineData("010.0.0.1", "leading zero")]
    [InlineData("192.0.2.0/24", "range")]
    [InlineData("-1.2.3.4", "'-1.2.3.4'")]
    [InlineData("-", "'-'")]
    [InlineData("", "'' is empty")]
    [InlineData("@/etc/hostname", "'@/etc/hostname'")]                     // no file to read arguments from
    [InlineData("@SUM(1+1)", "'@SUM(1+1)'")]
    [InlineData("\u001B[31m\u202E", "'\\u001B[31m\\u202E'")]               // nothing that a terminal would obey
    public async Task Lookup_BadInputAmongGood_ExitsWith1AndAnswersTheGood(string bad, string told)
    {
        var run = await LookupAsync(bad, "192.0.2.1", "--format", "json");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("enrich: '", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(told, run.Errors, StringComparison.Ordinal);
        Assert.Equal("192.0.2.1", Text(Assert.Single(JsonDocument.Parse(run.Output).RootElement.EnumerateArray()), "ip"));
    }

    [Fact]
    public async Task Lookup_NothingButBadInput_GivesAnEmptyArray()
    {
        var run = await LookupAsync("nonsense", "--format", "json");
        Assert.Equal((1, "[]"), (run.Code, run.Output.Trim()));
    }

    [Theory]
    [InlineData("2026-11-24T12:59:59Z", "2026-11-24T12:00:00Z", "hosting")]
    [InlineData("2026-11-24T12:59Z", "2026-11-24T12:00:00Z", "hosting")]
    [InlineData("2026-11-24", "2026-11-24T00:00:00Z", "hosting")]
    [InlineData("2036-01-01", "2036-01-01T00:00:00Z", "unlisted")]           // stale data knows nothing
    public async Task Lookup_At_JudgesAsOfThatHour(string at, string judgedAt, string verdict)
    {
        var run = await EnrichProcess.RunAsync("lookup", "104.131.0.1", "--format", "json", "--snapshot", bundled.FilePath, "--at", at);
        var answer = JsonDocument.Parse(run.Output).RootElement[0];
        Assert.Equal((judgedAt, verdict), (Text(answer, "judgedAt"), Text(answer, "verdict")));
    }

    [Fact]
    public async Task Lookup_WithoutSnapshot_CompilesOnceIntoTheStateFolder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("sources.json", ManifestText.List("list.txt"));
        folder.Write("list.txt", "192.0.2.0/24\n");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "data", "policy.json"), folder["policy.json"]);
        string[] arguments = ["lookup", "192.0.2.1", "--format", "json", "--data", folder.Path, "--state", folder["state"]];
        var first = await EnrichProcess.RunAsync(arguments);
        Assert.Equal((0, ""), (first.Code, first.Errors));
        var file = Assert.Single(Directory.GetFiles(folder["state/cli/snapshots"]));
        var writtenAt = File.GetLastWriteTimeUtc(file);
        var second = await EnrichProcess.RunAsync(arguments);
        Assert.Equal((0, writtenAt), (second.Code, File.GetLastWriteTimeUtc(file)));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), Text(JsonDocument.Parse(second.Output).RootElement[0], "snapshotId"));
    }

    [Fact]
    public async Task Lookup_Overrides_JudgesUnderThemAndTellsWhose()
    {
        using var folder = new TemporaryFolder();
        const string Header = "id,target,effect,categories,tag,reason,owner,expiresAt\n";
        folder.Write("overrides.csv", Header + ",104.131.0.0/16,block,,,Why,the blue team,2026-12-24T12:00:00Z\nov-7,AS14061,tag,,ours,Why,Who,2026-12-24T12:00:00Z\n");
        var run = await LookupAsync("104.131.0.1", "--overrides", folder["overrides.csv"]);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.StartsWith("104.131.0.1  hosting  score 90 (critical)", run.OutputLines[0], StringComparison.Ordinal);
        Assert.Contains("   68 points  by an override", run.Output, StringComparison.Ordinal);
        Assert.Contains(": block on 104.131.0.0/16, by the blue team, until 2026-12-24T12:00:00Z", run.Output, StringComparison.Ordinal);
        Assert.Contains("override ov-7: tag ours on AS14061, by Who", run.Output, StringComparison.Ordinal);

        folder.Write("overrides.csv", Header + ",104.131.0.0/16,deny,,,Why,Who,2026-12-24T12:00:00Z\n");
        var bad = await LookupAsync("104.131.0.1", "--overrides", folder["overrides.csv"]);
        Assert.Equal((2, ""), (bad.Code, bad.Output));
        Assert.Contains("overrides.csv: Line 2, effect: 'deny' is no effect", bad.Errors, StringComparison.Ordinal);
    }

    // The service keeps its snapshots in the same place by default, and they may be of other sources.
    [Fact]
    public async Task Lookup_WithoutSnapshot_LeavesTheServicesSnapshotAlone()
    {
        using var folder = new TemporaryFolder();
        folder.Write("sources.json", ManifestText.List("list.txt"));
        folder.Write("list.txt", "192.0.2.0/24\n");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "data", "policy.json"), folder["policy.json"]);
        var (sources, text) = new DataFolder(folder.Path).LocateSources(furtherManifest: null);
        var service = new SnapshotStore(folder["state"]);
        var before = service.GetOrCompile(
            sources, text, FeedLimits.Default, TimeProvider.System.GetUtcNow(), cancellation: TestContext.Current.CancellationToken);
        folder.Write("list.txt", "192.0.2.0/25\n");
        var run = await EnrichProcess.RunAsync("lookup", "192.0.2.1", "--format", "json", "--data", folder.Path, "--state", folder["state"]);
        Assert.NotEqual(before.Id, Text(JsonDocument.Parse(run.Output).RootElement[0], "snapshotId"));
        Assert.Equal(before.Id, service.OpenLastGood()?.Id);
    }

    Task<Run> LookupAsync(params string[] arguments) => EnrichProcess.RunAsync(["lookup", .. arguments, .. bundled.Options]);

    static string? Text(JsonElement verdict, string member) => verdict.GetProperty(member).GetString();
}
