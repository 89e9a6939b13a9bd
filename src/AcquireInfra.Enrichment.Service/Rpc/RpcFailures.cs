using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using Google.Rpc;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// Makes a status of what a method throws: a call that the caller ended is CANCELLED, one past its deadline
/// DEADLINE_EXCEEDED, a stream that the service's stop ended is UNAVAILABLE, and
/// anything unexpected is logged and INTERNAL, with nothing of ours in it. Not one of the framework's interceptors, which would cost a
/// look-up a twelfth of its time.
/// </summary>
internal sealed class RpcFailures(Stopping stopping, EnrichmentMetrics metrics, ILogger<RpcFailures> logger)
{
    public async Task<TResponse> GuardAsync<TResponse>(ServerCallContext context, Func<Task<TResponse>> method)
    {
        try
        {
            return await method();
        }
        catch (Exception exception)
        {
            throw Of(exception, context);
        }
    }

    public async Task GuardAsync(ServerCallContext context, Func<Task> method)
    {
        try
        {
            await method();
        }
        catch (Exception exception)
        {
            throw Of(exception, context);
        }
    }

    /// <summary>What to throw in the place of what was caught.</summary>
    public RpcException Of(Exception exception, ServerCallContext context) => Counted(exception as RpcException ?? Translate(exception, context));

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
