using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// Every problem that any door answers with, once: the code is contract and never reused; the words beside it are not. HTTP answers are
/// RFC 9457 problems, gRPC errors are google.rpc.Status, and the CLI's rows carry the code.
/// </summary>
/// <param name="HttpStatus">RFC 9110.</param>
/// <param name="GrpcStatus">Number of a google.rpc.Code.</param>
public sealed record ProblemKind(string Code, int HttpStatus, int GrpcStatus, string Title)
{
    const int InvalidArgument = 3;
    const int NotFoundStatus = 5;
    const int PermissionDenied = 7;
    const int ResourceExhausted = 8;
    const int FailedPrecondition = 9;
    const int Aborted = 10;
    const int InternalStatus = 13;
    const int Unavailable = 14;
    const int UnauthenticatedStatus = 16;

    public static ProblemKind BadAddress { get; } = new("bad_address", 400, InvalidArgument, "Not an IP address");

    public static ProblemKind BadPrefix { get; } = new("bad_prefix", 400, InvalidArgument, "Not a prefix");

    public static ProblemKind BadAsn { get; } = new("bad_asn", 400, InvalidArgument, "Not an ASN");

    public static ProblemKind BadOverride { get; } = new("bad_override", 400, InvalidArgument, "Not an override");

    public static ProblemKind BadRequest { get; } = new("bad_request", 400, InvalidArgument, "The request cannot be read");

    public static ProblemKind Unauthenticated { get; } = new("unauthenticated", 401, UnauthenticatedStatus, "Who are you?");

    public static ProblemKind Forbidden { get; } = new("forbidden", 403, PermissionDenied, "Not allowed");

    public static ProblemKind NotFound { get; } = new("not_found", 404, NotFoundStatus, "There is nothing here");

    public static ProblemKind NotKept { get; } = new("not_kept", 404, NotFoundStatus, "Nothing of that time is kept");

    public static ProblemKind MethodNotAllowed { get; } = new("method_not_allowed", 405, 12, "Not with this method");

    public static ProblemKind Conflict { get; } = new("conflict", 409, Aborted, "It does not go with what is there");

    public static ProblemKind PreconditionFailed { get; } = new("precondition_failed", 412, FailedPrecondition, "It has changed since you read it");

    public static ProblemKind TooManyItems { get; } = new("too_many_items", 413, InvalidArgument, "Too many items");

    public static ProblemKind BodyTooLarge { get; } = new("body_too_large", 413, ResourceExhausted, "The body is too large");

    public static ProblemKind UnsupportedMediaType { get; } = new("unsupported_media_type", 415, InvalidArgument, "Not in this format");

    public static ProblemKind PreconditionRequired { get; } = new("precondition_required", 428, FailedPrecondition, "Say which version you mean");

    public static ProblemKind RateLimited { get; } = new("rate_limited", 429, ResourceExhausted, "Too many requests of yours");

    public static ProblemKind Internal { get; } = new("internal", 500, InternalStatus, "The service failed");

    public static ProblemKind NoSnapshot { get; } = new("no_snapshot", 503, Unavailable, "No data yet");

    public static ProblemKind StateReadOnly { get; } = new("state_read_only", 503, Unavailable, "It cannot be kept on disk");

    public static ProblemKind OverridesReadOnly { get; } = new("overrides_read_only", 503, Unavailable, "Overrides cannot be changed now");

    public static ProblemKind Overloaded { get; } = new("overloaded", 503, Unavailable, "Too many requests at once");

    public static ProblemKind Stopping { get; } = new("stopping", 503, Unavailable, "The service is stopping");

    public static ProblemKind DeadlineExceeded { get; } = new("deadline_exceeded", 504, 4, "It takes too long");

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        BadAddress, BadPrefix, BadAsn, BadOverride, BadRequest, Unauthenticated, Forbidden, NotFound, NotKept, MethodNotAllowed, Conflict,
        PreconditionFailed, TooManyItems, BodyTooLarge, UnsupportedMediaType, PreconditionRequired, RateLimited, Internal, NoSnapshot,
        StateReadOnly, OverridesReadOnly, Overloaded, Stopping, DeadlineExceeded,
    ];

    /// <summary>What is wrong with a text that should be an address, what it was, and what to send instead.</summary>
    public static string Explain(string given, AddressFault fault) =>
        $"'{SafeText.Shown(given)}' {fault.Explain()}. Send one IPv4 or IPv6 address like 192.0.2.7 or 2001:db8::7.";
}
