using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// Which tokens of Entra ID are accepted: access tokens, v1.0 and v2.0, of one tenant, for this service, signed by a key that the
/// configured authority publishes. The library checks signature, issuer, audience and times; <see cref="EntraTokenRules"/> the rest.
/// </summary>
/// <remarks>
/// Keys are fetched every hour, and sooner, though at most every 5 minutes, when a token names one that is not there. While the authority
/// does not answer, those fetched before are used on.
/// </remarks>
internal sealed class EntraTokens(IOptions<EnrichmentOptions> options, AuthorityDocuments documents) : IConfigureNamedOptions<JwtBearerOptions>
{
    public const string Scheme = JwtBearerDefaults.AuthenticationScheme;

    /// <summary>Larger tokens are refused unread. One of Entra ID with all the groups it may list is about 10 kB.</summary>
    public const int MaxTokenBytes = 12 * 1024;

    public void Configure(JwtBearerOptions options)
    {
    }

    public void Configure(string? name, JwtBearerOptions bearer)
    {
        var entra = options.Value.Auth.Entra;
        if (name != Scheme || !entra.IsConfigured)
        {
            return;
        }
        var rules = new EntraTokenRules(entra.TenantId!);
        bearer.MapInboundClaims = false;
        bearer.SaveToken = false;
        bearer.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{entra.Authority.TrimEnd('/')}/{entra.TenantId}/v2.0/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            documents,
            new OpenIdConnectConfigurationValidator { MinimumNumberOfKeys = 1 }) // an answer without keys does not replace those there are
        {
            AutomaticRefreshInterval = TimeSpan.FromHours(1),
            UseLastKnownGoodConfiguration = false, // else a key that the authority has withdrawn is good for another hour
        };
        bearer.TokenHandlers.Clear();
        bearer.TokenHandlers.Add(new JsonWebTokenHandler { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenBytes });
        bearer.TokenValidationParameters = Parameters(entra);
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (rules.Read((JsonWebToken)context.SecurityToken, out var caller) is { } fault)
                {
                    context.Fail(fault);
                }
                context.Principal = caller;
                return Task.CompletedTask;
            },
        };
    }

    static TokenValidationParameters Parameters(EntraOptions entra)
    {
        var issuers = Issuers(entra).ToHashSet(StringComparer.Ordinal);
        var audiences = entra.Audiences.SelectMany(Audiences).ToHashSet(StringComparer.Ordinal);
        return new()
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256],
            ValidTypes = ["JWT", "at+jwt"],
            TryAllIssuerSigningKeys = false, // a token names its key
            ClockSkew = TimeSpan.FromSeconds(60),
            // Delegates, because the library's own checks also accept whatever issuer the discovery document names, and any of several audiences.
            IssuerValidator = (issuer, _, _) => issuers.Contains(issuer) ? issuer : throw new SecurityTokenInvalidIssuerException("another issuer"),
            AudienceValidator = (given, _, _) => given.ToList() is [var one] && audiences.Contains(one),
        };
    }

    /// <summary>Of v2.0 and of v1.0 tokens; the cloud in China has its own security token service.</summary>
    static IEnumerable<string> Issuers(EntraOptions entra)
    {
        var tokenService = entra.Authority.Contains("chinacloudapi.cn", StringComparison.OrdinalIgnoreCase)
            || entra.Authority.Contains("microsoftonline.cn", StringComparison.OrdinalIgnoreCase) ? "sts.chinacloudapi.cn" : "sts.windows.net";
        return [$"{entra.Authority.TrimEnd('/')}/{entra.TenantId}/v2.0", $"https://{tokenService}/{entra.TenantId}/"];
    }

    /// <summary>A token for an application names it by its GUID (v2.0) or by the URI it was asked for with (v1.0).</summary>
    static IEnumerable<string> Audiences(string configured)
    {
        const string Api = "api://";
        var bare = configured.StartsWith(Api, StringComparison.Ordinal) ? configured[Api.Length..] : configured;
        return Guid.TryParseExact(bare, "D", out _) ? [bare, Api + bare] : [configured];
    }
}
