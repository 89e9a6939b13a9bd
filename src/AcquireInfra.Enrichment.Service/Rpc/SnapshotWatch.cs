using System.Runtime.CompilerServices;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Follows the live snapshot, its policy and the overrides. Changes that come while the last one is still being sent are one: the newest.</summary>
internal sealed class SnapshotWatch(SnapshotHolder snapshots, JudgeProvider judges)
{
    /// <summary>The judge of the live snapshot at once, or of the first one when it comes; then one whenever the snapshot, the policy or the overrides are others.</summary>
    public async IAsyncEnumerable<Judge> ReadAllAsync([EnumeratorCancellation] CancellationToken cancelled)
    {
        for ((string, string, long)? sent = null; ;)
        {
            var nextSwap = snapshots.NextSwap;
            if (judges.Current is { } judge && sent != (judge.Snapshot.Id, judge.PolicyVersion, judge.Overrides.Revision))
            {
                sent = (judge.Snapshot.Id, judge.PolicyVersion, judge.Overrides.Revision);
                yield return judge;
            }
            await nextSwap.WaitAsync(cancelled);
        }
    }
}
