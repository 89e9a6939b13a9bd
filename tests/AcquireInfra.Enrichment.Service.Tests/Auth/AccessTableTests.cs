using System.Net;
using System.Net.Http.Headers;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

/// <summary>Every route and RPC that there is, with every kind of credential.</summary>
public sealed class AccessTableTests(GuardedFixture fixture)
{
    const string Anonymous = "anonymous";
    const string AnyRole = "any role";

    // Who may what, as it was promised. The first row that fits holds; a route that none fits is a failure.
    static readonly (string Route, string Role)[] Promised =
    [
        ("/health/", Anonymous),
        ("/metrics", Anonymous), // on the admin port
        ("/grpc.health.v1.Health/", Anonymous),
        ("/openapi/", Anonymous),
        ("/docs", Anonymous),
        ("/v1/ip/", Roles.Lookup),
        ("/v1/asn/", Roles.Lookup),
        ("/v1/cidr/", Roles.Lookup),
        ("/v1/ip:batch", Roles.Bulk),
        ("/v1/signins:score", Roles.Bulk),
        ("/v1/exports", Roles.Bulk),
        ("/v1/retro", Roles.Bulk),
        ("/v1/history/", Roles.Lookup),
        ("/v1/incidents:enrich", Roles.Lookup),
        ("/v1/snapshots/{id}:activate", Roles.Admin),
        ("/v1/snapshots:", Roles.Admin),
        ("/v1/snapshots/", Roles.Bulk),
        ("/v1/snapshots", Roles.Lookup),
        ("GET /v1/overrides", Roles.Lookup),
        ("/v1/overrides", Roles.OverrideWrite),
        ("/v1/sources/{id}:", Roles.Admin),
        ("/v1/sources", Roles.Lookup),
        (Rpc + "{unimplementedMethod}", AnyRole),
        (Rpc + "ScoreIp", Roles.Lookup),
        (Rpc + "GetAsn", Roles.Lookup),
        (Rpc + "GetSnapshot", Roles.Lookup),
        (Rpc + "BatchScoreIp", Roles.Bulk),
        (Rpc + "StreamScoreIp", Roles.Bulk),
        (Rpc + "ScoreSignIns", Roles.Bulk),
        (Rpc + "WatchSnapshots", Roles.Bulk),
    ];

    const string Rpc = "/acquireinfra.enrichment.v1.EnrichmentService/";

    [Fact]
    public void Endpoints_EveryOne_NamesAPolicyOrSaysThatItIsOpen() => Assert.All(Endpoints(), endpoint => Assert.True(
        endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null,
        $"{endpoint.DisplayName} says neither who may call it nor that anyone may."));

    [Fact]
    public async Task Endpoints_EveryOneWithEveryCredential_LetsInWhomItShould()
    {
        var wrong = new List<string>();
        var (tried, refused) = (0, 0);
        foreach (var endpoint in Endpoints())
        {
            var route = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
            var role = Promised.FirstOrDefault(row => $"{(row.Route[0] == '/' ? "" : method + " ")}{route}".StartsWith(row.Route, StringComparison.Ordinal)).Role;
            Assert.True(role is not null, $"{route} is in no row of the table");
            foreach (var credential in Credentials())
            {
                var expected = Expected(role, credential);
                var status = await AskAsync(endpoint, route, credential.Header);
                tried++;
                refused += status is null ? 0 : 1;
                if (status != expected)
                {
                    wrong.Add($"{route} with {credential.Name}: {status?.ToString() ?? "let in"}, expected {expected?.ToString() ?? "let in"}");
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(tried >= 90 && refused >= 25 && tried - refused >= 50, $"only {tried} tried, {refused} refused");
    }

    // A route that someone forgets to give a role is closed to everyone, also where there is no authentication at all.
    [Theory, InlineData(false), InlineData(true)]
    public async Task Route_WithoutPolicy_IsClosedToAdmin(bool hasKeys)
    {
        using var folder = new TemporaryFolder();
        var (ports, admin) = (Ports.Free(), new TestKey("admin", Roles.Admin));
        SmallData.Write(folder["data"]);
        await using var app = ServiceApp.Build([
            .. ports.Options, $"--Enrichment:StateFolder={folder["state"]}", $"--Enrichment:DataFolder={folder["data"]}", "--Logging:Console:LogLevel:Default=None",
            .. hasKeys ? TestKey.Options(admin) : []]);
        app.MapGet("/v1/forgotten", () => "secret");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{ports.Rest}") };
        var answer = await GuardedFixture.SendAsync(client, new(HttpMethod.Get, "/v1/forgotten"), ("X-Api-Key", admin.Text));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (answer.Status, answer.Member("code")));
        // Let in elsewhere; the first snapshot may still be compiling.
        var elsewhere = await GuardedFixture.SendAsync(client, new(HttpMethod.Get, "/v1/ip/192.0.2.7"), ("X-Api-Key", admin.Text));
        Assert.True(elsewhere.Status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, elsewhere.ToString());
    }

    static HttpStatusCode? Expected(string role, Credential credential)
    {
        if (role == Anonymous)
        {
            return null;
        }
        if (!credential.IsValid)
        {
            return HttpStatusCode.Unauthorized;
        }
        var isEnough = role == AnyRole ? credential.Role is not null : credential.Role == role || credential.Role == Roles.Admin;
        return isEnough ? null : HttpStatusCode.Forbidden;
    }

    sealed record Credential(string Name, string? Header, bool IsValid, string? Role);

    List<Credential> Credentials() =>
    [
        new("none", null, false, null),
        new("a wrong key", "ApiKey " + new TestKey("lookup", Roles.Lookup).Text, false, null),
        new("a wrong token", "Bearer " + fixture.Authority.Sign("{}"), false, null),
        new("a token without roles", "Bearer " + fixture.Authority.Token(), true, null),
        new("a token with other roles", "Bearer " + fixture.Authority.Token("Admin", "owner"), true, null),
        .. Roles.All.Select(role => new Credential("the key of " + role, "ApiKey " + fixture.Keys[role].Text, true, role)),
        .. Roles.All.Select(role => new Credential("a token of " + role, "Bearer " + fixture.Authority.Token(role), true, role)),
    ];

    List<RouteEndpoint> Endpoints()
    {
        var endpoints = fixture.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.True(endpoints.Count >= 6, $"only {endpoints.Count} endpoints were found");
        return endpoints;
    }

    /// <returns>401, 403, or null when it was let in, whatever came of it.</returns>
    async Task<HttpStatusCode?> AskAsync(RouteEndpoint endpoint, string route, string? credential)
    {
        var isRpc = endpoint.DisplayName!.StartsWith("gRPC", StringComparison.Ordinal);
        var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
        using var request = new HttpRequestMessage(new(method), PathOf(route));
        if (isRpc)
        {
            request.RequestUri = new($"http://127.0.0.1:{fixture.Service.Ports.Grpc}{PathOf(route)}");
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            request.Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } };
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        }
        else if (method is "POST" or "PUT")
        {
            request.Content = new StringContent("{}", null, route.EndsWith(":import", StringComparison.Ordinal) ? "text/csv" : "application/json"); // what has no type does not reach an endpoint that takes JSON alone
        }
        request.Headers.TryAddWithoutValidation("Authorization", credential);
        using var response = await fixture.Service.Rest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (!isRpc)
        {
            return response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? response.StatusCode : null;
        }
        Assert.Equal(HttpStatusCode.OK, response.StatusCode); // a gRPC answer, whatever it says
        return !response.Headers.TryGetValues("grpc-status", out var status) ? null : status.Single() switch
        {
            "16" => HttpStatusCode.Unauthorized,
            "7" => HttpStatusCode.Forbidden,
            _ => null,
        };
    }

    static string PathOf(string route) => route
        .Replace("{**ip}", "192.0.2.7", StringComparison.Ordinal)
        .Replace("{documentName}", "v1", StringComparison.Ordinal)
        .Replace("{unimplementedMethod}", "NoSuchRpc", StringComparison.Ordinal)
        .Replace("{**prefix}", "192.0.2.0/24", StringComparison.Ordinal)
        .Replace('{', '1').Replace('}', '1').Replace('*', '1');
}
