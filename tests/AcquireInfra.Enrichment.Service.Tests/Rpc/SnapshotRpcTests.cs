using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>GetAsn, GetSnapshot, WatchSnapshots, and every method where there is no snapshot.</summary>
public sealed class SnapshotRpcTests(ServiceFixture fixture) : IDisposable
{
    readonly RpcClient _client = new(fixture.Service);

    [Fact]
    public async Task GetAsn_Known_NameRoleProviderAndSpace()
    {
        await fixture.Rest.FetchAsync("/v1/asn/14061"); // the first to ask has the space counted, which on a busy machine may outlast a unary call
        var answer = await _client.AsnAsync(14061);
        Assert.Equal((14061u, "DigitalOcean, LLC", "hosting", "DigitalOcean"), (answer.Asn, answer.Name, answer.Role, answer.Provider));
        Assert.Equal((await _client.SnapshotAsync()).Snapshot.SnapshotId, answer.SnapshotId);
        Assert.InRange(answer.Ipv4.Total, 2_000_000ul, 10_000_000ul);
        Assert.Equal((Category.Hosting, answer.Ipv4.Total), (answer.Ipv4.Categories.Single().Category, answer.Ipv4.Categories.Single().Count));
        Assert.Equal((Category.Hosting, answer.Ipv6.Total), (answer.Ipv6.Categories.Single().Category, answer.Ipv6.Categories.Single().Count));
    }

    [Theory]
    [InlineData(0u, StatusCode.InvalidArgument, "BAD_ASN", "asn")]
    [InlineData(64500u, StatusCode.NotFound, "NOT_FOUND", null)]
    [InlineData(uint.MaxValue, StatusCode.NotFound, "NOT_FOUND", null)]
    public async Task GetAsn_WrongOrUnknown_SaysSo(uint asn, StatusCode status, string reason, string? field)
    {
        var error = await RpcError.OfAsync(() => _client.AsnAsync(asn));
        Assert.Equal((status, reason, field), (error.Status, error.Info.Reason, error.Field));
        Assert.Contains(asn == 0 ? "1 to 4294967295" : $"AS{asn}", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetSnapshot_Bundled_NamesItsSources()
    {
        var answer = await _client.SnapshotAsync();
        var live = fixture.Service.Services.GetRequiredService<SnapshotHolder>().Current!;
        Assert.Equal((live.Id, "p1", live.FileBytes), (answer.Snapshot.SnapshotId, answer.Snapshot.PolicyVersion, answer.Snapshot.FileBytes));
        Assert.Equal(live.DataAsOf, answer.Snapshot.DataAsOf.ToDateTimeOffset());
        Assert.Equal(["asn-roles", "asn-table", "seed-t1583"], answer.Sources.Select(source => source.Id));
        Assert.Contains("DB-IP", answer.Sources[1].Attribution, StringComparison.Ordinal);
        Assert.Equal([Category.Hosting], answer.Sources[2].Categories);
        Assert.All(answer.Sources, source => Assert.True(source.Exportable));
    }

    [Fact]
    public async Task WatchSnapshots_Swaps_AreSeenByEveryWatcherOnce()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:GrpcStreamDeadline=00:00:01"); // no limit of watchers
        using var client = new RpcClient(service);
        var holder = service.Services.GetRequiredService<SnapshotHolder>();
        var (first, second) = (holder.Current!, SmallData.Compile(folder, "203.0.113.0/24\n"));
        var watchers = Enumerable.Range(0, 20).Select(_ => client.Watch()).ToList();
        await Task.WhenAll(watchers.Select(watcher => AssertNextAsync(watcher, first)));
        await Task.Delay(1_200, TestContext.Current.CancellationToken);
        holder.Swap(first); // the same one again is no news
        holder.Swap(second);
        await Task.WhenAll(watchers.Select(watcher => AssertNextAsync(watcher, second)));
        watchers.ForEach(watcher => watcher.Dispose());
    }

    [Fact]
    public async Task WatchSnapshots_AnotherPolicy_IsAnnouncedWithTheSameSnapshot()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder);
        using var client = new RpcClient(service);
        using var watcher = client.Watch();
        var (live, judges) = (service.Services.GetRequiredService<SnapshotHolder>().Current!, service.Services.GetRequiredService<JudgeProvider>());
        await AssertNextAsync(watcher, live);
        judges.UsePolicy(judges.PolicyJson!); // the same one again is no news
        judges.UsePolicy(SmallData.PolicyNamed("p2"));
        await AssertNextAsync(watcher, live);
        Assert.Equal("p2", watcher.ResponseStream.Current.Snapshot.PolicyVersion);
        Assert.Throws<FormatException>(() => judges.UsePolicy([.. "{}"u8]));
        Assert.Equal("p2", (await client.SnapshotAsync()).Snapshot.PolicyVersion);
    }

    [Fact]
    public async Task WatchSnapshots_WhenTheServiceStops_EndsUnavailableAtOnce()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:DrainSeconds=0");
        using var client = new RpcClient(service);
        using var watcher = client.Watch();
        using var stream = client.Stream();
        await AssertNextAsync(watcher, service.Services.GetRequiredService<SnapshotHolder>().Current!);
        await stream.AskAsync(new() { Ips = { "192.0.2.1" } });
        var cancelled = TestContext.Current.CancellationToken;
        var reads = (Task[])[watcher.ResponseStream.MoveNext(cancelled), stream.ResponseStream.MoveNext(cancelled)];
        await service.Services.GetRequiredService<Drain>().StoppingAsync(cancelled); // the connections are still open
        foreach (var read in reads)
        {
            var error = await RpcError.OfAsync(() => read);
            Assert.Equal((StatusCode.Unavailable, "STOPPING", 1), (error.Status, error.Info.Reason, error.Retry!.RetryDelay.Seconds));
        }
        await service.Services.GetRequiredService<IHost>().StopAsync(cancelled).WaitAsync(TimeSpan.FromSeconds(20), cancelled);
    }

    [Fact]
    public async Task EveryMethod_WithoutSnapshot_IsUnavailableAndSaysWhenToTryAgain()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        await File.WriteAllTextAsync(folder["state"], "a file where the folder should be", TestContext.Current.CancellationToken);
        await using var service = await RunningService.StartAsync(folder["state"], $"--Enrichment:DataFolder={folder["data"]}");
        using var client = new RpcClient(service);
        foreach (var call in (Func<Task>[])[
            () => client.ScoreAsync(new() { Ip = "192.0.2.1" }), () => client.BatchAsync(new() { Ips = { "192.0.2.1" } }),
            () => client.AsnAsync(64500), () => client.SnapshotAsync()])
        {
            var error = await RpcError.OfAsync(call);
            Assert.Equal((StatusCode.Unavailable, "NO_SNAPSHOT", 5), (error.Status, error.Info.Reason, error.Retry!.RetryDelay.Seconds));
        }
        var wrong = await RpcError.OfAsync(() => client.ScoreAsync(new() { Ip = "nonsense" }));
        Assert.Equal("BAD_ADDRESS", wrong.Info.Reason); // wrong in any state
        using var stream = client.Stream();
        Assert.Equal("no_snapshot", (await stream.AskAsync(new() { Ips = { "192.0.2.1" } })).Error.Code);

        using var watcher = client.Watch();
        var next = watcher.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        var snapshot = SmallData.Compile(folder, "192.0.2.0/24\n");
        Assert.False(next.IsCompleted); // there is nothing to send, and that is no error
        service.Services.GetRequiredService<SnapshotHolder>().Swap(snapshot);
        Assert.True(await next);
        Assert.Equal(snapshot.Id, watcher.ResponseStream.Current.Snapshot.SnapshotId);
        Assert.Equal(1, (await stream.AskAsync(new() { Ips = { "192.0.2.1" } })).Summary.Ok);
    }

    public void Dispose() => _client.Dispose();

    static async Task AssertNextAsync(AsyncServerStreamingCall<WatchSnapshotsResponse> watcher, Snapshots.Snapshot expected)
    {
        Assert.True(await watcher.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(expected.Id, watcher.ResponseStream.Current.Snapshot.SnapshotId);
    }
}
