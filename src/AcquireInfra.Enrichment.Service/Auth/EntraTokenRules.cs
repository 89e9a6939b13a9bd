using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// What a well-signed token must be beside: an access token of our tenant, for one audience, without a member twice and without a
/// header that demands what we do not know (RFC 7515, crit).
/// </summary>
internal sealed class EntraTokenRules(string tenantId)
{
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Members of ID tokens: they say who signed in to an application, not what that application may do here.</summary>
    static readonly string[] OfIdTokens = ["nonce", "at_hash", "c_hash"];

    /// <returns>What is wrong, or null.</returns>
    /// <param name="caller">Null when anything is wrong. Without roles the token is valid, and its caller may do nothing.</param>
    public CredentialException? Read(JsonWebToken token, out ClaimsPrincipal? caller)
    {
        caller = null;
        try
        {
            using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedHeader), Strict);
            using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload), Strict);
            return header.RootElement.TryGetProperty("crit", out _) ? CredentialException.MalformedToken : Read(payload.RootElement, out caller);
        }
        catch (JsonException)
        {
            return CredentialException.MalformedToken;
        }
    }

    CredentialException? Read(JsonElement payload, out ClaimsPrincipal? caller)
    {
        caller = null;
        if (Text(payload, "aud") is null)
        {
            return CredentialException.MalformedToken;
        }
        if (!string.Equals(Text(payload, "tid"), tenantId, StringComparison.OrdinalIgnoreCase))
        {
            return CredentialException.WrongTenant;
        }
        // Every access token names the application it was issued to: azp in v2.0, appid in v1.0.
        var application = Text(payload, "azp") ?? Text(payload, "appid");
        if (!Guid.TryParse(application, out var id) || OfIdTokens.Any(name => payload.TryGetProperty(name, out _)))
        {
            return CredentialException.NoAccessToken;
        }
        id = Guid.TryParse(Text(payload, "oid"), out var principal) ? principal : id; // the user, or the application's own object
        caller = CallerIdentity.Create(EntraTokens.Scheme, $"entra:{id:D}", RolesOf(payload));
        return null;
    }

    static IEnumerable<string> RolesOf(JsonElement payload) =>
        payload.TryGetProperty("roles", out var roles) && roles.ValueKind == JsonValueKind.Array
            ? roles.EnumerateArray().Where(role => role.ValueKind == JsonValueKind.String).Select(role => role.GetString()!).Where(Roles.All.Contains)
            : [];

    static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
