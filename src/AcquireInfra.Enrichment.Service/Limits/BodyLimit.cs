using Microsoft.AspNetCore.Http.Features;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>Bodies have 1 MiB at most, but where an endpoint takes more.</summary>
internal static class BodyLimit
{
    /// <summary>Lets the body of this request be as long; before it is read.</summary>
    public static void AllowBody(this HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = bytes;
        }
    }
}
