using System.Security.Claims;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// Who calls, as the rest of the service sees it: <c>User.Identity.Name</c> is <c>key:ID</c> or <c>entra:GUID</c>, safe to log, and the
/// only claims are that name and the roles.
/// </summary>
internal static class CallerIdentity
{
    const string NameClaim = "name";
    const string RoleClaim = "roles";

    /// <summary>Whoever calls a service without authentication: not authenticated, nameless, and in every role.</summary>
    public static ClaimsPrincipal Anyone { get; } = new(new ClaimsIdentity(Claims(Roles.All), authenticationType: null, NameClaim, RoleClaim));

    /// <param name="scheme">The authentication scheme that vouches for it.</param>
    public static ClaimsPrincipal Create(string scheme, string name, IEnumerable<string> roles) =>
        new(new ClaimsIdentity([new(NameClaim, name), .. Claims(roles)], scheme, NameClaim, RoleClaim));

    /// <summary>The roles of a caller, in the order of <see cref="Roles.All"/>.</summary>
    public static IEnumerable<string> RolesOf(ClaimsPrincipal caller) => Roles.All.Where(caller.IsInRole);

    static IEnumerable<Claim> Claims(IEnumerable<string> roles) => roles.Select(role => new Claim(RoleClaim, role));
}
