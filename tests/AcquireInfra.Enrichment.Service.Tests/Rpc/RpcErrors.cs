using Google.Rpc;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>An error as callers see it.</summary>
internal sealed record RpcError(StatusCode Status, string Detail, ErrorInfo Info, BadRequest? Violations, RetryInfo? Retry)
{
    public string? Field => Violations?.FieldViolations.Single().Field;

    /// <summary>The error that a call ends with; it has an ErrorInfo of ours, and the status says the same in trailer and details.</summary>
    public static async Task<RpcError> OfAsync(Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(call);
        var status = exception.GetRpcStatus();
        Assert.True(status is not null, exception.ToString());
        Assert.Equal((int)exception.StatusCode, status.Code);
        Assert.Equal(exception.Status.Detail, status.Message);
        var info = status.GetDetail<ErrorInfo>();
        Assert.Equal("acquireinfra.enrichment", info.Domain);
        return new(exception.StatusCode, status.Message, info, status.GetDetail<BadRequest>(), status.GetDetail<RetryInfo>());
    }
}
