using System.Net.Sockets;
using System.Text;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>What a request says of itself has no say in who it is from, or where it came in.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    RunningService _service = null!;

    public async ValueTask InitializeAsync() => _service = await SmallData.StartAsync(_folder, "--Enrichment:AuditLog=true");

    [Theory]
    [InlineData("Host", "127.0.0.1:{admin}")]
    [InlineData("Host", "admin")]
    [InlineData("X-Forwarded-Host", "127.0.0.1:{admin}")]
    [InlineData("X-Forwarded-Port", "{admin}")]
    [InlineData("Forwarded", "for=127.0.0.1;host=\"127.0.0.1:{admin}\"")]
    [InlineData("X-Original-URL", "/metrics")]
    [InlineData("X-Rewrite-URL", "/metrics")]
    public async Task Metrics_HeadersThatNameTheAdminPort_AreNotServedOnRest(string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation(header, value.Replace("{admin}", $"{_service.Ports.Admin}", StringComparison.Ordinal));
        Assert.Equal(404, (await _service.Rest.AnswerToAsync(request)).Status);
        using var admin = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_service.Ports.Admin}") };
        Assert.Equal(200, (await admin.FetchAsync("/metrics")).Status);
        Assert.Equal(404, (await admin.LookupAsync("192.0.2.7")).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.99")]
    [InlineData("X-Real-IP", "203.0.113.99")]
    [InlineData("Forwarded", "for=203.0.113.99")]
    [InlineData("True-Client-IP", "203.0.113.99")]
    [InlineData("X-Original-For", "203.0.113.99")]
    public async Task Caller_HeadersThatNameAnother_IsWhoConnected(string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/ip/192.0.2.7");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(200, (await _service.Rest.AnswerToAsync(request)).Status);
        var audited = Assert.Single(_service.Log.Lines, line => line.Event.Name == "LookupAudited").Text;
        Assert.Contains("local asked by rest", audited, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.99", audited, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Method_OverridingHeader_IsIgnored()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/ip:batch");
        request.Headers.TryAddWithoutValidation("X-HTTP-Method-Override", "POST");
        var answer = await _service.Rest.AnswerToAsync(request);
        Assert.Equal((405, "method_not_allowed"), (answer.Status, answer.Code));
    }

    // TRACE would send a caller's headers back, CONNECT would make a proxy of the service.
    [Theory]
    [InlineData("TRACE /v1/ip/192.0.2.7", 405)]
    [InlineData("TRACE /", 404)]
    [InlineData("TRACK /v1/ip/192.0.2.7", 405)]
    [InlineData("CONNECT 192.0.2.7:443", 404)]
    [InlineData("OPTIONS *", 404)]
    [InlineData("OPTIONS /v1/ip/192.0.2.7", 405)]
    [InlineData("GET http://203.0.113.9/v1/ip/192.0.2.7", 200)] // the absolute form: the path counts, no one else is asked
    public async Task Method_OfProxiesAndDebuggers_EchoesAndForwardsNothing(string request, int status)
    {
        // The web server wants the target's own authority for a host, where there is one.
        var host = request.Split(' ')[1].Replace("http://", "", StringComparison.Ordinal).Split('/')[0];
        var answer = await SendAsync($"{request} HTTP/1.1\r\nHost: {(host is "" or "*" ? "localhost" : host)}\r\nX-Canary: canary-4711\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-4711", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Allow-Origin", answer, StringComparison.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _service.Ports.Rest, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
