using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Service.Auth;

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

public sealed class ForgedTokenTests(GuardedFixture fixture)
{
    static readonly RSA Stranger = RSA.Create(2048);

    /// <summary>What is wrong with it; how it is made; the reason that is told.</summary>
    public static TheoryData<string, Func<FakeAuthorityOf, string>, string> Forged => new()
    {
        { "alg none", of => Unsigned(of, "none"), "wrong_token" },
        { "alg None", of => Unsigned(of, "None"), "wrong_token" },
        { "alg NONE with a signature", of => of.Authority.Sign(of.Good, """{"typ":"JWT","alg":"NONE"}"""), "unknown_signing_key" },
        { "alg missing", of => of.Authority.Sign(of.Good, $$"""{"typ":"JWT","kid":"{{of.Kid}}"}"""), "wrong_token" },
        { "HS256 with the public key's modulus", of => Hmac(of, of.Authority.Rsa.ExportParameters(false).Modulus!), "wrong_token" },
        { "HS256 with the public key as DER", of => Hmac(of, of.Authority.Rsa.ExportSubjectPublicKeyInfo()), "wrong_token" },
        { "HS256 with the public key as PEM", of => Hmac(of, Encoding.ASCII.GetBytes(of.Authority.Rsa.ExportSubjectPublicKeyInfoPem())), "wrong_token" },
        { "HS256 with an empty key", of => Hmac(of, []), "wrong_token" },
        { "RS384, which is not on the list", of => FakeAuthority.Jws(of.Header("RS384"), of.Good, input => of.Authority.Rsa.SignData(input, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)), "wrong_token" },
        { "another's key under our kid", of => ByStranger(of, of.Header("RS256")), "wrong_token" },
        { "unknown kid", of => of.Authority.Sign(of.Good, """{"typ":"JWT","alg":"RS256","kid":"nobody"}"""), "unknown_signing_key" },
        { "no kid", of => of.Authority.Sign(of.Good, """{"typ":"JWT","alg":"RS256"}"""), "unknown_signing_key" },
        { "jku to the forger's keys", of => ByStranger(of, $$"""{"typ":"JWT","alg":"RS256","kid":"evil","jku":"{{of.Authority.Url}}/evil"}"""), "unknown_signing_key" },
        { "x5u to the forger's keys", of => ByStranger(of, $$"""{"typ":"JWT","alg":"RS256","kid":"evil","x5u":"{{of.Authority.Url}}/evil"}"""), "unknown_signing_key" },
        { "the forger's jwk in the header", of => ByStranger(of, $$"""{"typ":"JWT","alg":"RS256","kid":"{{of.Kid}}","jwk":{{Jwk(Stranger)}}}"""), "wrong_token" },
        { "crit", of => of.Authority.Sign(of.Good, $$"""{"typ":"JWT","alg":"RS256","kid":"{{of.Kid}}","crit":["exp"]}"""), "malformed_token" },
        { "typ of something else", of => of.Authority.Sign(of.Good, $$"""{"typ":"dpop+jwt","alg":"RS256","kid":"{{of.Kid}}"}"""), "wrong_token" },
        { "no typ", of => of.Authority.Sign(of.Good, $$"""{"alg":"RS256","kid":"{{of.Kid}}"}"""), "wrong_token" },
        { "a header member twice", of => of.Authority.Sign(of.Good, $$"""{"typ":"JWT","alg":"RS256","kid":"{{of.Kid}}","kid":"{{of.Kid}}"}"""), "malformed_token" },
        { "signature cut short", of => of.Authority.Sign(of.Good)[..^8], "wrong_token" },
        { "no signature", of => of.Authority.Sign(of.Good)[..(of.Authority.Sign(of.Good).LastIndexOf('.') + 1)], "wrong_token" },
        { "claims changed after signing", Changed, "wrong_token" },
        { "ES256 with r = s = 0", of => Es256(of, _ => new byte[64]), "wrong_token" },
        { "ES256 with an empty signature", of => Es256(of, _ => []), "wrong_token" },
        { "ES256 as DER", of => Es256(of, input => of.Authority.Ec.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), "wrong_token" },
        { "ES256 with the RSA key's name", of => FakeAuthority.Jws(of.Header("ES256"), of.Good, input => of.Authority.Ec.SignData(input, HashAlgorithmName.SHA256)), "wrong_token" },
        { "wrong iss", of => of.With("iss", "https://login.example/v2.0"), "wrong_issuer" },
        { "iss of another tenant", of => of.With("iss", of.Authority.Issuer.Replace('a', 'f')), "wrong_issuer" },
        { "iss without a slash at its end, v1.0", of => of.With("iss", $"https://sts.windows.net/{FakeAuthority.Tenant}"), "wrong_issuer" },
        { "no iss", of => of.Without("iss"), "wrong_issuer" },
        { "wrong aud", of => of.With("aud", FakeAuthority.Application), "wrong_audience" },
        { "aud of api:// and something else", of => of.With("aud", $"api://{FakeAuthority.Audience}/x"), "wrong_audience" },
        { "aud of two", of => of.With("aud", new JsonArray(FakeAuthority.Audience, FakeAuthority.Application)), "wrong_audience" },
        { "aud as an array of one", of => of.With("aud", new JsonArray(FakeAuthority.Audience)), "malformed_token" },
        { "no aud", of => of.Without("aud"), "wrong_audience" },
        { "expired by 61 s", of => of.With("exp", of.Now - 61), "token_expired" },
        { "no exp", of => of.Without("exp"), "wrong_token" },
        { "exp as a text", of => of.With("exp", "tomorrow"), "malformed_token" },
        { "nbf in 90 s", of => of.With("nbf", of.Now + 90), "token_not_yet_valid" },
        { "tid of another tenant", of => of.With("tid", FakeAuthority.Application), "wrong_tenant" },
        { "no tid", of => of.Without("tid"), "wrong_tenant" },
        { "an id token: no azp", of => of.Without("azp"), "not_an_access_token" },
        { "an id token: nonce", of => of.With("nonce", "x"), "not_an_access_token" },
        { "an id token: at_hash", of => of.With("at_hash", "x"), "not_an_access_token" },
        { "a claim twice", of => of.Authority.Sign(of.Good.Replace("\"roles\":", "\"roles\":[\"admin\"],\"roles\":", StringComparison.Ordinal)), "malformed_token" },
        { "tid twice", of => of.Authority.Sign(of.Good.Insert(1, $"\"tid\":\"{FakeAuthority.Tenant}\",")), "malformed_token" },
        { "claims that are no object", of => of.Authority.Sign("[]"), "malformed_token" },
        { "claims nested deep", of => of.With("x", JsonNode.Parse(new string('[', 40) + new string(']', 40))!), "malformed_token" },
        { "larger than a token may be", of => of.With("x", new string('x', EntraTokens.MaxTokenBytes * 3 / 4)), "malformed_token" },
        { "no token at all", _ => "", "unknown_scheme" },
        { "no JWT", _ => "abc", "malformed_token" },
        { "one part too many", of => of.Authority.Sign(of.Good) + ".x", "malformed_token" },
        { "an API key as a token", _ => new TestKey("lookup", Roles.Lookup).Text, "malformed_token" },
    };

    [Theory, MemberData(nameof(Forged), DisableDiscoveryEnumeration = true)]
    public async Task Token_Forged_Is401(string what, Func<FakeAuthorityOf, string> forge, string reason)
    {
        var answer = await fixture.LookupAsync(forge(new(fixture.Authority)));
        Assert.True((HttpStatusCode.Unauthorized, "unauthenticated") == (answer.Status, answer.Member("code")), $"{what}: {answer}");
        Assert.Contains("Bearer error=\"invalid_token\"", answer.Challenges, StringComparison.Ordinal);
        Assert.True(reason == answer.Member("reason"), $"{what}: {answer.Member("reason")} and not {reason}");
        Assert.Equal(0, fixture.Authority.Fetches("/evil"));
        Assert.Equal(HttpStatusCode.OK, (await fixture.LookupAsync(fixture.Authority.Token(Roles.Lookup))).Status); // else nothing was proved
    }

    // The web server itself refuses headers above 16 KiB, before anything reads them.
    [Theory, InlineData(100 * 1024), InlineData(10 * 1024 * 1024)]
    public async Task Token_Huge_IsRefusedUnread(int bytes)
    {
        using var client = new HttpClient { BaseAddress = fixture.Service.Rest.BaseAddress };
        HttpStatusCode? status = null;
        try
        {
            status = (await GuardedFixture.SendAsync(client, new(HttpMethod.Get, "/v1/ip/192.0.2.7"), ("Authorization", "Bearer " + new string('x', bytes)))).Status;
        }
        catch (HttpRequestException)
        {
            // the connection was closed while the client was sending
        }
        Assert.True(status is null or HttpStatusCode.RequestHeaderFieldsTooLarge, $"{status}");
    }

    public static TheoryData<string, Func<FakeAuthorityOf, string>> Good => new()
    {
        { "v2.0", of => of.Authority.Sign(of.Good) },
        { "v2.0 for api://GUID", of => of.With("aud", "api://" + FakeAuthority.Audience) },
        { "v1.0", V1 },
        { "PS256", of => FakeAuthority.Jws(of.Header("PS256"), of.Good, input => of.Authority.Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)) },
        { "ES256", of => Es256(of, input => of.Authority.Ec.SignData(input, HashAlgorithmName.SHA256)) },
        { "at+jwt", of => of.Authority.Sign(of.Good, $$"""{"typ":"at+jwt","alg":"RS256","kid":"{{of.Kid}}"}""") },
        { "expired by 50 s: clocks differ", of => of.With("exp", of.Now - 50) },
        { "nbf in 50 s: clocks differ", of => of.With("nbf", of.Now + 50) },
        { "tid in capitals", of => of.With("tid", FakeAuthority.Tenant.ToUpperInvariant()) },
        { "several roles", of => of.With("roles", new JsonArray("other", "lookup")) },
    };

    [Theory, MemberData(nameof(Good), DisableDiscoveryEnumeration = true)]
    public async Task Token_Good_IsLetIn(string what, Func<FakeAuthorityOf, string> make)
    {
        var answer = await fixture.LookupAsync(make(new(fixture.Authority)));
        Assert.True(answer.Status == HttpStatusCode.OK, $"{what}: {answer}");
    }

    [Theory]
    [InlineData("""{"roles":"lookup"}""")]      // a text is no list
    [InlineData("""{"roles":["LOOKUP"]}""")]
    [InlineData("""{"roles":[["lookup"],{},7,null]}""")]
    [InlineData("""{"scp":"lookup"}""")]        // what a user lets an application do is not what the user may do
    [InlineData("""{"http://schemas.microsoft.com/ws/2008/06/identity/claims/role":"lookup"}""")]
    [InlineData("{}")]
    public async Task Token_WithoutRoles_Is403(string claims)
    {
        var payload = fixture.Authority.Claims();
        payload.Remove("roles");
        foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject())
        {
            payload[name] = value?.DeepClone();
        }
        var answer = await fixture.LookupAsync(fixture.Authority.Sign(payload.ToJsonString()));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (answer.Status, answer.Member("code")));
        Assert.Equal("This needs the role lookup; the caller has none.", answer.Member("detail"));
    }

    static string Unsigned(FakeAuthorityOf of, string algorithm) => FakeAuthority.Jws($$"""{"typ":"JWT","alg":"{{algorithm}}"}""", of.Good, _ => []);

    static string Hmac(FakeAuthorityOf of, byte[] key) => FakeAuthority.Jws(of.Header("HS256"), of.Good, input => HMACSHA256.HashData(key, input));

    static string ByStranger(FakeAuthorityOf of, string header) =>
        FakeAuthority.Jws(header, of.Good, input => Stranger.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    static string Es256(FakeAuthorityOf of, Func<byte[], byte[]> sign) => FakeAuthority.Jws("""{"typ":"JWT","alg":"ES256","kid":"ec-1"}""", of.Good, sign);

    static string Changed(FakeAuthorityOf of)
    {
        var (before, after) = (of.Authority.Token(Roles.Lookup).Split('.'), of.Authority.Token(Roles.Admin).Split('.'));
        return $"{before[0]}.{after[1]}.{before[2]}";
    }

    static string V1(FakeAuthorityOf of)
    {
        var claims = of.Authority.Claims(Roles.Lookup);
        claims.Remove("azp");
        claims["appid"] = FakeAuthority.Application;
        claims["iss"] = $"https://sts.windows.net/{FakeAuthority.Tenant}/";
        claims["aud"] = "api://" + FakeAuthority.Audience;
        claims["ver"] = "1.0";
        return of.Authority.Sign(claims.ToJsonString());
    }

    static string Jwk(RSA key)
    {
        var parameters = key.ExportParameters(false);
        return $$"""{"kty":"RSA","n":"{{Convert.ToBase64String(parameters.Modulus!)}}","e":"AQAB"}""";
    }
}

/// <summary>What a row needs to make its token: the authority, which internal types may not be named by public tests.</summary>
public sealed class FakeAuthorityOf
{
    internal FakeAuthorityOf(FakeAuthority authority) => Authority = authority;

    internal FakeAuthority Authority { get; }

    internal string Kid => Authority.RsaKid;

    /// <summary>The claims of a token that is let in.</summary>
    internal string Good => Authority.Claims(Roles.Lookup).ToJsonString();

    internal long Now { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    internal string Header(string algorithm) => $$"""{"typ":"JWT","alg":"{{algorithm}}","kid":"{{Kid}}"}""";

    internal string With(string claim, JsonNode value)
    {
        var claims = Authority.Claims(Roles.Lookup);
        claims[claim] = value;
        return Authority.Sign(claims.ToJsonString());
    }

    internal string Without(string claim)
    {
        var claims = Authority.Claims(Roles.Lookup);
        claims.Remove(claim);
        return Authority.Sign(claims.ToJsonString());
    }
}
