using Microsoft.AspNetCore.Http.Features;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>
/// The end of a path as it was sent. A route value has every escape undone but %2F, so that "%2F" and "%252F" look alike there. The raw
/// target tells them apart, and is decoded once.
/// </summary>
internal static class RawTarget
{
    /// <param name="route">Only at the start: a target that spells the route otherwise must not choose by a second one further on.</param>
    /// <returns>Null where the target does not begin with the route.</returns>
    public static string? After(string route, HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return target.StartsWith(route, StringComparison.OrdinalIgnoreCase)
            ? Uri.UnescapeDataString(target[route.Length..].Split('?', 2)[0])
            : null;
    }
}
