using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.V1;
using Microsoft.Extensions.DependencyInjection;
using Snapshot = AcquireInfra.Enrichment.Snapshots.Snapshot;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>Two snapshots that disagree take turns while every door is asked: each answer is of one of them, whole. The addresses are global, so that they are judged.</summary>
[Collection(nameof(Alone))]
public sealed class SwapUnderLoadTests(ITestOutputHelper output)
{
    const int BulkLines = 50_000;
    const string Listed = "9.2.2.";

    [Fact]
    public Task Swaps_UnderLoad_NoAnswerFailsOrIsMixed() => SwapAsync(swaps: 20, TimeSpan.FromSeconds(4), leastPerSecond: 0);

    [Fact]
    [Trait("Length", "long")]
    public Task Swaps_AHundredInAMinuteUnderLoad_NoAnswerFailsOrIsMixed() => SwapAsync(swaps: 100, TimeSpan.FromSeconds(60), leastPerSecond: 5_000);

    async Task SwapAsync(int swaps, TimeSpan duration, int leastPerSecond)
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder);
        var turns = new[] { SmallData.Compile(folder, Listed + "0/24\n"), SmallData.Compile(folder, "9.9.9.0/24\n") };
        using var load = new Load(service, turns[0].Id, turns[1].Id);
        var live = service.Services.GetRequiredService<LiveSnapshot>();
        live.MakeLive(turns[0], Stopwatch.GetTimestamp());

        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var began = Stopwatch.GetTimestamp();
        Task[] callers =
        [
            .. Enumerable.Range(0, 3).Select(_ => Load.AskAsync(load.RestAsync, end.Token)),
            .. Enumerable.Range(0, 16).Select(_ => Load.AskAsync(load.RpcAsync, end.Token)),
            Load.AskAsync(load.BatchAsync, end.Token), Load.AskAsync(load.BulkAsync, end.Token),
        ];
        for (var swap = 1; swap <= swaps; swap++)
        {
            await Task.Delay(duration / swaps, TestContext.Current.CancellationToken);
            live.MakeLive(turns[swap % 2], Stopwatch.GetTimestamp());
        }
        await end.CancelAsync();
        await Task.WhenAll(callers);

        var rate = load.Lookups / Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine($"{swaps} swaps, {rate:F0} single look-ups a second, {load.BulkJobs} bulk jobs of {BulkLines} lines, {load.OfOld} answers by one and {load.OfNew} by the other.");
        Assert.True(load.OfOld > 0 && load.OfNew > 0 && load.BulkJobs > 0);
        Assert.True(rate >= leastPerSecond, $"{rate:F0} a second");
    }

    [Fact]
    public Task Swaps_Many_LeaveNoMappingAndNoHandle() => SwapFreshAsync(swaps: 400);

    [Fact]
    [Trait("Length", "long")]
    public Task Swaps_TenThousand_LeaveNoMappingAndNoHandle() => SwapFreshAsync(swaps: 10_000);

    // Each swap maps the file anew, is answered from, and lets the one before go. The collector may be some behind, and never by thousands.
    async Task SwapFreshAsync(int swaps)
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder);
        string[] turns = [SmallData.CompileFile(folder, "9.2.2.0/24\n"), SmallData.CompileFile(folder, "9.9.9.0/24\n")];
        var holder = service.Services.GetRequiredService<SnapshotHolder>();
        await SwapAsync(50);
        var before = Held();
        await SwapAsync(swaps);
        var after = Held();
        output.WriteLine($"{swaps} swaps: {before.Mappings} mappings and {before.Handles} handles before, {after.Mappings} and {after.Handles} after.");
        Assert.InRange(after.Mappings, 0, before.Mappings + 4);
        Assert.InRange(after.Handles, 0, before.Handles + 16);

        async Task SwapAsync(int count)
        {
            for (var swap = 0; swap < count; swap++)
            {
                holder.Swap(Snapshot.Open(turns[swap % 2]));
                Assert.Equal(swap % 2 == 0 ? "hosting" : "unlisted", (await service.Rest.LookupAsync("9.2.2.2")).Json.GetProperty("verdict").GetString());
            }
        }
    }

    static (int Mappings, int Handles) Held()
    {
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return (File.ReadLines("/proc/self/maps").Count(line => line.EndsWith(".snapshot", StringComparison.Ordinal)), Directory.GetFileSystemEntries("/proc/self/fd").Length);
    }

    /// <summary>Callers that compare what an answer says with the snapshot that it says it is of. Whatever fails ends the test.</summary>
    sealed class Load(RunningService service, string listing, string other) : IDisposable
    {
        readonly RpcClient _rpc = new(service);
        int _lookups;
        int _next;
        int _ofOld;
        int _ofNew;
        int _bulkJobs;

        public int Lookups => _lookups;

        public int OfOld => _ofOld;

        public int OfNew => _ofNew;

        public int BulkJobs => _bulkJobs;

        public static async Task AskAsync(Func<Task> ask, CancellationToken end)
        {
            while (!end.IsCancellationRequested)
            {
                await ask();
            }
        }

        public async Task RestAsync()
        {
            var answer = await service.Rest.LookupAsync(NextAddress());
            Assert.Equal(200, answer.Status);
            var json = answer.Json;
            Check(json.GetProperty("snapshotId").GetString()!, json.GetProperty("verdict").GetString() == "hosting", json.GetProperty("score").GetInt32());
            Interlocked.Increment(ref _lookups);
        }

        public async Task RpcAsync()
        {
            var answer = await _rpc.ScoreAsync(new ScoreIpRequest { Ip = NextAddress() });
            Check(answer.Basis.SnapshotId, answer.Verdict.Kind == VerdictKind.Hosting, answer.Verdict.Score);
            Interlocked.Increment(ref _lookups);
        }

        public async Task BatchAsync()
        {
            var answer = await service.Rest.BatchAsync(Enumerable.Range(0, 500).Select(at => $"\"{Listed}{at % 256}\""));
            Assert.Equal(200, answer.Status);
            var id = answer.Json.GetProperty("snapshotId").GetString()!;
            Assert.All(answer.Json.GetProperty("results").EnumerateArray(), row => Check(id, row.GetProperty("verdict").GetString() == "hosting", row.GetProperty("score").GetInt32()));
        }

        public async Task BulkAsync()
        {
            var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, BulkLines).Select(at => $"{Listed}{at % 256}\n")));
            var answer = await service.Rest.PostAsync(lines, "text/plain", "?format=ndjson&fields=verdict,score");
            Assert.Equal(200, answer.Status);
            var rows = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(BulkLines + 1, rows.Length);
            var summary = JsonDocument.Parse(rows[^1]).RootElement;
            Assert.Equal(0, summary.GetProperty("summary").GetProperty("failed").GetInt32());
            var row = JsonDocument.Parse(Assert.Single(rows[..^1].Distinct())).RootElement; // one snapshot a job, so one row for them all
            Check(summary.GetProperty("snapshotId").GetString()!, row.GetProperty("verdict").GetString() == "hosting", row.GetProperty("score").GetInt32());
            Interlocked.Increment(ref _bulkJobs);
        }

        public void Dispose() => _rpc.Dispose();

        string NextAddress() => Listed + (Interlocked.Increment(ref _next) & 255);

        void Check(string snapshotId, bool isHosting, int score)
        {
            Assert.Contains(snapshotId, (string[])[listing, other]);
            Assert.Equal((snapshotId == listing, snapshotId == listing), (isHosting, score > 0));
            _ = snapshotId == listing ? Interlocked.Increment(ref _ofOld) : Interlocked.Increment(ref _ofNew);
        }
    }
}

/// <summary>Tests that count what the whole process holds: no others run beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
