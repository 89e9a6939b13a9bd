namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class ExportCommandTests(BundledSnapshot bundled)
{
    [Theory]
    [InlineData("watchlist", "Prefix,Categories,Score,Level,Verdict,Provider,Asn,Confidence\r\n", 30_000)]
    [InlineData("ranges", "prefix,first,last,asn,asnName,asnRole,verdict,level,score,confidence,categories,provider,sources\n", 150_000)]
    [InlineData("edl", "# AcquireInfra.Enrichment: prefixes of level high and above\n# snapshot ", 4)]
    public async Task Export_Text_IsTheSameInAFileAndOnStdout(string kind, string start, int leastLines)
    {
        using var folder = new TemporaryFolder();
        var toStdout = await EnrichProcess.RunAsync("export", kind, "--snapshot", bundled.FilePath);
        Assert.Equal((0, ""), (toStdout.Code, toStdout.Errors));
        Assert.StartsWith(start, toStdout.Output, StringComparison.Ordinal);
        Assert.True(toStdout.OutputLines.Length >= leastLines, $"only {toStdout.OutputLines.Length} lines");
        var toFile = await EnrichProcess.RunAsync("export", kind, "--snapshot", bundled.FilePath, "--out", folder["out"]);
        Assert.Equal(toStdout.Output, await File.ReadAllTextAsync(folder["out"], TestContext.Current.CancellationToken));
        Assert.Matches(@"^out: \d+ bytes of snapshot [0-9a-f]{32}\s*$", toFile.Output);
    }

    [Fact]
    public async Task Export_Mmdb_IsReadAsASource()
    {
        using var folder = new TemporaryFolder();
        var run = await EnrichProcess.RunAsync("export", "mmdb", "--snapshot", bundled.FilePath, "--out", folder["asn.mmdb"]);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        folder.Write("further.json", ManifestText.AsnTable("asn.mmdb"));
        Assert.Equal(0, (await EnrichProcess.RunAsync("compile", "--sources", folder["further.json"], "--out", folder["out.snapshot"])).Code);
        var lookup = await EnrichProcess.RunAsync("lookup", "159.65.1.1", "--snapshot", folder["out.snapshot"], "--at", BundledSnapshot.FreshTime);
        Assert.Contains("AS14061 DigitalOcean, LLC", lookup.Output, StringComparison.Ordinal);
    }

    // The rule that is shipped is what the bundled data makes: after a change of it, write it anew with this command.
    [Fact]
    public async Task Export_SigmaOfTheBundledData_IsTheShippedRule()
    {
        var run = await EnrichProcess.RunAsync("export", "sigma", "--snapshot", bundled.FilePath);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        var shipped = Path.Combine(BundledSnapshot.RepositoryRoot, "src", "AcquireInfra.Enrichment.Sentinel", "content", "sigma", "azure_signinlogs_anonymizer_network.yml");
        Assert.Equal(await File.ReadAllTextAsync(shipped, TestContext.Current.CancellationToken), run.Output);
    }

    [Theory]
    [InlineData("export", "sigma", "--most", "3")]
    [InlineData("export", "sigma", "--most", "10001")]
    [InlineData("export", "nonsense")]
    [InlineData("export", "ranges", "--snapshot", "no-such-file")]
    public async Task Export_Wrong_ExitsWith2AndWritesNothing(params string[] arguments)
    {
        var run = await EnrichProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.NotEmpty(run.ErrorLines);
    }
}
