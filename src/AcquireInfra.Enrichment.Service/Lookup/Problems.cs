using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>Problems of <see cref="ProblemKind"/> as RFC 9457 answers.</summary>
internal static class Problems
{
    public static ProblemHttpResult BadAddress(string given, AddressFault fault) => Of(
        ProblemKind.BadAddress, ProblemKind.Explain(given, fault), new() { ["reason"] = fault.Word(), ["given"] = SafeText.Shown(given) });

    public static ProblemHttpResult BadAsn(string given) =>
        Of(ProblemKind.BadAsn, $"'{SafeText.Shown(given)}' is no ASN. Send a number from 1 to 4294967295, with or without 'AS' before it.");

    public static ProblemHttpResult BadPrefix(string given, string wrong) =>
        Of(ProblemKind.BadPrefix, $"'{SafeText.Shown(given)}' {wrong}", new() { ["given"] = SafeText.Shown(given) });

    public static ProblemHttpResult NotFound(string detail) => Of(ProblemKind.NotFound, detail);

    public static ProblemHttpResult BadRequest(string detail) => Of(ProblemKind.BadRequest, detail);

    public static ProblemHttpResult TooManyItems(int most) =>
        Of(ProblemKind.TooManyItems, $"The batch has more than {most} items. Send it in parts, or as lines (text/plain), which are answered as a stream.");

    public static ProblemHttpResult BodyTooLarge(long most) =>
        Of(ProblemKind.BodyTooLarge, $"A body has at most {most} bytes here. Send it in parts.");

    public static ProblemHttpResult NoSnapshot() => Of(
        ProblemKind.NoSnapshot, "The service has no snapshot to answer from. Its log and /health/ready say why; try again.");

    public static ProblemHttpResult Of(ProblemKind kind, string detail, Dictionary<string, object?>? more = null)
    {
        var extensions = more ?? [];
        extensions["code"] = kind.Code;
        return TypedResults.Problem(statusCode: kind.HttpStatus, title: kind.Title, detail: detail, extensions: extensions);
    }

    // A status of the framework's own says no more than this; the finer codes of the same status are for endpoints.
    static ProblemKind? KindOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ProblemKind.Unauthenticated,
        StatusCodes.Status403Forbidden => ProblemKind.Forbidden,
        StatusCodes.Status404NotFound => ProblemKind.NotFound,
        StatusCodes.Status405MethodNotAllowed => ProblemKind.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => ProblemKind.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ProblemKind.UnsupportedMediaType,
        _ => null,
    };

    /// <summary>Makes a problem of what no endpoint answers: unknown paths, wrong methods, exceptions. Nothing internal is shown.</summary>
    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(handler => handler.Run(context =>
        {
            Manners.SetHeaders(context); // the handler has cleared them
            return Of(ProblemKind.Internal, "An error of ours, which is logged. The same request may fail again.").ExecuteAsync(context);
        }));
        app.UseStatusCodePages(pages =>
        {
            var status = pages.HttpContext.Response.StatusCode;
            var kind = KindOf(status) ?? ProblemKind.BadRequest with { HttpStatus = status };
            var detail = status == StatusCodes.Status415UnsupportedMediaType ? BulkRequest.Sendable : "See /openapi/v1.json for what there is.";
            return Of(kind, detail).ExecuteAsync(pages.HttpContext);
        });
        return app;
    }
}
