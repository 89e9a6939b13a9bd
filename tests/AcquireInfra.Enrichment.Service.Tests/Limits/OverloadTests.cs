using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Limits;

/// <summary>
/// More than there are places for. Look-ups are too quick to be too many for long, so the places are held from outside, all of them and half
/// of them by turns: about half of what is asked is refused.
/// </summary>
public sealed class OverloadTests : IAsyncLifetime
{
    const int Places = 4;
    const int Callers = 16;

    static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    readonly TemporaryFolder _folder = new();
    RunningService _service = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _service = await SmallData.StartAsync(
        _folder, $"--Enrichment:Limits:MaxLookups={Places}", "--Enrichment:Limits:MaxQueued=2", "--Enrichment:Limits:MaxQueueMilliseconds=1");

    [Fact]
    public async Task Rest_Overloaded_RefusesWithRetryAfterAndRecovers()
    {
        using var client = new HttpClient { BaseAddress = _service.Rest.BaseAddress };
        var (answered, refused) = await OverloadAsync(async () =>
        {
            using var response = await client.GetAsync("/v1/ip/192.0.2.7", Cancelled);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return true;
            }
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
            Assert.Contains("\"code\":\"overloaded\"", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
            return false;
        });
        AssertBoth(answered, refused);
        await AssertRecoveredAsync(async () => (await client.LookupAsync("192.0.2.7")).Status == 200);
    }

    [Fact]
    public async Task Grpc_Overloaded_RefusesWithRetryInfoAndRecovers()
    {
        using var client = new RpcClient(_service);
        var (answered, refused) = await OverloadAsync(() => ScoreAsync(client));
        AssertBoth(answered, refused);
        await AssertRecoveredAsync(() => ScoreAsync(client));
    }

    // Nobody is in, so a look-up that waits is refused after its patience, and no later.
    [Fact]
    public async Task Rest_AllPlacesTaken_IsRefusedSoonAndHealthGoesOn()
    {
        using var held = new Held(await HoldAsync(Places));
        var began = Stopwatch.GetTimestamp();
        var answer = await _service.Rest.LookupAsync("192.0.2.7");
        Assert.Equal((503, "overloaded"), (answer.Status, answer.Code));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2), "it waited beyond its patience");
        Assert.Equal(200, (await _service.Rest.FetchAsync("/health/live")).Status);
        Assert.Equal(200, (await _service.Rest.FetchAsync("/health/ready")).Status);
        Assert.Equal(200, (await _service.Rest.BatchAsync(["\"192.0.2.7\""])).Status); // has places of its own
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    static async Task<bool> ScoreAsync(RpcClient client)
    {
        try
        {
            await client.ScoreAsync(new ScoreIpRequest { Ip = "192.0.2.7" });
            return true;
        }
        catch (RpcException exception)
        {
            Assert.True(exception.GetRpcStatus() is not null, exception.ToString());
            var retry = exception.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>();
            Assert.Equal((StatusCode.Unavailable, 1L), (exception.StatusCode, retry.RetryDelay.Seconds));
            Assert.Equal("1000", exception.Trailers.GetValue("grpc-retry-pushback-ms"));
            return false;
        }
    }

    /// <returns>How many were answered, and how many refused.</returns>
    async Task<(int Answered, int Refused)> OverloadAsync(Func<Task<bool>> ask)
    {
        var (answered, refused) = (0, 0);
        using var done = new CancellationTokenSource(Duration);
        var holder = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                using var held = new Held(await HoldAsync(Places));
                await Task.Delay(20, Cancelled);
                held.Release(Places / 2);
                await Task.Delay(20, Cancelled);
            }
        }, Cancelled);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                _ = await ask() ? Interlocked.Increment(ref answered) : Interlocked.Increment(ref refused);
            }
        }, Cancelled)));
        await holder;
        return (answered, refused);
    }

    /// <summary>Takes as many places as are free, up to so many.</summary>
    async Task<ConcurrentStack<IDisposable>> HoldAsync(int places)
    {
        var gate = _service.Services.GetRequiredService<Gates>().Lookups;
        var leases = new ConcurrentStack<IDisposable>();
        for (var place = 0; place < places; place++)
        {
            leases.Push(await gate.AcquireAsync(1, Cancelled));
        }
        return leases;
    }

    static void AssertBoth(int answered, int refused)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answered} answered, {refused} refused in {Duration}"));
        Assert.True(answered > 20 && refused > 20, $"{answered} answered, {refused} refused: no overload");
    }

    async Task AssertRecoveredAsync(Func<Task<bool>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        for (var inARow = 0; inARow < 100; inARow = await ask() ? inARow + 1 : 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), "it has not recovered");
        }
        var gate = _service.Services.GetRequiredService<Gates>().Lookups;
        for (; gate.Active > 0; await Task.Delay(10, Cancelled)) // a place is given back when the caller has its answer already
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10), "a place is still taken");
        }
    }

    sealed class Held(ConcurrentStack<IDisposable> leases) : IDisposable
    {
        public void Release(int count)
        {
            while (count-- > 0 && leases.TryPop(out var lease))
            {
                lease.Dispose();
            }
        }

        public void Dispose() => Release(int.MaxValue);
    }
}
