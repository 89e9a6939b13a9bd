namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

/// <summary>Exit codes are contract: 0 answered, 1 some input was bad, 2 could not answer. Results on stdout, words on stderr.</summary>
public sealed class FailuresTests
{
    [Theory]
    [InlineData("--help"), InlineData("-h"), InlineData("lookup --help"), InlineData("classify --help"), InlineData("compile --help")]
    [InlineData("verify --help"), InlineData("sources --help"), InlineData("asn --help"), InlineData("asn build --help")]
    public async Task Help_OfEveryCommand_IsAnswered(string arguments)
    {
        var run = await EnrichProcess.RunAsync(arguments.Split(' '));
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfTheProgram_NamesEveryCommandAndTheExitCodes()
    {
        var run = await EnrichProcess.RunAsync("--help");
        string[] words = ["lookup", "classify", "compile", "verify", "sources", "asn", "Exit codes: 0"];
        Assert.All(words, word => Assert.Contains(word, run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]                                         // no command
    [InlineData("frobnicate")]
    [InlineData("lookup")]                                   // no address
    [InlineData("lookup 192.0.2.1 --bogus")]                 // the argument takes any number, and must not take this
    [InlineData("lookup --fromat json 192.0.2.1")]
    [InlineData("lookup 192.0.2.1 --format xml")]
    [InlineData("lookup 192.0.2.1 --at")]
    [InlineData("classify --bogus")]
    [InlineData("classify --format xml")]
    [InlineData("compile")]                                  // no --out
    [InlineData("compile --out x --bogus")]
    [InlineData("verify")]
    [InlineData("verify --bogus")]
    [InlineData("sources --bogus")]
    [InlineData("asn")]
    [InlineData("asn build x.csv")]
    public async Task Usage_Wrong_ExitsWith2AndSaysSoOnStderrAlone(string arguments)
    {
        var run = await EnrichProcess.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.NotEmpty(run.Errors);
        AssertNoStackTrace(run);
    }

    // What the world does wrong is one line.
    [Theory]
    [InlineData("lookup 192.0.2.1 --snapshot /no/such/file", "/no/such/file")]
    [InlineData("lookup 192.0.2.1 --data /no/such/folder", "/no/such/folder")]
    [InlineData("lookup 192.0.2.1 --at 11/12/2026", "--at: '11/12/2026' is no time")]
    [InlineData("lookup 192.0.2.1 --at 2026-13-01", "--at")]
    [InlineData("lookup 192.0.2.1 --at 2026-11-24T12:00:00+01:00", "--at")]
    [InlineData("classify /no/such/file", "/no/such/file")]
    [InlineData("classify /", "/")]
    [InlineData("sources --snapshot /no/such/file", "/no/such/file")]
    [InlineData("verify /no/such/file", "/no/such/file")]
    [InlineData("compile --out /no/such/folder/x", "/no/such/folder")]
    [InlineData("compile --out x --sources /no/such/manifest.json", "/no/such/manifest.json")]
    [InlineData("asn build /no/such.csv --built 2026-11-24 --description d --out x", "/no/such.csv")]
    [InlineData("asn build /no/such.csv --built 24.11.2026 --description d --out x", "--built: '24.11.2026' is no time")]
    public async Task World_Wrong_ExitsWith2AndOneLine(string arguments, string told)
    {
        using var folder = new TemporaryFolder();
        folder.Write("sources.json", "{ \"sources\": [] }");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "data", "policy.json"), folder["policy.json"]);
        var command = arguments.Split(' ')[0];
        var isToldItsData = command is "verify" or "asn" || arguments.Contains("--data", StringComparison.Ordinal);
        string[] data = isToldItsData ? [] : ["--data", folder.Path];
        string[] state = command is "lookup" or "classify" or "sources" ? ["--state", folder["state"]] : [];
        var run = await EnrichProcess.RunAsync([.. arguments.Split(' '), .. data, .. state]);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("enrich: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(told, run.Errors, StringComparison.Ordinal);
    }

    internal static void AssertNoStackTrace(Run run)
    {
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Errors, StringComparison.Ordinal);
    }
}
