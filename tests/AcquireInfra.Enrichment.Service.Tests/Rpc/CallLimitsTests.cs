using System.Diagnostics;
using AcquireInfra.Enrichment.Service.Rpc;
using AcquireInfra.Enrichment.V1;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

public sealed class CallLimitsTests(ServiceFixture fixture)
{
    [Theory]
    [InlineData("1S", 1_000)]
    [InlineData("15M", 900_000)]
    [InlineData("2H", 7_200_000)]
    [InlineData("250m", 250)]
    [InlineData("99999999m", 99_999_999)]
    [InlineData("1000u", 1)]
    [InlineData("99999999n", 0)]
    public void TryReadTimeout_AsTheProtocolHasIt_IsRead(string text, long milliseconds)
    {
        Assert.True(CallLimits.TryReadTimeout(text, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData(""), InlineData("1"), InlineData("S"), InlineData("-1S"), InlineData(" 1S"), InlineData("1 S"), InlineData("1s"), InlineData("1.5S")]
    [InlineData("123456789S"), InlineData("1S,1S")]
    public void TryReadTimeout_AnythingElse_IsNot(string text) => Assert.False(CallLimits.TryReadTimeout(text, out _));

    // Neither no deadline, nor one of ten minutes, nor one that cannot be read is later than the service's own.
    [Theory, InlineData(null), InlineData("10M"), InlineData("forever"), InlineData("99n")]
    public async Task Unary_LongerThanTheCap_IsEnded(string? asked)
    {
        await using var service = await RunningService.StartAsync(fixture.StateFolder, "--Enrichment:GrpcUnaryDeadline=00:00:00.010");
        using var client = new RpcClient(service);
        var headers = new Metadata();
        if (asked is not null)
        {
            headers.Add("grpc-timeout", asked);
        }
        var request = new BatchScoreIpRequest { Ips = { Enumerable.Repeat("159.65.1.1", 10_000) }, Detail = Detail.Explained };
        var options = new CallOptions(headers, cancellationToken: TestContext.Current.CancellationToken);
        var exception = await Assert.ThrowsAsync<RpcException>(
            () => client.CallAsync<BatchScoreIpRequest, BatchScoreIpResponse>("BatchScoreIp", request, options));
        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_IdleToTheCap_IsEnded()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:GrpcStreamDeadline=00:00:01");
        using var client = new RpcClient(service);
        using var call = client.Stream();
        var began = Stopwatch.GetTimestamp();
        await call.AskAsync(new() { Ips = { "192.0.2.1" } });
        var exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.9, 10);
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_CallersOwnDeadline_Holds()
    {
        using var client = new RpcClient(fixture.Service);
        var began = Stopwatch.GetTimestamp();
        using var call = client.Stream(new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(200)));
        var exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.1, 10);
    }
}
