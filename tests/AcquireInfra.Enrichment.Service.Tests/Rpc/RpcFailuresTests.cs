using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Rpc;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Status = Grpc.Core.Status;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>The translation of a real service, with methods that throw.</summary>
public sealed class RpcFailuresTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    RunningService? _service;

    IEnumerable<LogLine> Failures => _service!.Log.Lines.Where(line => line.Event.Id == 1002);

    public async ValueTask InitializeAsync() => _service = await SmallData.StartAsync(_folder, "--Enrichment:DrainSeconds=0");

    [Fact]
    public async Task Unexpected_Exception_IsInternalAndLoggedAndTellsNothing()
    {
        var exception = await FailAsync(new InvalidOperationException("at secret /path"), CancellationToken.None);
        Assert.Equal((StatusCode.Internal, "INTERNAL"), (exception.StatusCode, exception.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.DoesNotContain("secret", exception.GetRpcStatus()!.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, Failures.Count(line => line.Text.Contains("at secret /path", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Expected_Exceptions_AreNotLogged()
    {
        var ours = RpcProblems.NoSnapshot();
        Assert.Same(ours, await FailAsync(ours, CancellationToken.None));
        var past = new CancellationToken(true);
        Assert.Equal(StatusCode.DeadlineExceeded, (await FailAsync(new OperationCanceledException(), past)).StatusCode);
        Assert.Equal(StatusCode.DeadlineExceeded, (await FailAsync(new InvalidOperationException(), past)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await FailAsync(new IOException("reset"), CancellationToken.None)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await FailAsync(new InvalidOperationException(), past, isAborted: true)).StatusCode);
        await _service!.Services.GetRequiredService<Drain>().StoppingAsync(TestContext.Current.CancellationToken);
        Assert.Equal(StatusCode.Unavailable, (await FailAsync(new OperationCanceledException(), CancellationToken.None)).StatusCode);
        Assert.Empty(Failures);
    }

    [Fact]
    public async Task Cancellation_ThatNobodyAskedFor_IsInternal() =>
        Assert.Equal(StatusCode.Internal, (await FailAsync(new OperationCanceledException(), CancellationToken.None)).StatusCode);

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        _folder.Dispose();
    }

    // The same from all kinds of method.
    async Task<RpcException> FailAsync(Exception exception, CancellationToken cancelled, bool isAborted = false)
    {
        var failures = _service!.Services.GetRequiredService<RpcFailures>();
        var context = new Context(isAborted, cancelled);
        var plain = failures.Of(exception, context);
        var answer = await Assert.ThrowsAsync<RpcException>(() => failures.GuardAsync<object>(context, () => throw exception));
        var stream = await Assert.ThrowsAsync<RpcException>(() => failures.GuardAsync(context, () => throw exception));
        Assert.Equal((plain.StatusCode, plain.StatusCode), (answer.StatusCode, stream.StatusCode));
        return plain;
    }

    sealed class Context(bool isAborted, CancellationToken cancelled) : ServerCallContext
    {
        protected override CancellationToken CancellationTokenCore => cancelled;

        // Where GetHttpContext looks.
        protected override IDictionary<object, object> UserStateCore { get; } =
            new Dictionary<object, object> { ["__HttpContext"] = new DefaultHttpContext { RequestAborted = new(isAborted) } };

        protected override string MethodCore => "/service/Method";

        protected override string HostCore => throw new NotSupportedException();

        protected override string PeerCore => throw new NotSupportedException();

        protected override DateTime DeadlineCore => throw new NotSupportedException();

        protected override Metadata RequestHeadersCore => throw new NotSupportedException();

        protected override Metadata ResponseTrailersCore => throw new NotSupportedException();

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => throw new NotSupportedException();

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => throw new NotSupportedException();
    }
}
