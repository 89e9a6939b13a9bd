using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>Callers that are not .NET, the README's among them.</summary>
[Trait("Needs", "npm")]
public sealed class OtherClientsTests(ServiceFixture fixture)
{
    string Target => $"127.0.0.1:{fixture.Service.Ports.Grpc}";

    [Fact]
    public async Task Node_EveryMethod_IsAnswered()
    {
        var (exitCode, output) = await NpmTools.RunAsync("node", "tests/npm/client.mjs", "proto", Target);
        Assert.True(exitCode == 0, output);
        var answers = JsonDocument.Parse(output).RootElement;
        JsonElement At(params ReadOnlySpan<string> path)
        {
            var element = answers;
            foreach (var part in path)
            {
                element = int.TryParse(part, out var index) ? element[index] : element.GetProperty(part);
            }
            return element;
        }

        foreach (var verdict in (JsonElement[])[
            At("text", "verdict"), At("octets", "verdict"), At("batch", "results", "0", "verdict"), At("stream", "0", "results", "0", "verdict")])
        {
            Assert.Equal(("159.65.1.1", "159.65.0.0/16", "DigitalOcean, LLC"), (Text(verdict, "ip"), Text(verdict, "network"), Text(verdict, "asn_name")));
            Assert.Equal(("VERDICT_KIND_HOSTING", "RISK_LEVEL_LOW"), (Text(verdict, "kind"), Text(verdict, "level")));
            Assert.Equal(14061, verdict.GetProperty("asn").GetInt32());
        }
        var snapshotId = Text(At("text", "basis"), "snapshot_id");
        Assert.Equal(("INVALID_ARGUMENT", 1), (Text(At("refused"), "code"), At("refused", "details").GetInt32()));
        Assert.Equal(("b", "bad_address"), (Text(At("batch", "results", "1"), "id"), Text(At("batch", "results", "1", "error"), "code")));
        Assert.Equal("bad_request", Text(At("stream", "1", "error"), "code"));
        Assert.Equal(At("text", "verdict", "score").GetInt32(), At("stream", "2", "packed", "scores", "data", "0").GetInt32());
        Assert.Equal(("hosting", snapshotId), (Text(At("asn"), "role"), Text(At("asn"), "snapshot_id")));
        Assert.Equal((snapshotId, snapshotId), (Text(At("snapshot", "snapshot"), "snapshot_id"), Text(At("watched"), "snapshot_id")));
    }

    [Fact]
    public async Task Readme_NodeExample_PrintsTheVerdict()
    {
        var (exitCode, output) = await NpmTools.RunAsync("node", "-e", Example("js"));
        Assert.True(exitCode == 0, output);
        Assert.Contains("asnName: 'DigitalOcean, LLC'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readme_CurlExample_PrintsTheAnswer()
    {
        var (exitCode, output) = await NpmTools.RunAsync("bash", "-c", "set -o pipefail\n" + Example("sh"));
        Assert.True(exitCode == 0, output);
        Assert.Contains("DigitalOcean, LLC", output, StringComparison.Ordinal);
    }

    // The example of that language in the README's section on gRPC, with this service's port for the default one.
    string Example(string language)
    {
        var readme = File.ReadAllText(Path.Combine(NpmTools.Root, "README.md"));
        var section = readme[readme.IndexOf("\n## gRPC\n", StringComparison.Ordinal)..];
        var code = section[(section.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4)..];
        code = code[..code.IndexOf("```", StringComparison.Ordinal)];
        Assert.Contains("127.0.0.1:8081", code, StringComparison.Ordinal);
        return code.Replace("127.0.0.1:8081", Target, StringComparison.Ordinal);
    }

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
