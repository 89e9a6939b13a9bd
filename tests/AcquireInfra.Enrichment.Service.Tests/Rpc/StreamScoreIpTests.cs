using System.Diagnostics;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

public sealed class StreamScoreIpTests(ServiceFixture fixture) : IDisposable
{
    readonly RpcClient _client = new(fixture.Service);

    [Fact]
    public async Task Stream_Batches_AreAnsweredInOrderWithTheirIds()
    {
        using var call = _client.Stream();
        for (var batch = 0; batch < 100; batch++)
        {
            await call.RequestStream.WriteAsync(new()
            {
                CorrelationId = $"b{batch}",
                Ips = { Enumerable.Range(0, batch + 1).Select(at => $"198.51.100.{at}") },
            }, TestContext.Current.CancellationToken);
        }
        await call.RequestStream.CompleteAsync();
        for (var batch = 0; batch < 100; batch++)
        {
            var answer = await call.ReadAsync();
            Assert.Equal($"b{batch}", answer.CorrelationId);
            Assert.Equal(Enumerable.Range(0, batch + 1).Select(at => $"198.51.100.{at}"), answer.Results.Select(result => result.Verdict.Ip));
            Assert.Equal(new Summary { Total = batch + 1, Ok = batch + 1 }, answer.Summary);
            Assert.NotEmpty(answer.Basis.SnapshotId);
        }
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    static readonly byte[] SixteenAndOne = new byte[17];

    [Fact]
    public async Task Stream_BatchesThatCannotBeAnswered_HaveErrorsAndTheStreamGoesOn()
    {
        (StreamScoreIpRequest Request, string Code)[] rows =
        [
            (new(), "bad_request"),
            (new() { Ips = { "192.0.2.1" }, Items = { new Item() } }, "bad_request"),
            (new() { Ips = { "192.0.2.1" }, Packed = new() }, "bad_request"),
            (new() { Ips = { "192.0.2.1" }, Detail = (Detail)9 }, "bad_request"),
            (new() { Ips = { "192.0.2.1" }, CorrelationId = new('x', 257) }, "bad_request"),
            (new() { Packed = new() { Ipv6 = ByteString.CopyFrom(SixteenAndOne) } }, "bad_request"),
            (new() { Ips = { Enumerable.Repeat("192.0.2.1", 10_001) } }, "too_many_items"),
            (new() { Items = { Enumerable.Repeat(new Item(), 10_001) } }, "too_many_items"),
            (new() { Packed = new() { Ipv4 = { Enumerable.Repeat(1u, 10_000) }, Ipv6 = ByteString.CopyFrom(SixteenAndOne.AsSpan(1)) } }, "too_many_items"),
        ];
        using var call = _client.Stream();
        foreach (var (request, code) in rows)
        {
            request.CorrelationId = request.CorrelationId.Length == 0 ? "mine" : request.CorrelationId;
            var answer = await call.AskAsync(request);
            Assert.Equal(code, answer.Error.Code);
            Assert.NotEmpty(answer.Error.Detail);
            Assert.Equal(request.CorrelationId == "mine" ? "mine" : "", answer.CorrelationId);
            Assert.Equal((0, null, null), (answer.Results.Count, answer.Packed, answer.Summary));
            Assert.Equal(1, (await call.AskAsync(new() { Ips = { "192.0.2.1" } })).Summary.Ok);
        }
    }

    [Theory, InlineData("FFFF"), InlineData("1202C0AF"), InlineData("120A31"), InlineData("0A02C0AF")]
    public async Task Stream_BytesThatAreNoMessage_HaveAnErrorAndTheStreamGoesOn(string bytes)
    {
        using var call = _client.StreamOfBytes();
        Assert.Equal("bad_request", (await call.AskAsync(Convert.FromHexString(bytes))).Error.Code);
        var next = await call.AskAsync(new StreamScoreIpRequest { CorrelationId = "next", Ips = { "192.0.2.1" } }.ToByteArray());
        Assert.Equal(("next", 1), (next.CorrelationId, next.Summary.Ok));
    }

    [Fact]
    public async Task Stream_TenThousandInEachForm_AreAnswered()
    {
        using var call = _client.Stream();
        Assert.Equal(10_000, (await call.AskAsync(new() { Ips = { Enumerable.Repeat("159.65.1.1", 10_000) } })).Results.Count);
        Assert.Equal(10_000, (await call.AskAsync(new() { Items = { Enumerable.Repeat(new Item { Ip = "159.65.1.1" }, 10_000) } })).Results.Count);
        var packed = await call.AskAsync(new() { Packed = new() { Ipv4 = { Enumerable.Repeat(0x9F410101u, 10_000) } } });
        Assert.Equal((10_000, 10_000), (packed.Packed.Scores.Length, packed.Packed.Asns.Count));
        Assert.All(packed.Packed.Asns, asn => Assert.Equal(14061u, asn));
        var none = await call.AskAsync(new() { Packed = new() });
        Assert.Equal((new Summary(), 0, null), (none.Summary, none.Packed.Scores.Length, none.Error));
    }

    [Fact]
    public async Task Stream_SwapBetweenMessages_ChangesTheBasisOfTheNextOne()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder);
        using var client = new RpcClient(service);
        using var call = client.Stream();
        var holder = service.Services.GetRequiredService<SnapshotHolder>();
        var snapshots = (Snapshots.Snapshot[])[holder.Current!, SmallData.Compile(folder, "203.0.113.0/24\n")];
        for (var swap = 0; swap < 10; swap++)
        {
            holder.Swap(snapshots[swap % 2]);
            var answer = await call.AskAsync(new() { Ips = { "192.0.2.1" } });
            Assert.Equal(snapshots[swap % 2].Id, answer.Basis.SnapshotId);
        }
    }

    // Each answer is of one snapshot as a whole, however the swaps fall.
    [Fact]
    public async Task Stream_SwapsUnderABatch_NeverMixTwoSnapshots()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder);
        using var client = new RpcClient(service);
        using var call = client.Stream();
        var holder = service.Services.GetRequiredService<SnapshotHolder>();
        var snapshots = (Snapshots.Snapshot[])[SmallData.Compile(folder, "8.8.8.0/24\n"), SmallData.Compile(folder, "9.9.9.0/24\n")];
        holder.Swap(snapshots[1]);
        using var done = new CancellationTokenSource();
        var swapper = Task.Run(async () =>
        {
            for (var swap = 0; !done.IsCancellationRequested; swap++)
            {
                holder.Swap(snapshots[swap % 2]);
                await Task.Yield();
            }
        }, TestContext.Current.CancellationToken);
        var seen = new HashSet<string>();
        for (var began = Stopwatch.GetTimestamp(); seen.Count < 2 || Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1);)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "no swap was seen");
            var answer = await call.AskAsync(new() { Ips = { Enumerable.Repeat("8.8.8.8", 300) } });
            var isListed = answer.Basis.SnapshotId == snapshots[0].Id;
            Assert.All(answer.Results, result => Assert.Equal(isListed ? "8.8.8.0/24" : "", result.Verdict.Network));
            seen.Add(answer.Basis.SnapshotId);
        }
        await done.CancelAsync();
        await swapper;
    }

    [Fact]
    public async Task Stream_ReaderThatDoesNotRead_IsNotReadFrom()
    {
        const int BatchBytes = 10_000 * 13;
        using var call = _client.Stream();
        var request = new StreamScoreIpRequest { Ips = { Enumerable.Repeat("159.65.1.1", 10_000) } };
        var sent = 0;
        var pending = call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
        while (await Task.WhenAny(pending, Task.Delay(1_500, TestContext.Current.CancellationToken)) == pending)
        {
            await pending;
            sent++;
            Assert.True(sent < 400, $"{sent} batches of {BatchBytes} bytes went through unread");
            pending = call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
        }
        for (var answers = 0; answers <= sent; answers++)
        {
            Assert.Equal(10_000, (await call.ReadAsync()).Results.Count); // and nothing is lost
        }
        await pending;
    }

    [Fact]
    public async Task Stream_HundredCancelled_LeaveNothingActive()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:Limits:MaxBulkJobs=100");
        using var active = new ActiveRequests(service);
        using var client = new RpcClient(service);
        var random = new Random(1);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            using var call = client.Stream(new CallOptions(cancellationToken: cancel.Token));
            await call.AskAsync(new() { Ips = { "192.0.2.1" } });
            Assert.InRange(active.Count, 1, 100);
            cancel.CancelAfter(random.Next(50));
            await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (true)
                {
                    await call.AskAsync(new() { Ips = { Enumerable.Repeat("192.0.2.1", 5_000) } });
                }
            });
        }));
        for (var began = Stopwatch.GetTimestamp(); active.Count > 0; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20), $"{active.Count} are still active");
        }
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }

    public void Dispose() => _client.Dispose();
}
