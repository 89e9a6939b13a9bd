using System.Net;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Tests.Auth;

[assembly: AssemblyFixture(typeof(GuardedFixture))]

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

/// <summary>One service with a key for each role, two for one caller, and tokens of a fake authority; its log holds everything.</summary>
public sealed class GuardedFixture : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    FakeAuthority? _authority;
    RunningService? _service;

    internal RunningService Service => _service!;

    internal FakeAuthority Authority => _authority!;

    /// <summary>A key by its role.</summary>
    internal Dictionary<string, TestKey> Keys { get; } = Roles.All.ToDictionary(role => role, role => new TestKey(role.Replace('.', '-'), role));

    /// <summary>The key that is to replace that of the role lookup, valid already.</summary>
    internal TestKey Successor { get; } = new("lookup", Roles.Lookup);

    public async ValueTask InitializeAsync()
    {
        SmallData.Write(_folder["data"]);
        _authority = await FakeAuthority.StartAsync();
        _service = await RunningService.StartAsync(_folder["state"], [
            $"--Enrichment:DataFolder={_folder["data"]}", "--Enrichment:Limits:OverrideRequestsPerSecond=1000", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace", "--Logging:LogLevel:Grpc=Trace",
            .. _authority.Options, .. TestKey.Options(Keys.Values), $"--Enrichment:Auth:ApiKeys:0:Sha256:1={Successor.Digest}"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        if (_authority is not null)
        {
            await _authority.DisposeAsync();
        }
        _folder.Dispose();
    }

    /// <summary>A look-up, which needs the role lookup, with these headers and nothing else.</summary>
    internal Task<Refusal> LookupAsync(params IEnumerable<(string Name, string Value)> headers) =>
        SendAsync(Service.Rest, new(HttpMethod.Get, "/v1/ip/192.0.2.7"), headers);

    internal Task<Refusal> LookupAsync(string token) => LookupAsync(("Authorization", "Bearer " + token));

    internal static async Task<Refusal> SendAsync(HttpClient client, HttpRequestMessage request, params IEnumerable<(string Name, string Value)> headers)
    {
        using var sent = request;
        foreach (var (name, value) in headers)
        {
            sent.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await client.SendAsync(sent, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new(response.StatusCode, response.Headers.WwwAuthenticate.ToString(), text);
    }
}

/// <summary>An answer, as far as it matters to who was refused.</summary>
internal sealed record Refusal(HttpStatusCode Status, string Challenges, string Text)
{
    public string Member(string name) =>
        Text.StartsWith('{') && System.Text.Json.JsonDocument.Parse(Text).RootElement.TryGetProperty(name, out var value) ? value.ToString() : "";
}
