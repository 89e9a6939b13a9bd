using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>These take all processors for a while, and nobody else's deadlines may suffer from it.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneDefinition;

/// <summary>
/// A list that says one thing and then the other, refreshed again and again while callers ask through every door: no call fails, and no
/// answer is of two snapshots. The addresses are global, so that they are judged.
/// </summary>
[Collection(typeof(AloneDefinition))]
public sealed class SwapsUnderLoadTests : IAsyncDisposable
{
    const int BatchItems = 200;
    const int JobLines = 20_000;
    const int SingleCallers = 8; // of each door
    const int LeastLookupsPerSecond = 5_000;

    // Batches and jobs leave the single look-ups most of the time.
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan BetweenJobs = TimeSpan.FromMilliseconds(200);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // 100 addresses that both versions have, and 20 that one of them has alone: less than the gates let change.
    static readonly string Both = Lines("9.0.1", 100);
    static readonly string Odd = Both + Lines("9.0.2", 20);
    static readonly string Even = Both + Lines("9.0.3", 20);

    static readonly IReadOnlyList<string> Asked = [.. Enumerable.Range(0, BatchItems).Select(AddressAt)];

    readonly RefreshedService _data = new();
    readonly ConcurrentDictionary<string, Version> _said = []; // by the snapshot that an answer names
    readonly Tally _tally = new();

    /// <summary>What a snapshot says: the flags of both versions, where something came from both.</summary>
    [Flags]
    enum Version
    {
        Odd = 1,
        Even = 2,
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Theory, InlineData(15, 10)]
    public Task Swaps_WhileEveryDoorIsAsked_FailNoneAndMixNone(int swaps, int seconds) => SwapAsync(swaps, TimeSpan.FromSeconds(seconds));

    [Theory, Trait("Length", "long"), InlineData(100, 60)]
    public Task ManySwaps_WhileEveryDoorIsAsked_FailNoneAndMixNone(int swaps, int seconds) => SwapAsync(swaps, TimeSpan.FromSeconds(seconds));

    async Task SwapAsync(int swaps, TimeSpan duration)
    {
        await using var service = await _data.StartAsync("--Enrichment:Limits:RequestsPerSecond=1000000", "--Enrichment:Limits:Burst=1000000");
        using var rpc = new RpcClient(service);
        var live = new Dictionary<string, Version> { [await NextAsync(service, Odd)] = Version.Odd };
        using var ended = new CancellationTokenSource();
        var began = Stopwatch.GetTimestamp();
        using var stream = rpc.Stream();
        (Func<Task> Call, TimeSpan Pause)[] calls =
        [
            (() => RestBatchAsync(service), Between), (() => RpcBatchAsync(rpc), Between), (() => MessageAsync(stream), Between), (() => JobAsync(service), BetweenJobs),
            .. Enumerable.Repeat<(Func<Task>, TimeSpan)>((() => RestAsync(service), TimeSpan.Zero), SingleCallers),
            .. Enumerable.Repeat<(Func<Task>, TimeSpan)>((() => UnaryAsync(rpc), TimeSpan.Zero), SingleCallers),
        ];
        var callers = calls.Select(caller => Task.Run(() => RepeatAsync(caller.Call, caller.Pause, ended.Token))).ToList();
        for (var swap = 1; swap <= swaps; swap++)
        {
            var left = duration * swap / (swaps + 1) - Stopwatch.GetElapsedTime(began);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TestContext.Current.CancellationToken);
            var (list, version) = swap % 2 == 0 ? (Odd, Version.Odd) : (Even, Version.Even);
            live.Add(await NextAsync(service, list), version);
        }
        await Task.Delay(duration / (swaps + 1), TestContext.Current.CancellationToken);
        var lasted = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await ended.CancelAsync();
        await Task.WhenAll(callers); // a call that failed fails here

        var perSecond = (_tally.Singles + _tally.Batched) / lasted;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{swaps} swaps in {lasted:F1} s: {_tally.Singles / lasted:F0} single look-ups/s, {_tally.Batched / lasted:F0} in batches, and {_tally.Jobs} jobs of {JobLines} lines; {_said.Count} snapshots answered");
        Assert.All(_said, pair => Assert.True(live.TryGetValue(pair.Key, out var version) && version == pair.Value, $"{pair.Key} said {pair.Value}"));
        Assert.Equal(live.Keys.Order(StringComparer.Ordinal), _said.Keys.Order(StringComparer.Ordinal)); // each of them was asked
        Assert.True(perSecond >= LeastLookupsPerSecond, $"{perSecond:F0} look-ups a second are no load");
        Assert.True(_tally.Jobs > 1);
    }

    /// <summary>Publishes a version and waits until it is live.</summary>
    async Task<string> NextAsync(RunningService service, string list)
    {
        var holder = service.Services.GetRequiredService<SnapshotHolder>();
        var swapped = holder.NextSwap;
        _data.Publish(list);
        service.Services.GetRequiredService<RefreshRequests>().Ask("fetched");
        await swapped.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return holder.Current!.Id;
    }

    static async Task RepeatAsync(Func<Task> call, TimeSpan pause, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await call();
            await Task.Delay(pause, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task RestAsync(RunningService service)
    {
        for (var at = 0; at < BatchItems; at++)
        {
            var answer = await service.Rest.FetchAsync("/v1/ip/" + AddressAt(at));
            Assert.Equal(200, answer.Status);
            using var verdict = JsonDocument.Parse(answer.Text);
            Note(verdict.RootElement.GetProperty("snapshotId").GetString()!, [IsVpn(verdict.RootElement)], at);
            Interlocked.Increment(ref _tally.Singles);
        }
    }

    async Task RestBatchAsync(RunningService service)
    {
        var answer = await service.Rest.BatchAsync(Asked.Select(Wire.Quote));
        Assert.Equal(200, answer.Status);
        using var batch = JsonDocument.Parse(answer.Text);
        Note(batch.RootElement.GetProperty("snapshotId").GetString()!, [.. batch.RootElement.GetProperty("results").EnumerateArray().Select(IsVpn)]);
        Interlocked.Add(ref _tally.Batched, BatchItems);
    }

    async Task JobAsync(RunningService service)
    {
        var lines = string.Concat(Enumerable.Range(0, JobLines).Select(at => $"{{\"ip\":\"{AddressAt(at)}\"}}\n"));
        var answer = await service.Rest.PostAsync(Encoding.UTF8.GetBytes(lines), "application/x-ndjson", "?fields=ip,isVpn");
        Assert.Equal(200, answer.Status);
        var rows = answer.Text.TrimEnd().Split('\n');
        Assert.Equal(JobLines + 1, rows.Length);
        using var trailer = JsonDocument.Parse(rows[^1]);
        Assert.Equal($"{{\"total\":{JobLines},\"ok\":{JobLines},\"failed\":0}}", trailer.RootElement.GetProperty("summary").GetRawText());
        Note(trailer.RootElement.GetProperty("snapshotId").GetString()!, [.. rows[..^1].Select(row => row.Contains("\"isVpn\":true", StringComparison.Ordinal))]);
        Interlocked.Increment(ref _tally.Jobs);
    }

    async Task UnaryAsync(RpcClient rpc)
    {
        for (var at = 0; at < BatchItems; at++)
        {
            var answer = await rpc.ScoreAsync(new() { Ip = AddressAt(at) });
            Note(answer.Basis.SnapshotId, [answer.Verdict.IsVpn], at);
            Interlocked.Increment(ref _tally.Singles);
        }
    }

    async Task RpcBatchAsync(RpcClient rpc)
    {
        var answer = await rpc.BatchAsync(new() { Ips = { Asked } });
        Note(answer.Basis.SnapshotId, [.. answer.Results.Select(result => result.Verdict.IsVpn)]);
        Interlocked.Add(ref _tally.Batched, BatchItems);
    }

    async Task MessageAsync(AsyncDuplexStreamingCall<StreamScoreIpRequest, StreamScoreIpResponse> stream)
    {
        var answer = await stream.AskAsync(new StreamScoreIpRequest { Ips = { Asked } });
        Note(answer.Basis.SnapshotId, [.. answer.Results.Select(result => result.Verdict.IsVpn)]);
        Interlocked.Add(ref _tally.Batched, BatchItems);
    }

    // What is true of an address at an even place is wrong of the next one, in either version.
    void Note(string snapshotId, IReadOnlyList<bool> isVpn, int from = 0)
    {
        var said = default(Version);
        for (var at = 0; at < isVpn.Count; at++)
        {
            said |= isVpn[at] == ((from + at) % 2 == 0) ? Version.Odd : Version.Even;
        }
        _said.AddOrUpdate(snapshotId, said, (_, before) => before | said);
    }

    static bool IsVpn(JsonElement verdict) => verdict.GetProperty("isVpn").ValueKind == JsonValueKind.True;

    static string AddressAt(int at) => $"9.0.{(at % 2 == 0 ? 2 : 3)}.{at / 2 % 20}";

    static string Lines(string network, int count) => string.Concat(Enumerable.Range(0, count).Select(at => $"{network}.{at}\n"));

    sealed class Tally
    {
        public long Singles;
        public long Batched;
        public long Jobs;
    }
}
