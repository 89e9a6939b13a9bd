using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>A gRPC answer without messages, whose headers are the status and its details ("Trailers-Only" in the gRPC specification).</summary>
internal static class GrpcRefusal
{
    public static Task WriteAsync(HttpResponse response, ProblemKind kind, string detail)
    {
        var info = new ErrorInfo { Reason = kind.Code.ToUpperInvariant(), Domain = "acquireinfra.enrichment" };
        var status = new Google.Rpc.Status { Code = kind.GrpcStatus, Message = detail, Details = { Any.Pack(info) } };
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = kind.GrpcStatus.ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(detail);
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray()).TrimEnd('=');
        return response.CompleteAsync();
    }
}
