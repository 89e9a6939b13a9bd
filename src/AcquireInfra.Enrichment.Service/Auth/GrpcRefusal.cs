using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Rpc;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>A gRPC answer without messages, whose headers are the status and its details ("Trailers-Only" in the gRPC specification).</summary>
internal static class GrpcRefusal
{
    // More than an address takes, and longer than it is on its way.
    const int MaxUnreadBytes = 64 * 1024;
    static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(1);

    public static async Task WriteAsync(HttpResponse response, ProblemKind kind, string detail, TimeSpan? retryAfter = null)
    {
        await ReadOutAsync(response.HttpContext);
        var status = RpcProblems.StatusOf(kind, detail, retryAfter: retryAfter);
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = kind.GrpcStatus.ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(detail);
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray()).TrimEnd('=');
        await response.CompleteAsync();
    }

    // To answer before the message is here resets the HTTP/2 stream, and the web server takes many such streams for an attack: the caller
    // would get ENHANCE_YOUR_CALM in the place of what we say. A stream of messages has no end to wait for.
    static async Task ReadOutAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not { Method.Type: MethodType.Unary })
        {
            return;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(LongestRead);
        try
        {
            var buffer = new byte[1024];
            for (int total = 0, read; total < MaxUnreadBytes && (read = await context.Request.Body.ReadAsync(buffer, patience.Token)) > 0;)
            {
                total += read;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // too slow, or gone: the refusal is all there is to say
        }
    }
}
