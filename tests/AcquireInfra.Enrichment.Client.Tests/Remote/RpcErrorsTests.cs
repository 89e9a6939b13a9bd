using AcquireInfra.Enrichment.Client.Remote;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Client.Tests.Remote;

public sealed class RpcErrorsTests
{
    const string Ours = "acquireinfra.enrichment";

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "TOO_MANY_ITEMS", Ours, "too_many_items")]
    [InlineData(StatusCode.Unavailable, "NO_SNAPSHOT", Ours, "no_snapshot")]
    [InlineData(StatusCode.Unavailable, "UPSTREAM", "proxy.example", "unavailable")] // another's word is not ours
    [InlineData(StatusCode.DeadlineExceeded, null, null, "deadline_exceeded")]
    [InlineData(StatusCode.Unauthenticated, null, null, "unauthenticated")]
    public void Translate_Failure_HasItsCodeAndDetail(StatusCode status, string? reason, string? domain, string expected)
    {
        var rich = new Google.Rpc.Status { Code = (int)status, Message = "what to do" };
        if (reason is not null)
        {
            rich.Details.Add(Any.Pack(new ErrorInfo { Reason = reason, Domain = domain }));
            rich.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(7)) }));
        }
        var thrown = new RpcException(new Grpc.Core.Status(status, "what to do"), Trailers(rich.ToByteArray()));
        var error = Assert.IsType<EnrichmentException>(RpcErrors.Translate(thrown, CancellationToken.None));
        Assert.Equal((expected, "what to do", $"{expected}: what to do"), (error.Code, error.Detail, error.Message));
        Assert.Equal(reason is null ? null : TimeSpan.FromSeconds(7), error.RetryAfter);
        Assert.Same(thrown, error.InnerException);
    }

    [Theory, InlineData(new byte[] { 0xFF, 0xFF, 0xFF }), InlineData(new byte[0])]
    public void Translate_GarbageInTheTrailer_FallsBackToTheStatus(byte[] trailer)
    {
        var thrown = new RpcException(new Grpc.Core.Status(StatusCode.Internal, "plain"), Trailers(trailer));
        var error = Assert.IsType<EnrichmentException>(RpcErrors.Translate(thrown, CancellationToken.None));
        Assert.Equal(("internal", "plain"), (error.Code, error.Detail));
    }

    [Fact]
    public void Translate_CallerCancelled_IsACancellationWhateverTheStatus()
    {
        var thrown = new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, ""));
        Assert.IsType<OperationCanceledException>(RpcErrors.Translate(thrown, new CancellationToken(canceled: true)));
    }

    static Metadata Trailers(byte[] status) => new() { { "grpc-status-details-bin", status } };
}
