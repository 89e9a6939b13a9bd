using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class KeyCommandTests
{
    [Fact]
    public async Task KeyNew_Id_PrintsKeyDigestAndEntryThatFit()
    {
        var run = await EnrichProcess.RunAsync("key", "new", "--id", "soar-1", "--role", "lookup", "--role", "override.write");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        var lines = run.OutputLines.ToDictionary(line => line[..8].TrimEnd(), line => line[8..]);
        Assert.Equal(["key", "sha256", "entry"], lines.Keys);
        Assert.Matches("^soar-1\\.[A-Za-z0-9_-]{43}$", lines["key"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines["key"]))), lines["sha256"]);
        var entry = JsonDocument.Parse(lines["entry"]).RootElement;
        Assert.Equal("soar-1", entry.GetProperty("id").GetString());
        Assert.Equal([lines["sha256"]], entry.GetProperty("sha256").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal(["lookup", "override.write"], entry.GetProperty("roles").EnumerateArray().Select(value => value.GetString()));
        Assert.DoesNotContain(lines["key"].Split('.')[1], lines["entry"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyNew_TwiceTheSameId_GivesDifferentSecretsAndTheLeastRole()
    {
        var (first, second) = (await EnrichProcess.RunAsync("key", "new", "--id", "a"), await EnrichProcess.RunAsync("key", "new", "--id", "a"));
        Assert.NotEqual(first.OutputLines[0], second.OutputLines[0]);
        Assert.EndsWith("\"roles\": [\"lookup\"] }", first.OutputLines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--id", "")]
    [InlineData("--id", "a.b")]
    [InlineData("--id", "a b")]
    [InlineData("--id", "é")]
    [InlineData("--id", "a", "--role", "root")]
    [InlineData("--role", "lookup")]
    public async Task KeyNew_WrongArguments_ExitsWith2AndMakesNoKey(params string[] arguments)
    {
        var run = await EnrichProcess.RunAsync(["key", "new", .. arguments]);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.NotEmpty(run.Errors);
    }
}
