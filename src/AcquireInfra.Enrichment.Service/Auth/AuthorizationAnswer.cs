using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>Answers who may not: a problem to REST callers, a status to gRPC callers. It says why, and nothing of the credential.</summary>
internal sealed class AuthorizationAnswer(IOptions<EnrichmentOptions> options, ILogger<AuthorizationAnswer> logger) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }
        if (authorizeResult.Forbidden)
        {
            var needed = policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(role => role.AllowedRoles).FirstOrDefault();
            var has = string.Join(", ", CallerIdentity.RolesOf(context.User));
            await AnswerAsync(
                context, ProblemKind.Forbidden, $"This needs the role {needed ?? "of nobody"}; the caller has {(has.Length == 0 ? "none" : has)}.", reason: null);
            return;
        }
        // Asked of the handler, which remembers: the feature that holds the outcome is there for those who succeed only.
        var failure = CredentialException.Of((await context.AuthenticateAsync()).Failure);
        if (failure != CredentialException.None)
        {
            Log.CredentialRefused(logger, failure.Reason);
        }
        await AnswerAsync(context, ProblemKind.Unauthenticated, failure.Message, failure.Reason);
    }

    Task AnswerAsync(HttpContext context, ProblemKind kind, string detail, string? reason)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            return GrpcRefusal.WriteAsync(context.Response, kind, detail);
        }
        if (kind == ProblemKind.Unauthenticated)
        {
            context.Response.Headers.WWWAuthenticate = Challenges(reason).ToArray();
        }
        return Problems.Of(kind, detail, reason is null ? null : new() { ["reason"] = reason }).ExecuteAsync(context);
    }

    IEnumerable<string> Challenges(string? reason)
    {
        if (options.Value.Auth.HasApiKeys)
        {
            yield return ApiKeyRing.Scheme;
        }
        if (options.Value.Auth.Entra.IsConfigured)
        {
            // RFC 6750, section 3: no error for a request without any credential.
            yield return reason == CredentialException.None.Reason ? EntraTokens.Scheme : EntraTokens.Scheme + " error=\"invalid_token\"";
        }
    }
}
