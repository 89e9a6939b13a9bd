using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Status = Grpc.Core.Status;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// Makes a status of what a method throws: a call that the caller ended is CANCELLED, one past its deadline
/// DEADLINE_EXCEEDED, a stream that the service's stop ended is UNAVAILABLE, and
/// anything unexpected is logged and INTERNAL, with nothing of ours in it.
/// </summary>
internal sealed class FailureInterceptor(Stopping stopping, EnrichmentMetrics metrics, ILogger<FailureInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception)
        {
            throw Counted(exception as RpcException ?? Translate(exception, context));
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception)
        {
            throw Counted(exception as RpcException ?? Translate(exception, context));
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception exception)
        {
            throw Counted(exception as RpcException ?? Translate(exception, context));
        }
    }

    RpcException Counted(RpcException exception)
    {
        if (exception.GetRpcStatus()?.GetDetail<ErrorInfo>() is { } problem)
        {
            metrics.Failed(problem.Reason.ToLowerInvariant());
        }
        return exception;
    }

    RpcException Translate(Exception exception, ServerCallContext context)
    {
        // The methods do no I/O of their own: an IOException is the connection's, and may come before the token says so.
        if (exception is IOException || context.GetHttpContext().RequestAborted.IsCancellationRequested)
        {
            return new(new Status(StatusCode.Cancelled, "The call ended.")); // no one is there to read it
        }
        if (context.CancellationToken.IsCancellationRequested)
        {
            return RpcProblems.DeadlineExceeded();
        }
        if (exception is OperationCanceledException && stopping.HasBegun)
        {
            return RpcProblems.Stopping();
        }
        Log.RpcFailed(logger, context.Method, exception);
        return RpcProblems.Internal();
    }
}
