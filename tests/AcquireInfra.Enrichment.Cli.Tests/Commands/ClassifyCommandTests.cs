using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class ClassifyCommandTests(BundledSnapshot bundled)
{
    const string Header = "input,ip,scope,network,asn,asnName,asnRole,verdict,level,score,rawScore,confidence,categories,provider,override,error,errorReason";

    // Blank lines, both line ends, none at the end, duplicates, bad rows, and what logs wrap round an address.
    const string Mixed = "192.0.2.1\n\nnonsense\r\n \t\r\n104.131.0.1\n192.0.2.1\n  [2001:db8::1]:443  \r\n010.0.0.1\n104.131.0.1";

    [Fact]
    public async Task Classify_Csv_OneRowALineInOrder()
    {
        var run = await ClassifyAsync(Mixed);
        Assert.Equal(1, run.Code);
        Assert.Equal("enrich: 2 of 7 lines are no addresses; their rows say why.", Assert.Single(run.ErrorLines));
        Assert.Equal(
        [
            Header,
            "192.0.2.1,192.0.2.1,documentation,,,,,special,,,,,,,,,",
            "nonsense,,,,,,,,,,,,,,,bad_address,not_an_address",
            "104.131.0.1,104.131.0.1,global,104.131.0.0/16,14061,\"DigitalOcean, LLC\",hosting,hosting,low,22,22,32,hosting,DigitalOcean,,,",
            "192.0.2.1,192.0.2.1,documentation,,,,,special,,,,,,,,,",
            "  [2001:db8::1]:443  ,2001:db8::1,documentation,,,,,special,,,,,,,,,",
            "010.0.0.1,,,,,,,,,,,,,,,bad_address,ipv4_leading_zero",
            "104.131.0.1,104.131.0.1,global,104.131.0.0/16,14061,\"DigitalOcean, LLC\",hosting,hosting,low,22,22,32,hosting,DigitalOcean,,,",
        ], run.OutputLines);
    }

    [Fact]
    public async Task Classify_Ndjson_OneObjectALineInOrder()
    {
        var run = await ClassifyAsync(Mixed, "--format", "ndjson");
        var rows = run.OutputLines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        string[] inputs = ["192.0.2.1", "nonsense", "104.131.0.1", "192.0.2.1", "  [2001:db8::1]:443  ", "010.0.0.1", "104.131.0.1"];
        string?[] addresses = ["192.0.2.1", null, "104.131.0.1", "192.0.2.1", "2001:db8::1", null, "104.131.0.1"];
        Assert.Equal(inputs.Zip(addresses), rows.Select(row => (Text(row, "input")!, Text(row, "ip"))));
        Assert.Equal("bad_address", Text(rows[1].GetProperty("error"), "code"));
    }

    [Fact]
    public async Task Classify_File_EqualsStandardInput()
    {
        using var folder = new TemporaryFolder();
        var file = await EnrichProcess.RunAsync(["classify", folder.Write("ips.txt", Mixed), .. bundled.Options]);
        Assert.Equal((await ClassifyAsync(Mixed)).Output, file.Output);
        Assert.Equal(1, file.Code);
    }

    [Theory, InlineData(""), InlineData("\n\r\n  \n")]
    public async Task Classify_NothingButBlanks_GivesTheHeader(string input)
    {
        var run = await ClassifyAsync(input);
        Assert.Equal((0, "", Header), (run.Code, run.Errors, run.Output.Trim()));
    }

    // The same judgement at both doors, member by member.
    [Fact]
    public async Task Classify_TwoHundredAddresses_EqualLookup()
    {
        var random = new Random(20261124);
        var ipv4 = Enumerable.Range(0, 100).Select(_ => Address.FromIPv4((uint)random.Next(11 << 24, 100 << 24)).ToString());
        var ipv6 = Enumerable.Range(0, 80)
            .Select(at => new Address((at % 2 == 0 ? 0x2600UL : 0x2A00) << 48 | (ulong)random.NextInt64(1L << 44), 1).ToString());
        string[] known = ["104.131.0.1", "88.198.0.1", "2a01:4f8::1", "73.0.0.1", "38.100.1.1", "1.1.1.1", "18.26.0.1", "192.0.2.1"];
        string[] addresses = [.. known, "::ffff:104.131.0.1", .. ipv4, .. ipv6];
        var rows = (await ClassifyAsync(string.Join('\n', addresses), "--format", "ndjson")).OutputLines;
        var looked = await EnrichProcess.RunAsync(["lookup", "--format", "json", .. addresses, .. bundled.Options]);
        var verdicts = JsonDocument.Parse(looked.Output).RootElement.EnumerateArray().ToList();
        Assert.Equal((addresses.Length, addresses.Length), (rows.Length, verdicts.Count));
        foreach (var (row, verdict) in rows.Select(row => JsonDocument.Parse(row).RootElement).Zip(verdicts))
        {
            foreach (var member in row.EnumerateObject().Where(member => member.Name != "input"))
            {
                var isEqual = JsonElement.DeepEquals(verdict.GetProperty(member.Name), member.Value);
                Assert.True(isEqual, $"{member.Name} of {row} and {verdict}");
            }
        }
        Assert.Equal(5, verdicts.Select(verdict => Text(verdict, "verdict")).Distinct().Count()); // all that the bundled data can give
    }

    [Fact]
    public async Task Classify_LongInput_EveryRowInItsPlace()
    {
        const int Lines = 60_000; // four blocks of 256 KiB, and the borders fall inside lines
        var input = new StringBuilder();
        for (var line = 0; line < Lines; line++)
        {
            input.Append(line % 100 == 7
                ? $"bad-{line}\n"
                : $"{(line % 3 == 0 ? "2001:db8::" : "198.51.100.")}{line % 250}{new string(' ', line % 13)}\n");
        }
        Assert.True(input.Length > 3 * 262_144);
        var run = await ClassifyAsync(input.ToString());
        Assert.Equal(1, run.Code);
        Assert.Equal($"enrich: {Lines / 100} of {Lines} lines are no addresses; their rows say why.", Assert.Single(run.ErrorLines));
        Assert.Equal(
            input.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries),
            run.OutputLines.Skip(1).Select(row => row.Split(',')[0]));
    }

    // A spreadsheet would run these.
    [Theory, InlineData("=cmd|' /C calc'!A0"), InlineData("+1"), InlineData("-1"), InlineData("@SUM(1+1)"), InlineData("=\"a\",b")]
    public async Task Classify_FormulaAsInput_IsDisarmed(string formula)
    {
        var run = await ClassifyAsync(formula);
        Assert.StartsWith("'" + formula[0], run.OutputLines[1].TrimStart('"'), StringComparison.Ordinal);
    }

    Task<Run> ClassifyAsync(string input, params string[] arguments) =>
        EnrichProcess.RunWithInputAsync(input, ["classify", .. arguments, .. bundled.Options]);

    static string? Text(JsonElement row, string member) => row.TryGetProperty(member, out var value) ? value.GetString() : null;
}
