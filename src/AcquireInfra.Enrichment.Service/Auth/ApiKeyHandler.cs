using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>Reads an API key from <c>Authorization: ApiKey id.secret</c> or <c>X-Api-Key: id.secret</c>, and from nowhere else.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyStore keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Header = "X-Api-Key";

    const string Prefix = ApiKeyRing.Scheme + " ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    AuthenticateResult Authenticate()
    {
        var (authorization, header) = (Request.Headers.Authorization, Request.Headers[Header]);
        if (authorization.Count + header.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }
        if (authorization.Count + header.Count > 1)
        {
            return AuthenticateResult.Fail(CredentialException.Several);
        }
        var presented = header.Count == 1 ? header[0].AsSpan()
            : authorization[0] is { } value && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? value.AsSpan(Prefix.Length)
            : default;
        if (presented.IsEmpty)
        {
            return AuthenticateResult.Fail(CredentialException.UnknownScheme);
        }
        return keys.Current.Find(presented.Trim()) is { } caller
            ? AuthenticateResult.Success(new(caller, Scheme.Name))
            : AuthenticateResult.Fail(CredentialException.WrongKey);
    }
}
