using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// Problems of <see cref="ProblemKind"/> as google.rpc.Status: ErrorInfo names the code, BadRequest the field, RetryInfo when to try again.
/// </summary>
internal static class RpcProblems
{
    const string Domain = "acquireinfra.enrichment";

    static readonly TimeSpan NextSnapshot = TimeSpan.FromSeconds(5);
    static readonly TimeSpan NextInstance = TimeSpan.FromSeconds(1);

    public static RpcException BadAddress(string given, AddressFault fault) => Of(
        ProblemKind.BadAddress, ProblemKind.Explain(given, fault), "ip", new() { ["reason"] = fault.Word(), ["given"] = SafeText.Shown(given) });

    public static RpcException BadOctets(ByteString octets) => Of(
        ProblemKind.BadAddress, Asked.OctetsDetail(octets), "octets",
        new() { ["reason"] = AddressFault.NotAnAddress.Word(), ["given"] = Asked.Shown(octets) });

    public static RpcException BadAsn() =>
        Of(ProblemKind.BadAsn, "0 is no ASN. Send a number from 1 to 4294967295.", "asn");

    public static RpcException BadRequest(string field, string detail) => Of(ProblemKind.BadRequest, detail, field);

    public static RpcException Unreadable() => Of(ProblemKind.BadRequest, UnreadableDetail);

    public static string UnreadableDetail => "The message is no protobuf message of this method's request type, or a text in it is no UTF-8.";

    public static RpcException NotFound(Asn asn, string snapshotId) =>
        Of(ProblemKind.NotFound, $"Snapshot {snapshotId} has no {asn}.");

    public static RpcException NoSnapshot() => Of(ProblemKind.NoSnapshot, NoSnapshotDetail, retryAfter: NextSnapshot);

    public static string NoSnapshotDetail => "The service has no snapshot to answer from. Its log and health say why; try again.";

    public static RpcException Internal() =>
        Of(ProblemKind.Internal, "An error of ours, which is logged. The same request may fail again.");

    /// <summary>No problem of ours, and so without details: the framework answers the same.</summary>
    public static RpcException DeadlineExceeded() => new(new Grpc.Core.Status(
        StatusCode.DeadlineExceeded, "The deadline of the call has passed, or the longest time that the service gives a call."));

    public static RpcException Stopping() =>
        Of(ProblemKind.Stopping, "The service is stopping. What was answered stands; send the rest again.", retryAfter: NextInstance);

    /// <param name="field">The field of the request that is wrong, as its path; null where it is none of them.</param>
    public static RpcException Of(
        ProblemKind kind, string detail, string? field = null, Dictionary<string, string>? more = null, TimeSpan? retryAfter = null) =>
        StatusOf(kind, detail, field, more, retryAfter).ToRpcException();

    public static Google.Rpc.Status StatusOf(
        ProblemKind kind, string detail, string? field = null, Dictionary<string, string>? more = null, TimeSpan? retryAfter = null)
    {
        var info = new ErrorInfo { Reason = kind.Code.ToUpperInvariant(), Domain = Domain, Metadata = { more ?? [] } };
        var status = new Google.Rpc.Status { Code = kind.GrpcStatus, Message = detail, Details = { Any.Pack(info) } };
        if (field is not null)
        {
            var violation = new BadRequest.Types.FieldViolation { Field = field, Description = detail };
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { violation } }));
        }
        if (retryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = delay.ToDuration() }));
        }
        return status;
    }
}
