using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Rpc;
using Google.Protobuf;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>A gRPC answer without messages, whose headers are the status and its details ("Trailers-Only" in the gRPC specification).</summary>
internal static class GrpcRefusal
{
    public static Task WriteAsync(HttpResponse response, ProblemKind kind, string detail, TimeSpan? retryAfter = null)
    {
        var status = RpcProblems.StatusOf(kind, detail, retryAfter: retryAfter);
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = kind.GrpcStatus.ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(detail);
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray()).TrimEnd('=');
        return response.CompleteAsync();
    }
}
