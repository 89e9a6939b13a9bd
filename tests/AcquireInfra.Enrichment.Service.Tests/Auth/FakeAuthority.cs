using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

/// <summary>Entra ID as the service sees it: one tenant's discovery document and keys, on the loopback. It can rotate its keys and be down.</summary>
internal sealed class FakeAuthority : IAsyncDisposable
{
    public const string Tenant = "00000000-0000-4000-8000-00000000000a";
    public const string Audience = "00000000-0000-4000-8000-0000000000aa";
    public const string Application = "00000000-0000-4000-8000-0000000000bb";
    public const string Principal = "00000000-0000-4000-8000-0000000000cc";

    readonly ConcurrentDictionary<string, int> _fetches = new(StringComparer.Ordinal);
    WebApplication? _app;
    string _jwksUri = "";

    public RSA Rsa { get; private set; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Name of the present RSA key.</summary>
    public string RsaKid { get; private set; } = "rsa-1";

    public string Url { get; private set; } = "";

    public string Issuer => $"{Url}/{Tenant}/v2.0";

    public bool IsDown { get; set; }

    public bool HasNoKeys { get; set; }

    public static async Task<FakeAuthority> StartAsync()
    {
        var authority = new FakeAuthority();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        authority._app = builder.Build();
        authority._app.Run(authority.AnswerAsync);
        await authority._app.StartAsync(TestContext.Current.CancellationToken);
        authority.Url = authority._app.Urls.Single();
        authority._jwksUri = authority.Url + "/keys";
        return authority;
    }

    /// <summary>Options that make a service trust it.</summary>
    public IEnumerable<string> Options =>
    [
        $"--Enrichment:Auth:Entra:TenantId={Tenant}", $"--Enrichment:Auth:Entra:Audiences:0={Audience}", $"--Enrichment:Auth:Entra:Authority={Url}",
    ];

    public int Fetches(string path) => _fetches.GetValueOrDefault(path);

    /// <summary>Where the discovery document says that the keys are.</summary>
    public void PointKeysAt(string url) => _jwksUri = url;

    /// <summary>Withdraws the RSA key and publishes another.</summary>
    public void Rotate() => (Rsa, RsaKid) = (RSA.Create(2048), RsaKid + "x");

    /// <summary>A v2.0 access token's claims, issued now for an hour.</summary>
    public JsonObject Claims(params string[] roles)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["iat"] = now - 300,
            ["nbf"] = now - 300,
            ["exp"] = now + 3600,
            ["tid"] = Tenant,
            ["azp"] = Application,
            ["oid"] = Principal,
            ["sub"] = Principal,
            ["ver"] = "2.0",
            ["roles"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]),
        };
    }

    /// <summary>A good token.</summary>
    public string Token(params string[] roles) => Sign(Claims(roles).ToJsonString());

    public string Sign(string claims, string? header = null) => Jws(
        header ?? $$"""{"typ":"JWT","alg":"RS256","kid":"{{RsaKid}}"}""", claims,
        input => Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>Header, claims and signature as they are given, be they sound or not.</summary>
    public static string Jws(string header, string claims, Func<byte[], byte[]> sign)
    {
        var input = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims));
        return input + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(input)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
        Rsa.Dispose();
        Ec.Dispose();
    }

    Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        _fetches.AddOrUpdate(path, 1, (_, count) => count + 1);
        if (IsDown)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }
        context.Response.ContentType = "application/json";
        return path switch
        {
            $"/{Tenant}/v2.0/.well-known/openid-configuration" => context.Response.WriteAsync($$"""{"issuer":"{{Issuer}}","jwks_uri":"{{_jwksUri}}"}"""),
            "/keys" => context.Response.WriteAsync(HasNoKeys ? """{"keys":[]}""" : Keys()),
            _ => NotFound(context),
        };
    }

    string Keys()
    {
        var (rsa, ec) = (Rsa.ExportParameters(false), Ec.ExportParameters(false));
        return $$"""
            {"keys":[
              {"kty":"RSA","use":"sig","kid":"{{RsaKid}}","n":"{{Base64Url.EncodeToString(rsa.Modulus)}}","e":"{{Base64Url.EncodeToString(rsa.Exponent)}}"},
              {"kty":"EC","use":"sig","kid":"ec-1","crv":"P-256","x":"{{Base64Url.EncodeToString(ec.Q.X)}}","y":"{{Base64Url.EncodeToString(ec.Q.Y)}}"}]}
            """;
    }

    static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
