using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>Every problem the service answers with, RFC 9457: the code is contract, the text is not.</summary>
internal static class Problems
{
    public const string BadAddressCode = "bad_address";
    public const string BadRequestCode = "bad_request";
    public const string TooManyItemsCode = "too_many_items";
    public const string BodyTooLargeCode = "body_too_large";
    public const string NoSnapshotCode = "no_snapshot";
    public const string NotFoundCode = "not_found";
    public const string InternalCode = "internal";

    const string Expected = "Send one IPv4 or IPv6 address like 192.0.2.7 or 2001:db8::7.";

    public static ProblemHttpResult BadAddress(string given, AddressFault fault) => Problem(
        StatusCodes.Status400BadRequest, BadAddressCode, "Not an IP address", BadAddressDetail(given, fault),
        new() { ["reason"] = fault.Word(), ["given"] = SafeText.Shown(given) });

    public static string BadAddressDetail(string given, AddressFault fault) => $"'{SafeText.Shown(given)}' {fault.Explain()}. {Expected}";

    public static ProblemHttpResult BadRequest(string detail) =>
        Problem(StatusCodes.Status400BadRequest, BadRequestCode, "The request cannot be read", detail);

    public static ProblemHttpResult TooManyItems(int given, int most) => Problem(
        StatusCodes.Status413PayloadTooLarge, TooManyItemsCode, "Too many items",
        $"The batch has {given} items, and {most} are the most. Send it in parts.");

    public static ProblemHttpResult BodyTooLarge(long most) => Problem(
        StatusCodes.Status413PayloadTooLarge, BodyTooLargeCode, "The body is too large", $"A body has at most {most} bytes here. Send it in parts.");

    public static ProblemHttpResult NoSnapshot() => Problem(
        StatusCodes.Status503ServiceUnavailable, NoSnapshotCode, "No data yet",
        "The service has no snapshot to answer from. Its log and /health/ready say why; try again.");

    static ProblemHttpResult Problem(int status, string code, string title, string detail, Dictionary<string, object?>? more = null)
    {
        var extensions = more ?? [];
        extensions["code"] = code;
        return TypedResults.Problem(statusCode: status, title: title, detail: detail, extensions: extensions);
    }

    /// <summary>Makes a problem of what no endpoint answers: unknown paths, wrong methods, exceptions. Nothing internal is shown.</summary>
    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(handler => handler.Run(context => Problem(
            StatusCodes.Status500InternalServerError, InternalCode, "The service failed",
            "An error of ours, which is logged. The same request may fail again.").ExecuteAsync(context)));
        app.UseStatusCodePages(async pages =>
        {
            var status = pages.HttpContext.Response.StatusCode;
            var (code, title) = status switch
            {
                StatusCodes.Status404NotFound => (NotFoundCode, "There is nothing here"),
                StatusCodes.Status413PayloadTooLarge => (BodyTooLargeCode, "The body is too large"),
                _ => (BadRequestCode, "The request cannot be answered"),
            };
            await Problem(status, code, title, "See /openapi/v1.json for what there is.").ExecuteAsync(pages.HttpContext);
        });
        return app;
    }
}
