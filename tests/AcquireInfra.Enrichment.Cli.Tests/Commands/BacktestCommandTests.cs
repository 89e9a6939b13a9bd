using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

/// <summary><c>enrich backtest</c> on a small log: an office for 20 days, then servers that are rented, which real ASNs stand for.</summary>
public sealed class BacktestCommandTests(BundledSnapshot bundled) : IDisposable
{
    const string Header = "TimeGenerated,UserPrincipalName,IPAddress,AppId,AppDisplayName,ResultType,AuthenticationProtocol,DeviceDetail,RiskEventTypes_V2,AutonomousSystemNumber\n";

    readonly TemporaryFolder _folder = new();

    static string Row(int day, string user, string ip, string app = "Office 365", string result = "0", string protocol = "none", string risk = "[]", int asn = 7922) =>
        string.Create(CultureInfo.InvariantCulture, $"2026-10-{day:00}T08:00:00.1234567Z,{user},{ip},,{app},{result},{protocol},\"{{\"\"isCompliant\"\":false}}\",\"{risk.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{asn}\n");

    // Ada and Bob from a line at home; on the 25th somebody takes Ada's account from a rented server, with a device code.
    static string Log()
    {
        var rows = Enumerable.Range(1, 24).SelectMany(day => (string[])[Row(day, "Ada@example.com", "73.1.1.1"), Row(day, "bob@example.com", "73.1.1.2", app: "Azure Portal")]).ToList();
        rows.Add(Row(25, "ada@example.com", "104.131.0.1", app: "Azure Portal", protocol: "deviceCode", asn: 14061));
        rows.Add(Row(25, "bob@example.com", "104.131.0.2", asn: 14061));
        rows.Reverse(); // the portal's exports begin with the newest
        return Header + string.Concat(rows);
    }

    [Fact]
    public async Task Backtest_Json_CountsBothRulesByDay()
    {
        var run = await BacktestAsync(Log(), "--format", "json");
        Assert.Equal(0, run.Code);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((50, 0, 11), (report.GetProperty("signIns").GetInt32(), report.GetProperty("rejected").GetInt32(), report.GetProperty("countedDays").GetInt32()));
        var days = report.GetProperty("days").EnumerateArray().ToList();
        Assert.Equal(25, days.Count);
        Assert.Equal(14, days.Count(day => day.GetProperty("isBaseline").GetBoolean()));
        Assert.Equal("2026-10-01", days[0].GetProperty("date").GetString());
        var last = days[^1];
        Assert.Equal((2, 1), (last.GetProperty("principals").GetInt32(), last.GetProperty("seedAlerts").GetInt32())); // the portal from a listed ASN
        Assert.Equal([2, 1, 1], last.GetProperty("alerts").EnumerateArray().Select(count => count.GetInt32()));
        Assert.All(days.SkipLast(1), day => Assert.Equal((0, 0), (day.GetProperty("seedAlerts").GetInt32(), day.GetProperty("alerts")[0].GetInt32())));
        Assert.Equal(1, report.GetProperty("seed").GetProperty("alerts").GetInt32());
        Assert.Equal("ada@example.com", report.GetProperty("topPrincipals")[0].GetProperty("principal").GetString());
        Assert.Contains("newNetwork", report.GetProperty("topReasons").EnumerateArray().Select(reason => reason.GetProperty("reason").GetString()));
    }

    // Whoever is privileged is not in the log.
    [Theory, InlineData("eve@example.com", "watch"), InlineData("BOB@example.com", "triage")]
    public async Task Backtest_PrivilegedPrincipal_WeighsMore(string privileged, string expected)
    {
        var list = await FileAsync("admins.txt", privileged + "\n");
        var report = JsonDocument.Parse((await BacktestAsync(Log(), "--format", "json", "--privileged", list)).Output).RootElement;
        var bob = report.GetProperty("topPrincipals").EnumerateArray().Single(row => row.GetProperty("principal").GetString() == "bob@example.com");
        Assert.Equal(expected, bob.GetProperty("disposition").GetString());
    }

    [Fact]
    public async Task Backtest_AllowedPrefix_RaisesNothing()
    {
        var report = JsonDocument.Parse((await BacktestAsync(Log(), "--format", "json", "--allow", "104.131.0.0/24")).Output).RootElement;
        Assert.All(report.GetProperty("thresholds").EnumerateArray(), row => Assert.Equal(0, row.GetProperty("alerts").GetInt32()));
    }

    [Fact]
    public async Task Backtest_TextAndCsv_SayTheSame()
    {
        var text = await BacktestAsync(Log(), "--threshold", "30", "60");
        Assert.Equal(0, text.Code);
        Assert.StartsWith("50 sign-ins, 11 days behind the baseline, snapshot ", text.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^seed from 5 +1 +0\.09 +1\r?$", text.Output);
        Assert.Matches(@"(?m)^score from 60 +1 +0\.09 +1\r?$", text.Output);
        Assert.Matches(@"(?m)^2026-10-01 +2 +2 +0 +0 +0  baseline\r?$", text.Output);
        var csv = (await BacktestAsync(Log(), "--threshold", "30", "60", "--format", "csv")).OutputLines.Select(line => line.TrimEnd('\r')).ToList();
        Assert.Equal("date,isBaseline,signIns,principals,seedAlerts,alertsFrom30,alertsFrom60", csv[0]);
        Assert.Equal("2026-10-25,false,2,2,1,2,1", csv[^1]);
    }

    [Fact]
    public async Task Backtest_BadRowsAndMissingColumns_AreToldAndTheRestCounts()
    {
        const string Log = "\uFEFF\"TimeGenerated [UTC]\",UserId,IPAddress,Extra\n"
            + "\"11/1/2026, 8:00:00.123 AM\",u1,73.1.1.1,\"a\nb\"\n"
            + "yesterday,u1,73.1.1.1,\n2026-11-01T08:00:00Z,u1,1.2.3,\n2026-11-01T08:00:00Z,,73.1.1.1,\n2026-11-01T09:00:00Z,u2,73.1.1.1\n";
        var run = await BacktestAsync(Log, "--baseline-days", "0", "--format", "csv");
        Assert.Equal(1, run.Code);
        Assert.Equal("2026-11-01,false,2,2,0,0,0,0", run.OutputLines[1].TrimEnd('\r'));
        Assert.StartsWith("enrich: without the columns AppId, AppDisplayName, ResultType,", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal("enrich: signins.csv:4: TimeGenerated is no time.", run.ErrorLines[1]);
        Assert.StartsWith("enrich: signins.csv:5: '1.2.3' ", run.ErrorLines[2], StringComparison.Ordinal);
        Assert.StartsWith("enrich: signins.csv:6: A sign-in has a \"principal\"", run.ErrorLines[3], StringComparison.Ordinal);
        Assert.Equal("enrich: 3 rows are not counted.", run.ErrorLines[4]);
    }

    [Theory]
    [InlineData("", "The header of the CSV needs TimeGenerated")]
    [InlineData("TimeGenerated,UserPrincipalName\n", "The header of the CSV needs TimeGenerated")]
    [InlineData("a,b,c\n1,2,3\n", "The header of the CSV needs TimeGenerated")]
    public async Task Backtest_OtherCsv_CouldNotAnswer(string log, string expected)
    {
        var run = await BacktestAsync(log);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--threshold", "101"), InlineData("--threshold", "high"), InlineData("--baseline-days", "-1"), InlineData("--top", "many"), InlineData("--format", "xml"), InlineData("--allow", "10.0.0.1/8")]
    public async Task Backtest_WrongOption_CouldNotAnswer(string option, string value)
    {
        var run = await BacktestAsync(Log(), option, value);
        Assert.Equal((2, ""), (run.Code, run.Output));
    }

    [Fact]
    public async Task Backtest_NoRows_AnswersWithNothing() => Assert.Equal((0, 1), ((await BacktestAsync(Header, "--format", "csv")) is var run ? run.Code : -1, run.OutputLines.Length));

    [Fact]
    public async Task Backtest_Help_NamesEveryOption()
    {
        var run = await EnrichProcess.RunAsync("backtest", "--help");
        Assert.Equal(0, run.Code);
        Assert.All(
            (string[])["FILE", "--baseline-days", "--threshold", "--format", "--top", "--privileged", "--allow", "--own-egress", "--signin-policy", "--snapshot", "--at", "--overrides"],
            option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    async Task<Run> BacktestAsync(string log, params string[] options) =>
        await EnrichProcess.RunAsync(["backtest", await FileAsync("signins.csv", log), .. bundled.Options, .. options]);

    async Task<string> FileAsync(string name, string text)
    {
        await File.WriteAllTextAsync(_folder[name], text, new UTF8Encoding(false), TestContext.Current.CancellationToken);
        return _folder[name];
    }
}
