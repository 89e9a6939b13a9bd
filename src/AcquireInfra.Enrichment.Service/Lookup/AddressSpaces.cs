using System.Diagnostics;
using System.Runtime.CompilerServices;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>The space of every ASN, counted in the background when a snapshot goes live, and kept as long as it is.</summary>
internal sealed class AddressSpaces(SnapshotHolder snapshots, ILogger<AddressSpaces> logger) : BackgroundService
{
    readonly ConditionalWeakTable<Snapshot, Lazy<Task<AddressSpace>>> _counted = [];

    /// <summary>Who is early waits without a thread.</summary>
    public Task<AddressSpace> OfAsync(Snapshot snapshot, CancellationToken cancelled) =>
        _counted.GetValue(snapshot, counted => new(() => Task.Run(() => Count(counted)))).Value.WaitAsync(cancelled);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var nextSwap = snapshots.NextSwap;
            if (snapshots.Current is { } snapshot)
            {
                await OfAsync(snapshot, stoppingToken);
            }
            await nextSwap.WaitAsync(stoppingToken);
        }
    }

    AddressSpace Count(Snapshot snapshot)
    {
        var began = Stopwatch.GetTimestamp();
        var space = new AddressSpace(snapshot);
        var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        Log.SpaceCounted(logger, snapshot.Id, milliseconds);
        return space;
    }
}
