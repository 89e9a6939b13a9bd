using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Tests.Snapshots;

public sealed class SnapshotHolderTests
{
    [Fact]
    public void NextSwap_TakenBeforeASwap_EndsWithItAndOnlyThen()
    {
        var holder = new SnapshotHolder();
        var first = holder.NextSwap;
        Assert.False(first.IsCompleted);
        holder.Swap(Compile());
        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(holder.NextSwap.IsCompleted);
    }

    [Fact]
    public void Announce_SameSnapshot_WakesWhoWaits()
    {
        var holder = new SnapshotHolder();
        var next = holder.NextSwap;
        holder.Announce();
        Assert.True(next.IsCompletedSuccessfully);
        Assert.False(holder.NextSwap.IsCompleted);
        Assert.Null(holder.Current);
    }

    // A follower that takes the signal first and reads then ends up at the newest, however many swaps fall between.
    [Fact]
    public async Task NextSwap_SwapsUnderAFollower_TheLastOneIsSeen()
    {
        var holder = new SnapshotHolder();
        var snapshots = Enumerable.Range(0, 50).Select(_ => Compile()).ToList();
        var follower = Task.Run(async () =>
        {
            while (true)
            {
                var next = holder.NextSwap;
                if (holder.Current == snapshots[^1])
                {
                    return;
                }
                await next;
            }
        }, TestContext.Current.CancellationToken);
        foreach (var snapshot in snapshots)
        {
            holder.Swap(snapshot);
            await Task.Yield();
        }
        await follower.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    static Snapshot Compile()
    {
        using var file = new TemporaryFile(TestSources.Compile(TestSources.Prefixes("list", "vpn", "192.0.2.0/24\n")));
        return Snapshot.Open(file.Path);
    }
}
