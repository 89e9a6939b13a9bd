namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class SourcesCommandTests(BundledSnapshot bundled)
{
    [Fact]
    public async Task Sources_BundledData_ListsEachAndWhatNothingCovers()
    {
        var run = await EnrichProcess.RunAsync(["sources", .. bundled.Options]);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Matches(@"asn-roles +│ AsnRoles +│ 46 +│ 2026-11-24 │ \d+ d", run.Output);
        Assert.Matches(@"asn-table +│ AsnTable +│ 46 +│ 20\d\d-\d\d-\d\d │ \d+ d .*│ CC-BY-4\.0", run.Output);
        Assert.Matches(@"seed-t1583 +│ hosting +│ 46 +│ 2026-11-24 │ \d+ d +│ 11 +│ 0 +│ 0\.30 ", run.Output);
        foreach (var family in (string[])["IPv4", "IPv6"])
        {
            const string Uncovered = "bulletproof, relay, tor, residentialProxy, proxy, abuse, crawler, scanner, mobile";
            Assert.Contains($"{family}: no fresh source covers {Uncovered}.\n", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Sources_LongAfterwards_NothingIsCovered()
    {
        var run = await EnrichProcess.RunAsync("sources", "--snapshot", bundled.FilePath, "--at", "2036-01-01");
        Assert.Contains("IPv4: no fresh source covers ", run.Output, StringComparison.Ordinal);
        Assert.Contains("hosting", run.OutputLines[^1], StringComparison.Ordinal);
    }
}
