using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>Authentication and authorization. A policy of each name in <see cref="Roles"/>; what names none is denied.</summary>
internal static class AuthServices
{
    const string Chosen = "Chosen";

    public static IHostApplicationBuilder AddAuth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<EnrichmentOptions>, AuthOptionsValidator>();
        // The framework puts its middleware into every pipeline that has its services, so where nobody is configured they are not there.
        if (builder.Configuration.GetSection($"{EnrichmentOptions.Section}:{nameof(EnrichmentOptions.Auth)}").Get<AuthOptions>() is { IsConfigured: true })
        {
            AddCallers(builder.Services);
        }
        else
        {
            // The mark that the check looks for is set by the middleware that is not there; OpenAccess denies what names no role.
            builder.Services.Configure<RouteOptions>(routes => routes.SuppressCheckForUnhandledSecurityMetadata = true);
        }
        return builder;
    }

    static void AddCallers(IServiceCollection services)
    {
        services.AddSingleton<ApiKeyStore>().AddHostedService(provider => provider.GetRequiredService<ApiKeyStore>());
        services.AddSingleton<AuthorityDocuments>().AddSingleton<IConfigureOptions<JwtBearerOptions>, EntraTokens>();
        services.AddHttpClient(AuthorityDocuments.Client, client =>
            {
                client.Timeout = TimeSpan.FromSeconds(5);
                client.MaxResponseContentBufferSize = 1024 * 1024;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
            .RemoveAllLoggers();
        services.AddAuthentication(Chosen)
            .AddPolicyScheme(Chosen, null, policy => policy.ForwardDefaultSelector = Choose)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyRing.Scheme, null)
            .AddJwtBearer();
        var authorization = services.AddAuthorizationBuilder()
            .SetDefaultPolicy(new AuthorizationPolicyBuilder().RequireRole(Roles.All).Build())
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Roles.All).AddRequirements(new DeniedRoute()).Build());
        foreach (var role in Roles.All)
        {
            authorization.AddPolicy(role, policy => policy.RequireRole(role, Roles.Admin));
        }
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationAnswer>();
    }

    // The headers alone decide, never where a request comes from: behind a proxy everyone comes from the loopback.
    static string Choose(HttpContext context)
    {
        var auth = context.RequestServices.GetRequiredService<IOptions<EnrichmentOptions>>().Value.Auth;
        var headers = context.Request.Headers;
        return auth.Entra.IsConfigured && !headers.ContainsKey(ApiKeyHandler.Header)
            && headers.Authorization is [{ } value] && value.StartsWith(EntraTokens.Scheme + " ", StringComparison.OrdinalIgnoreCase)
            ? EntraTokens.Scheme : ApiKeyRing.Scheme;
    }
}
