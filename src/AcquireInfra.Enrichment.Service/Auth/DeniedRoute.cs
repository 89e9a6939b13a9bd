using Microsoft.AspNetCore.Authorization;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// Met by no route: one that names no role answers nobody, admin included. What is no route (unknown paths, wrong methods) passes and
/// becomes a 404 or 405.
/// </summary>
internal sealed class DeniedRoute : AuthorizationHandler<DeniedRoute>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, DeniedRoute requirement)
    {
        if (context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
        {
            context.Succeed(requirement);
        }
        return Task.CompletedTask;
    }
}
