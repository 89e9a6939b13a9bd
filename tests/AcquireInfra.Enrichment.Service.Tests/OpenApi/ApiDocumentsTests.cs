using AcquireInfra.Enrichment.Service.OpenApi;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.OpenApi;

public sealed class ApiDocumentsTests(ServiceFixture fixture)
{
    [Theory, InlineData("v1", "3.1.1", "openapi"), InlineData("connector", "2.0", "swagger")]
    public async Task Document_Version_IsAsPromised(string name, string version, string member)
    {
        var document = await fixture.Rest.FetchAsync($"/openapi/{name}.json");
        Assert.Equal((200, version), (document.Status, document.Json.GetProperty(member).GetString()));
        Assert.InRange(document.Text.Length, 10_000, 900_000); // a connector may have 1 MB
    }

    [Theory, Trait("Needs", "npm"), InlineData("v1", "openapi"), InlineData("connector", "connector")]
    public async Task Document_Lint_HasNothingToSay(string name, string rules)
    {
        using var folder = new TemporaryFolder();
        var file = folder[name + ".json"];
        await File.WriteAllTextAsync(file, (await fixture.Rest.FetchAsync($"/openapi/{name}.json")).Text, TestContext.Current.CancellationToken);
        var (code, output) = await NpmTools.RunAsync(
            "node", Path.Combine(NpmTools.Modules, "@stoplight/spectral-cli/dist/index.js"), "lint", file, "-r", $"tests/contract/{rules}.spectral.yaml", "--fail-severity=warn");
        Assert.True(code == 0, output);
        const string Parse = "import p from '@apidevtools/swagger-parser'; await (p.default ?? p).validate(process.argv[1]); console.log('valid');";
        var script = folder["validate.mjs"];
        await File.WriteAllTextAsync(script, Parse.Replace("process.argv[1]", $"'{file}'", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(folder["node_modules"], NpmTools.Modules);
        (code, output) = await NpmTools.RunAsync("node", script);
        Assert.True(code == 0 && output.Contains("valid", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task Document_EveryRoute_IsDescribed()
    {
        var routes = fixture.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{**", "{", StringComparison.Ordinal))
            .Where(route => route.StartsWith("/v1/", StringComparison.Ordinal)).Distinct();
        var paths = (await fixture.Rest.FetchAsync("/openapi/v1.json")).Json.GetProperty("paths");
        Assert.All(routes, route => Assert.True(paths.TryGetProperty(route, out _), route));
    }

    // Nothing of the connector may be read otherwise by who has only OpenAPI 2.0.
    [Fact]
    public async Task Connector_Verdict_HasPlainTypes()
    {
        var document = (await fixture.Rest.FetchAsync("/openapi/connector.json")).Json;
        Assert.Equal(["https"], document.GetProperty("schemes").EnumerateArray().Select(scheme => scheme.GetString()));
        var verdict = document.GetProperty("definitions").GetProperty("VerdictResponse").GetProperty("properties");
        foreach (var (name, type) in ((string, string)[])[("ip", "string"), ("score", "integer"), ("isVpn", "boolean"), ("categories", "array"), ("points", "array")])
        {
            Assert.Equal(type, verdict.GetProperty(name).GetProperty("type").GetString());
        }
        var answer = document.GetProperty("definitions").GetProperty("BatchResponse").GetProperty("properties").GetProperty("results").GetProperty("items").GetProperty("properties");
        Assert.True(answer.TryGetProperty("error", out _) && answer.TryGetProperty("score", out _));
    }

    [Theory]
    [InlineData("ip", "IP"), InlineData("asnName", "ASN Name"), InlineData("isVpn", "Is VPN"), InlineData("snapshotId", "Snapshot ID"), InlineData("dataAgeSeconds", "Data Age Seconds"), InlineData("Tag", "Tag")]
    public void TitleOf_Name_IsInTitleCase(string name, string expected) => Assert.Equal(expected, ConnectorSchemas.TitleOf(name));

    [Fact]
    public async Task Page_IsOursAlone()
    {
        using var page = await fixture.Rest.GetAsync("/docs/", TestContext.Current.CancellationToken);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.Contains("script-src 'self'", string.Concat(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        foreach (var script in (string[])["scalar.js", "scalar.aspnetcore.js"])
        {
            Assert.Equal(200, (await fixture.Rest.FetchAsync("/docs/" + script)).Status);
        }
    }
}
