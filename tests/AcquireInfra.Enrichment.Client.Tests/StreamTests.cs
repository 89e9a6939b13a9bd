using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AcquireInfra.Enrichment.Addressing;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>Any number of addresses over one stream.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    readonly SnapshotFolder _folder = new();
    FakeServer _server = null!;

    FakeService Service => _server.Service;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var at = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        _server = await FakeServer.StartAsync(new FakeData(_folder.Compile("a", "104.131.0.0/16"), at));
    }

    [Theory]
    [InlineData(1, 1, 50)]
    [InlineData(7, 3, 10_000)]
    [InlineData(256, 8, 10_000)]
    public async Task ScoreAll_AcrossBatches_KeepsTheOrder(int size, int inFlight, int count)
    {
        await using var test = await StartAsync(size, inFlight);
        var random = new Random(size);
        Service.OnBatch = (_, _, _) => random.Next(10) == 0 ? Task.Delay(1) : Task.CompletedTask;
        var asked = Enumerable.Range(0, count).Select(number => Address.FromIPv4(0x68830000u + (uint)random.Next(1 << 17))).ToList();
        var verdicts = await test.Client.ScoreAllAsync(asked.ToAsyncEnumerable(), Cancelled).ToListAsync(Cancelled);
        Assert.Equal(asked, verdicts.Select(verdict => verdict.Address));
        Assert.All(verdicts, verdict => Assert.Equal(_server.Data.Judge.VerdictOf(verdict.Address), verdict.Verdict));
        Assert.Equal(1, Service.Count("StreamScoreIp"));
        Assert.Equal((count + size - 1) / size, Service.Batches);
        Assert.Equal(0, Service.Cancelled); // it is ended as streams are, not broken off
    }

    [Fact]
    public async Task ScoreAll_BadItems_HaveTheirErrorsInPlace()
    {
        await using var test = await StartAsync(size: 4);
        string[] ips = ["a", "b", "c", "d", "104.131.0.1", "e", "104.131.0.1", "104.132.0.1", "f", "g", "h", "i", "j"]; // the first, third and last batch are all bad
        var results = await test.Client.ScoreAllAsync(ips.ToAsyncEnumerable(), Cancelled).ToListAsync(Cancelled);
        Assert.Equal(ips, results.Select(result => result.Input));
        Assert.Equal(ips.Select(ip => ip.Length == 1), results.Select(result => result.Error?.Code == "bad_address"));
        Assert.Equal(1, Service.Batches);
    }

    [Fact]
    public async Task ScoreAll_NothingOrNothingGood_MakesNoCall()
    {
        await using var test = await StartAsync(size: 2);
        Assert.Empty(await test.Client.ScoreAllAsync(AsyncEnumerable.Empty<string>(), Cancelled).ToListAsync(Cancelled));
        Assert.Equal(3, await test.Client.ScoreAllAsync(new[] { "a", "b", "c" }.ToAsyncEnumerable(), Cancelled).CountAsync(Cancelled));
        Assert.Empty(Service.Calls);
    }

    [Fact]
    public async Task ScoreAll_SourceThatPauses_IsAnsweredMeanwhile()
    {
        await using var test = await StartAsync(size: 100);
        var source = Channel.CreateUnbounded<string>();
        await using var results = test.Client.ScoreAllAsync(source.Reader.ReadAllAsync(Cancelled), Cancelled).GetAsyncEnumerator(Cancelled);
        for (var round = 1; round <= 3; round++)
        {
            source.Writer.TryWrite($"104.131.0.{round}");
            Assert.True(await results.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
            Assert.Equal($"104.131.0.{round}", results.Current.Input);
        }
        source.Writer.Complete();
        Assert.False(await results.MoveNextAsync());
        Assert.Equal((3, 1), (Service.Batches, Service.Count("StreamScoreIp")));
    }

    [Fact]
    public async Task ScoreAll_CallerCancels_EndsTheCall()
    {
        await using var test = await StartAsync(size: 4);
        using var cancel = new CancellationTokenSource();
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in test.Client.ScoreAllAsync(EndlessAsync(given: null, CancellationToken.None), cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });
        Assert.Equal(cancel.Token, failure.CancellationToken);
        await TestClient.UntilAsync(() => Service.Cancelled == 1, "the service sees that the caller is gone");
    }

    [Fact]
    public async Task ScoreAll_CallerStopsTaking_EndsTheCall()
    {
        await using var test = await StartAsync(size: 4);
        await foreach (var result in test.Client.ScoreAllAsync(EndlessAsync(given: null, CancellationToken.None), Cancelled))
        {
            break;
        }
        await TestClient.UntilAsync(() => Service.Cancelled == 1, "the service sees that the caller is gone");
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task ScoreAll_SlowCaller_BoundsWhatIsInFlight(int inFlight)
    {
        const int Size = 4;
        await using var test = await StartAsync(Size, inFlight);
        var given = new ConcurrentQueue<int>();
        await using var results = test.Client.ScoreAllAsync(EndlessAsync(given, CancellationToken.None), Cancelled).GetAsyncEnumerator(Cancelled);
        for (var batch = 1; batch <= 5; batch++)
        {
            for (var item = 0; item < Size; item++)
            {
                Assert.True(await results.MoveNextAsync());
            }
            await Task.Delay(50, Cancelled); // time enough for much more
            Assert.InRange(Service.Batches, batch, batch - 1 + inFlight);
            Assert.InRange(given.Count, batch * Size, (batch + inFlight + 1) * Size);
        }
    }

    // Neither side can send before the other reads, unless reading and sending go on side by side.
    [Fact]
    public async Task ScoreAll_BatchesLargerThanAllBuffers_DoNotHang()
    {
        await using var test = await StartAsync(EnrichmentClient.MaxBatchItems, 4, options => options.BatchDeadline = TimeSpan.FromSeconds(60));
        var asked = Enumerable.Range(0, 60_000).Select(number => new Address(0x2A00_1234_5678_9ABC, 0x1111_2222_3333_0000 + (ulong)number));
        var count = await test.Client.ScoreAllAsync(asked.ToAsyncEnumerable(), Cancelled).CountAsync(Cancelled);
        Assert.Equal((60_000, (long)EnrichmentClient.MaxBatchItems), (count, Service.LargestBatch));
    }

    [Fact]
    public async Task ScoreAll_ServiceStalls_EndsAtTheDeadlineOfABatch()
    {
        await using var test = await StartAsync(size: 1, inFlight: 2);
        Assert.Equal(1, await test.Client.ScoreAllAsync(Some(1), Cancelled).CountAsync(Cancelled)); // the connection is there
        await using var hasty = await StartAsync(size: 1, inFlight: 2, options => options.BatchDeadline = TimeSpan.FromMilliseconds(500));
        Service.OnBatch = (batch, _, context) => batch < 3 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, context.CancellationToken);
        var taken = 0;
        var began = Stopwatch.GetTimestamp();
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () =>
        {
            await foreach (var result in hasty.Client.ScoreAllAsync(Some(10), Cancelled))
            {
                taken++;
                await Task.Delay(400, Cancelled); // the caller's own time does not count
            }
        });
        Assert.Equal(("deadline_exceeded", 3), (failure.Code, taken));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 1.6, 15);
        await TestClient.UntilAsync(() => Service.Cancelled == 1, "the service sees that the caller is gone");
    }

    [Theory]
    [InlineData(0, 1, 2)] // before its first answer: gRPC begins again
    [InlineData(1, 1, 2)] // after it: what is unanswered is sent again
    [InlineData(5, 1, 2)]
    [InlineData(2, 3, 4)]
    public async Task ScoreAll_StreamBreaks_GoesOnWhereItBroke(int atBatch, int times, int expectedCalls)
    {
        await using var test = await StartAsync(size: 3, inFlight: 4);
        Service.OnBatch = (batch, _, _) => batch == atBatch && Service.Count("StreamScoreIp") <= times
            ? throw new RpcException(new Status(StatusCode.Unavailable, "going down"))
            : Task.CompletedTask;
        var results = await test.Client.ScoreAllAsync(Some(100), Cancelled).ToListAsync(Cancelled);
        Assert.Equal(await Some(100).ToListAsync(Cancelled), results.Select(result => result.Input));
        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal(expectedCalls, Service.Count("StreamScoreIp"));
    }

    [Fact]
    public async Task ScoreAll_ServiceEndsAWorkingStream_OpensAnother()
    {
        await using var test = await StartAsync(size: 3, inFlight: 4);
        Service.EndStreamAt = 4;
        Assert.Equal(await Some(100).ToListAsync(Cancelled), await test.Client.ScoreAllAsync(Some(100), Cancelled).Select(result => result.Input).ToListAsync(Cancelled));
        Assert.Equal(34 / 4 + 1, Service.Count("StreamScoreIp")); // 34 batches, four of them answered each time
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, "unavailable", 2)]
    [InlineData(StatusCode.PermissionDenied, "permission_denied", 1)]
    [InlineData(StatusCode.Internal, "internal", 1)]
    public async Task ScoreAll_StreamThatNeverAnswers_FailsWithItsCode(StatusCode status, string code, int expectedCalls)
    {
        await using var test = await StartAsync(size: 3, inFlight: 4, options => options.MaxAttempts = 2);
        Service.OnCall = _ => throw new RpcException(new Status(status, "no"));
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAllAsync(Some(100), Cancelled).CountAsync(Cancelled));
        Assert.Equal((code, expectedCalls), (failure.Code, Service.Count("StreamScoreIp")));
    }

    [Theory]
    [InlineData("error", "no_snapshot")]
    [InlineData("order", "bad_answer")]
    [InlineData("count", "bad_answer")]
    public async Task ScoreAll_BatchWithoutAProperAnswer_FailsWithItsCode(string how, string code)
    {
        await using var test = await StartAsync(size: 3);
        Service.DistortStream = answer =>
        {
            switch (how)
            {
                case "error":
                    answer.Results.Clear();
                    answer.Error = new() { Code = "no_snapshot", Detail = "not yet" };
                    break;
                case "order":
                    answer.CorrelationId = "7";
                    break;
                default:
                    answer.Results.RemoveAt(0);
                    break;
            }
        };
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAllAsync(Some(9), Cancelled).CountAsync(Cancelled));
        Assert.Equal(code, failure.Code);
    }

    [Fact]
    public async Task ScoreAll_ServiceRefusesAnAddress_ThrowsWhereOnlyVerdictsAreAskedFor()
    {
        await using var test = await StartAsync(size: 3);
        Service.DistortStream = answer => answer.Results[0] = new() { Error = new() { Code = "bad_request", Detail = "no" } };
        Assert.Equal("bad_request", (await test.Client.ScoreAllAsync(Some(3), Cancelled).FirstAsync(Cancelled)).Error!.Code);
        var addresses = Some(3).Select(Address.Parse);
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAllAsync(addresses, Cancelled).CountAsync(Cancelled));
        Assert.Equal("bad_request", failure.Code);
    }

    [Fact]
    public async Task ScoreAll_SourceThrows_ThrowsTheSameAndEndsTheCall()
    {
        await using var test = await StartAsync(size: 3);
        static async IAsyncEnumerable<string> Failing()
        {
            for (var number = 0; number < 10; number++)
            {
                yield return "104.131.0.1";
                await Task.Yield();
            }
            throw new InvalidDataException("the file ended");
        }
        await Assert.ThrowsAsync<InvalidDataException>(async () => await test.Client.ScoreAllAsync(Failing(), Cancelled).CountAsync(Cancelled));
        await TestClient.UntilAsync(() => Service.Cancelled == Service.Count("StreamScoreIp"), "the service sees that the caller is gone");
    }

    static IAsyncEnumerable<string> Some(int count) => Enumerable.Range(0, count).Select(number => $"104.131.{number >> 8}.{number & 255}").ToAsyncEnumerable();

    static async IAsyncEnumerable<string> EndlessAsync(
        ConcurrentQueue<int>? given, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            given?.Enqueue(number);
            yield return $"104.131.0.{number & 255}";
            await Task.Yield();
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    Task<TestClient> StartAsync(int size, int inFlight = 8, Action<EnrichmentClientOptions>? configure = null) => TestClient.StartAsync(options =>
    {
        (options.Address, options.StreamBatchSize, options.MaxBatchesInFlight) = (_server.Grpc, size, inFlight);
        configure?.Invoke(options);
    });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
