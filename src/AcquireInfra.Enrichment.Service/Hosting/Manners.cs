using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Lookup;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>What holds for every request and every answer, whichever endpoint it is for.</summary>
internal static class Manners
{
    /// <summary>Of the snapshot that an answer is made of, where it has no other place for it, or has it only at its end.</summary>
    public const string SnapshotHeader = "X-Enrichment-Snapshot-Id";

    /// <summary>Lets an answer be kept by who asked, and asked for again each time: a few bytes, while it is the same.</summary>
    public static void Revalidate(HttpResponse response) => response.Headers.CacheControl = "private, no-cache";

    public static bool IsGrpc(this HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>
    /// Headers of every answer but gRPC's, which no browser shows and no cache keeps. An endpoint that sets one of them itself has its own: an export its Cache-Control, a page its
    /// Content-Security-Policy.
    /// </summary>
    public static void SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }

    /// <summary>Lets a page of ours run its own scripts, and nothing from elsewhere.</summary>
    public static void AllowPage(HttpContext context) => context.Response.Headers.ContentSecurityPolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static WebApplication UseManners(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use((context, next) =>
        {
            if (!context.IsGrpc())
            {
                SetHeaders(context);
            }
            if (drain.IsDraining && context.Request.Protocol == HttpProtocol.Http11)
            {
                context.Response.Headers.Connection = "close"; // the next request goes to who serves on
            }
            if (!Door.IsRight(context))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
            // Nothing is unpacked, so no small body becomes a large one.
            return context.Request.Headers.ContentEncoding.Count == 0 ? next(context) : Refuse(context);
        });
        return app;
    }

    static Task Refuse(HttpContext context) =>
        Problems.Of(ProblemKind.UnsupportedMediaType, "Bodies are taken as they are. Send this one without Content-Encoding.").ExecuteAsync(context);
}
