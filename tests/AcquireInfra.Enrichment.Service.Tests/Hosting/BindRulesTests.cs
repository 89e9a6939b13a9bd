using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Tests.Auth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>Where the service may listen, by what it is told; the checks run before anything listens.</summary>
public sealed class BindRulesTests
{
    const string Rest = "Kestrel:Endpoints:Rest:Url";

    static readonly TestKey Key = new("caller", Roles.Lookup);

    /// <summary>URL; whether there is authentication; what is missing, or empty where it may listen.</summary>
    public static TheoryData<string, bool, string> Endpoints => new()
    {
        { "http://127.0.0.1:8080", false, "" },
        { "http://127.0.0.53:8080", false, "" },             // all of 127.0.0.0/8
        { "http://[::1]:8080", false, "" },
        { "http://localhost:8080", false, "" },
        { "http://LOCALHOST:8080", false, "" },
        { "http://unix:/run/enrichment.sock", false, "" },   // its file's rights say who may
        { "https://127.0.0.1:8080", false, "" },
        { "http://[::ffff:127.0.0.1]:8080", false, "" },
        { "http://0.0.0.0:8080", false, "TLS and authentication" },
        { "http://0.0.0.0:8080", true, "TLS" },
        { "https://0.0.0.0:8080", false, "authentication" },
        { "https://0.0.0.0:8080", true, "" },
        { "http://[::]:8080", false, "TLS and authentication" },
        { "http://[::]:8080", true, "TLS" },
        { "https://[::]:8080", true, "" },
        { "http://*:8080", true, "TLS" },
        { "http://+:8080", true, "TLS" },
        { "http://192.0.2.7:8080", true, "TLS" },
        { "https://192.0.2.7:8080", true, "" },
        { "http://enrichment.example:8080", true, "TLS" },   // to the web server a name is every address
        { "https://enrichment.example:8080", false, "authentication" },
        { "HTTPS://enrichment.example:8080", true, "" },
        { "http://localhost.example:8080", true, "TLS" },
        { "http://127.0.0.1.example:8080", true, "TLS" },
        { "http://2130706433:8080", false, "" },             // 127.0.0.1 to the web server's parser, and so to ours
        { "http://3221225991:8080", true, "TLS" },           // 192.0.2.7 likewise
    };

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Endpoint_ThatOthersReach_NeedsTlsAndAuthentication(string url, bool hasKeys, string lacks)
    {
        var failures = await FailuresOfAsync([$"--{Rest}={url}", .. hasKeys ? TestKey.Options(Key) : []]);
        Assert.Equal(lacks.Length > 0, failures.Count > 0);
        if (lacks.Length > 0)
        {
            Assert.Equal($"{Rest} is {url}, which others can reach, without {lacks}.", failures[0]);
            Assert.Contains("Enrichment:AllowInsecureBind=true", failures[1], StringComparison.Ordinal); // what to do
        }
    }

    [Theory, InlineData("Rest"), InlineData("Grpc"), InlineData("Admin"), InlineData("Another")]
    public async Task Endpoint_OfEveryName_IsChecked(string name) =>
        Assert.Contains(await FailuresOfAsync($"--Kestrel:Endpoints:{name}:Url=http://0.0.0.0:8080"), failure => failure.StartsWith($"Kestrel:Endpoints:{name}:Url", StringComparison.Ordinal));

    // The web server may be told to listen elsewhere than at its endpoints.
    [Theory]
    [InlineData("urls=http://0.0.0.0:5000", "urls is http://0.0.0.0:5000")]
    [InlineData("urls=http://127.0.0.1:5000;http://*:5001", "urls is http://*:5001")]
    [InlineData("http_ports=5000", "http_ports is http://*:5000")]
    [InlineData("https_ports=5000", "https_ports is https://*:5000")]
    public async Task HostingUrls_WherePreferred_AreChecked(string option, string told)
    {
        Assert.Contains(await FailuresOfAsync("--" + option, "--preferHostingUrls=true"), failure => failure.StartsWith(told, StringComparison.Ordinal));
        Assert.Empty(await FailuresOfAsync("--" + option)); // ignored, so of no interest
    }

    [Fact]
    public async Task AllowInsecureBind_LetsItPass() => Assert.Empty(await FailuresOfAsync($"--{Rest}=http://0.0.0.0:8080", "--Enrichment:AllowInsecureBind=true"));

    [Fact]
    public async Task AllowInsecureBind_Started_WarnsInLogAndReadiness()
    {
        using var folder = new TemporaryFolder();
        var port = Ports.Free().Rest;
        await using var service = await SmallData.StartAsync(folder, $"--Kestrel:Endpoints:Another:Url=http://0.0.0.0:{port}", "--Enrichment:AllowInsecureBind=true");
        Assert.Contains($"http://0.0.0.0:{port}", Assert.Single(service.Log.Lines, line => line.Event.Name == "InsecureBind").Text, StringComparison.Ordinal);
        var ready = await service.Rest.FetchAsync("/health/ready");
        Assert.Contains("without TLS and authentication", ready.Json.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    static async Task<List<string>> FailuresOfAsync(params string[] options)
    {
        try
        {
            await using var app = ServiceApp.Build(options);
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
    }
}
