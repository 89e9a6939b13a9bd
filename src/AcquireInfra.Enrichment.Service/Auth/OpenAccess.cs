using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Lookup;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// A service without authentication: whoever reaches it may do everything that a route gives a role for; <see cref="BindRules"/> says who
/// can reach it. In the place of the framework's authentication and authorization, which cost a look-up more than the look-up.
/// </summary>
internal static class OpenAccess
{
    public static WebApplication UseAccess(this WebApplication app)
    {
        if (app.Services.GetService<IAuthenticationSchemeProvider>() is not null)
        {
            app.UseAuthentication();
            app.UseRateLimiter();
            app.UseAuthorization();
            return app;
        }
        app.Use((context, next) =>
        {
            context.User = CallerIdentity.Anyone;
            return IsDenied(context.GetEndpoint()) ? DenyAsync(context) : next(context);
        });
        app.UseRateLimiter();
        return app;
    }

    // A route that someone forgot to give a role is closed here too.
    static bool IsDenied(Endpoint? endpoint) =>
        endpoint is RouteEndpoint { Metadata: var metadata } && metadata.GetMetadata<IAuthorizeData>() is null && metadata.GetMetadata<IAllowAnonymous>() is null;

    static Task DenyAsync(HttpContext context) => context.IsGrpc()
        ? GrpcRefusal.WriteAsync(context.Response, ProblemKind.Forbidden, Detail)
        : Problems.Of(ProblemKind.Forbidden, Detail).ExecuteAsync(context);

    const string Detail = "This needs the role of nobody.";
}
