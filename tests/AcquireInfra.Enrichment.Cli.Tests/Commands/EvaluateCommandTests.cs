using System.Text.Json;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class EvaluateCommandTests(BundledSnapshot bundled) : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Evaluate_Text_ShowsEveryTable()
    {
        var run = await EvaluateAsync("# comment\n\n104.131.0.1\thosting\tus\r\n73.1.1.1\teyeball\n8.2.60.2\ttransit\n");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.StartsWith("3 addresses, snapshot ", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^hosting +1 +100\.00 % +100\.00 % +0 +0\r?$", run.Output);
        Assert.Matches(@"(?m)^  hosting, us +1 ", run.Output);
        Assert.Matches(@"(?m)^hosting +100\.00 % +100\.00 % +0 of 2 0\.00 %$", run.Output);
    }

    [Fact]
    public async Task Evaluate_JsonAndCsv_SayTheSame()
    {
        const string Labels = "104.131.0.1\thosting\n73.1.1.1\tvpn\n";
        var json = JsonDocument.Parse((await EvaluateAsync(Labels, "--format", "json")).Output).RootElement;
        var vpn = json.GetProperty("labels").EnumerateArray().Single(row => row.GetProperty("label").GetString() == "vpn");
        Assert.Equal(0, vpn.GetProperty("recall").GetDouble());
        Assert.Equal(7922, json.GetProperty("worst")[0].GetProperty("asn").GetInt32());
        var csv = (await EvaluateAsync(Labels, "--format", "csv")).OutputLines.Select(line => line.TrimEnd('\r')).ToList();
        Assert.Contains("label,vpn,,recall,0", csv);
        Assert.Contains("category,hosting,,recall,1", csv);
    }

    [Fact]
    public async Task Evaluate_BadLines_AreToldAndNotCounted()
    {
        var run = await EvaluateAsync("104.131.0.1\thosting\n104.131.0.2\n1.2.3\thosting\n104.131.0.3\tinnocent\n");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("1 addresses", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            [
                "enrich: labels.tsv:2: one field; expected address, label and perhaps a source, parted by tabs.",
                "enrich: labels.tsv:3: the address is bad (ipv4_part_count).",
                "enrich: labels.tsv:4: 'innocent' is no label; see --help.",
                "enrich: 3 lines are not counted.",
            ],
            run.ErrorLines);
    }

    [Fact]
    public async Task Evaluate_NoFile_CouldNotAnswer() =>
        Assert.Equal(2, (await EnrichProcess.RunAsync("evaluate", _folder["none.tsv"], "--snapshot", bundled.FilePath)).Code);

    [Fact]
    public async Task Calibrate_BundledSnapshot_HasNoSourceThatListsPrefixes()
    {
        var run = await EnrichProcess.RunAsync("calibrate", bundled.FilePath);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Equal(2, run.OutputLines.Length); // heading and footnote
    }

    Task<Run> EvaluateAsync(string labels, params string[] more) => EnrichProcess.RunAsync(
        ["evaluate", _folder.Write("labels.tsv", labels), .. bundled.Options, .. more]);

    public void Dispose() => _folder.Dispose();
}
