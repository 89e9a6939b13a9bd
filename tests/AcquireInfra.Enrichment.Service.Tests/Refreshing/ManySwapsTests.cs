using System.Diagnostics;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>A service that swaps for as long as years of refreshes do: what it maps and holds open does not grow.</summary>
public sealed class ManySwapsTests
{
    const int Uncollected = 1_000; // what no collection has come round to yet; some 300 were seen, of 500 swaps as of 10,000

    [Theory, InlineData(500)]
    public Task Swap_ManyTimes_LeavesMappingsAndHandlesFlat(int swaps) => SwapAsync(swaps);

    [Theory, Trait("Length", "long"), InlineData(10_000)]
    public Task Swap_TenThousandTimes_LeavesMappingsAndHandlesFlat(int swaps) => SwapAsync(swaps);

    static async Task SwapAsync(int swaps)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Mappings and handles are counted in /proc.");
        using var folder = new TemporaryFolder();
        string[] files = [SmallData.CompileFile(folder, "192.0.2.0/24\n"), SmallData.CompileFile(folder, "192.0.2.0/25\n")];
        await using var service = await SmallData.StartAsync(folder);
        using var rpc = new RpcClient(service);
        using var watcher = rpc.Watch();
        var (live, most) = (service.Services.GetRequiredService<LiveSnapshot>(), 0);
        var (mappings, handles, began) = (MappingsIn(folder), HandlesIn(folder), Stopwatch.GetTimestamp());
        for (var swap = 1; swap <= swaps; swap++)
        {
            live.MakeLive(Snapshot.Open(files[swap % 2]), began); // opened anew each time, as what was compiled is
            if (swap % 50 == 0)
            {
                most = Math.Max(most, MappingsIn(folder));
                Assert.Equal($"192.0.2.0/{24 + swap % 2}", (await service.Rest.LookupAsync("192.0.2.1")).Json.GetProperty("network").GetString());
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{swaps} swaps in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s: at most {most} mappings; after a collection {MappingsAfterCollection(folder)} (before {mappings}), handles {HandlesIn(folder)} (before {handles})");
        Assert.InRange(MappingsAfterCollection(folder), 1, mappings + 2); // the live one, and what a request has just read
        Assert.InRange(HandlesIn(folder), 0, handles);
        Assert.InRange(most, 1, Uncollected);
    }

    static int MappingsAfterCollection(TemporaryFolder folder)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return MappingsIn(folder);
    }

    // Other tests of this process map files of their own.
    static int MappingsIn(TemporaryFolder folder) => File.ReadLines("/proc/self/maps").Count(line => line.Contains(folder.Path, StringComparison.Ordinal));

    static int HandlesIn(TemporaryFolder folder) => Directory.GetFiles("/proc/self/fd").Count(handle => TargetOf(handle)?.StartsWith(folder.Path, StringComparison.Ordinal) == true);

    static string? TargetOf(string handle)
    {
        try
        {
            return File.ResolveLinkTarget(handle, returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null; // closed meanwhile
        }
    }
}
