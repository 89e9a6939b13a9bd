using System.Diagnostics;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

public sealed class RpcServicesTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("--Enrichment:GrpcReflection=true", true)]
    [InlineData("--environment=Development", true)]
    public async Task Reflection_OnlyWhereItIsAskedFor_TellsTheContract(string option, bool isThere)
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, option.Length > 0 ? [option] : []);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{service.Ports.Grpc}");
        var options = new CallOptions(cancellationToken: TestContext.Current.CancellationToken);
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(options);
        var read = ReadAsync(call);
        if (!isThere)
        {
            Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
            return;
        }
        Assert.Contains("acquireinfra.enrichment.v1.EnrichmentService", (await read).ListServicesResponse.Service.Select(listed => listed.Name));
    }

    // Addresses may be personal data: at the default level nothing that is logged holds one, whatever is asked and however it fails.
    [Fact]
    public async Task Log_AtDefaultLevel_HoldsNoLookedUpAddress()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder);
        await AskAsync(service);
        Assert.Single(service.Log.Lines, line => line.Event.Name == "SnapshotLive"); // the capture works
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.Contains("203.0.113.", StringComparison.Ordinal));
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_WithGrpcsOwnOn_WouldHoldThem()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Logging:LogLevel:Grpc=Information");
        await AskAsync(service);
        Assert.Contains(service.Log.Lines, line => line.Text.Contains("203.0.113.", StringComparison.Ordinal)); // else the test above proves nothing
    }

    [Fact]
    public async Task Lookups_ByEachDoor_AreInTheAuditLog()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:AuditLog=true");
        using var client = new RpcClient(service);
        await client.ScoreAsync(new() { Ip = "203.0.113.7" });
        await client.BatchAsync(new() { Ips = { "203.0.113.7", "nonsense" } });
        using var call = client.Stream();
        await call.AskAsync(new() { Ips = { "203.0.113.7", "203.0.113.8" } });
        await call.AskAsync(new() { Packed = new() { Ipv4 = { 1 } } });
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        var records = service.Log.Lines.Where(line => line.Event.Name == "LookupAudited").Select(line => line.Text).ToList();
        Assert.Equal(3, records.Count);
        Assert.Contains("local asked by grpc for 1 addresses: 203.0.113.7.", records[0], StringComparison.Ordinal);
        Assert.Contains("local asked by grpc_batch for 2 addresses: -.", records[1], StringComparison.Ordinal);
        Assert.Contains("local asked by grpc_stream for 3 addresses: -.", records[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_MoreThanThePlacesForBulkJobs_IsRefusedUntilOneEnds()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:Limits:MaxBulkJobs=1");
        using var client = new RpcClient(service);
        using var first = client.Stream();
        await first.AskAsync(new() { Ips = { "192.0.2.1" } });
        using var second = client.Stream();
        var error = await RpcError.OfAsync(() => second.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.Unavailable, "OVERLOADED", 10), (error.Status, error.Info.Reason, error.Retry!.RetryDelay.Seconds));
        using var watcher = client.Watch(); // no bulk job
        Assert.True(await watcher.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        await first.RequestStream.CompleteAsync();
        Assert.False(await first.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        var places = service.Services.GetRequiredService<Gates>().BulkJobs;
        for (var began = Stopwatch.GetTimestamp(); places.Active > 0; await Task.Delay(10, TestContext.Current.CancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "the place of the first stream is still taken");
        }
        using var third = client.Stream();
        Assert.Equal(1, (await third.AskAsync(new() { Ips = { "192.0.2.1" } })).Summary.Ok);
    }

    static async Task AskAsync(RunningService service)
    {
        using var client = new RpcClient(service);
        await client.ScoreAsync(new() { Ip = "203.0.113.7" });
        await RpcError.OfAsync(() => client.ScoreAsync(new() { Ip = "203.0.113.7/24" }));
        await RpcError.OfAsync(() => client.BatchAsync(new() { Ips = { "203.0.113.7" }, Items = { new Item { Ip = "203.0.113.7" } } }));
        await RpcError.OfAsync(() => client.CallAsync<ScoreIpResponse>("ScoreIp", [0x0A, 13, .. "203.0.113.7"u8, 0xC0, 0xAF]));
        await Assert.ThrowsAsync<RpcException>(() => client.BatchAsync(new() { Ips = { "203.0.113.7".PadLeft(5_000_000) } }));
        await Assert.ThrowsAsync<RpcException>(() => client.CallAsync<GetAsnRequest, GetAsnResponse>("203.0.113.7", new()));
        using var call = client.Stream();
        await call.AskAsync(new() { Ips = { "203.0.113.7", "203.0.113.7 and more" }, CorrelationId = "203.0.113.7" });
        await Assert.ThrowsAsync<RpcException>(() => call.AskAsync(new() { Ips = { "203.0.113.7".PadLeft(5_000_000) } }));
    }

    static async Task<ServerReflectionResponse> ReadAsync(AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call)
    {
        await call.RequestStream.WriteAsync(new() { ListServices = "" }, TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return call.ResponseStream.Current;
    }
}
