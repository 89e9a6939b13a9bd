using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.History;

/// <summary>
/// The judges of past times, by the snapshots that are kept, and the policies and overrides of then: what they say is what was said then, byte by byte.
/// </summary>
/// <param name="overrides">Null where there are none.</param>
internal sealed class PastJudges(SnapshotHistory history, SnapshotHolder live, OverrideStore? overrides = null)
{
    // Opening one takes a twentieth of a second; open, it takes address space and what of it is read.
    const int MaxOpen = 32;

    const int MaxJudges = 256;

    readonly Lock _opening = new();
    readonly List<Snapshot> _open = []; // the one used last comes last
    readonly Dictionary<string, Policy> _policies = [];
    readonly ConcurrentDictionary<(LivePeriod Period, long Hour, long OverridesRevision, string? Caveat), Judge> _judges = [];

    /// <summary>
    /// The judge of what was live at a time. Where that is not kept, of what was live before it, or else of the oldest that is; its
    /// verdicts warn of it.
    /// </summary>
    /// <returns>Null where nothing is known of the past.</returns>
    public Judge? Near(DateTimeOffset at)
    {
        var periods = history.Periods;
        var index = SnapshotHistory.IndexOf(periods, at);
        if (periods.Count == 0 || (index == periods.Count - 1 && periods[index].SnapshotId != live.Current?.Id))
        {
            return null; // the present
        }
        for (var earlier = index; earlier >= 0; earlier--)
        {
            if (periods[earlier].DeletedBecause is null && TryMake(periods[earlier], at, earlier == index ? null : Sentence("What was live then is no longer kept", periods[earlier])) is { } judge)
            {
                return judge;
            }
        }
        for (var later = index + 1; later < periods.Count; later++)
        {
            if (periods[later].DeletedBecause is null && TryMake(periods[later], at, Sentence("Nothing of that time is kept", periods[later])) is { } judge)
            {
                return judge;
            }
        }
        return null;
    }

    /// <summary>The judge of what was live at a time, or why there is none.</summary>
    public bool TryGetExact(DateTimeOffset at, [NotNullWhen(true)] out Judge? judge, [NotNullWhen(false)] out string? missing)
    {
        var periods = history.Periods;
        var index = SnapshotHistory.IndexOf(periods, at);
        judge = index < 0 ? null : TryMake(periods[index], at, caveat: null);
        missing = judge is not null ? null
            : index < 0 ? $"No snapshot was live at {UtcTime.Text(at)} that is known here. {Kept(periods)}"
            : $"Snapshot {periods[index].SnapshotId}, which was live at {UtcTime.Text(at)}, is not kept{Why(periods[index])}. {Kept(periods)}";
        return judge is not null;
    }

    /// <summary>The judge of a period as it began; null where it is not kept.</summary>
    public Judge? OfBeginning(LivePeriod period) => Make(period, period.From, overrides?.AsOf(period.From) ?? OverrideSet.Empty, caveat: null);

    /// <summary>A snapshot that is kept; null where it is not, or is damaged.</summary>
    public Snapshot? Open(string snapshotId)
    {
        if (live.Current is { } current && current.Id == snapshotId)
        {
            return current;
        }
        lock (_opening)
        {
            var at = _open.FindIndex(snapshot => snapshot.Id == snapshotId);
            var opened = at >= 0 ? _open[at] : Read(snapshotId);
            if (at >= 0)
            {
                _open.RemoveAt(at);
            }
            if (opened is null || !history.IsKept(snapshotId))
            {
                return null; // one that was deleted is mapped still, and is not to be read
            }
            _open.Add(opened);
            if (_open.Count > MaxOpen)
            {
                _open.RemoveAt(0);
            }
            return opened;
        }
    }

    /// <summary>Lets go of what is deleted.</summary>
    public void Forget()
    {
        _judges.Clear();
        lock (_opening)
        {
            _open.RemoveAll(snapshot => !history.IsKept(snapshot.Id));
        }
    }

    Judge? TryMake(LivePeriod period, DateTimeOffset at, string? caveat)
    {
        var inForce = overrides?.AsOf(at) ?? OverrideSet.Empty;
        var key = (period, at.UtcTicks / TimeSpan.TicksPerHour, inForce.Revision, caveat);
        if (_judges.TryGetValue(key, out var known))
        {
            return known;
        }
        if (Make(period, at, inForce, caveat) is not { } judge)
        {
            return null;
        }
        if (_judges.Count >= MaxJudges)
        {
            _judges.Clear();
        }
        return _judges.GetOrAdd(key, judge);
    }

    Judge? Make(LivePeriod period, DateTimeOffset at, OverrideSet inForce, string? caveat) =>
        period.DeletedBecause is null && Open(period.SnapshotId) is { } snapshot && PolicyOf(period.PolicyId) is { } policy
            ? new Judge(snapshot, policy, at, remember: false, inForce) { Caveat = caveat }
            : null;

    Snapshot? Read(string snapshotId)
    {
        try
        {
            return Snapshot.Open(history.PathOf(snapshotId));
        }
        catch (Exception exception) when (exception is SnapshotException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    Policy? PolicyOf(string policyId)
    {
        lock (_opening)
        {
            if (!_policies.TryGetValue(policyId, out var policy))
            {
                try
                {
                    _policies[policyId] = policy = Policy.Parse(history.PolicyOf(policyId));
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
                {
                    return null;
                }
            }
            return policy;
        }
    }

    static string Sentence(string what, LivePeriod period) => $"{what}; judged by snapshot {period.SnapshotId}, which was live from {UtcTime.Text(period.From)}.";

    static string Why(LivePeriod period) => period.DeletedBecause is { } because ? $": {because}" : "";

    string Kept(IReadOnlyList<LivePeriod> periods) =>
        periods.FirstOrDefault(period => history.IsKept(period.SnapshotId)) is { } oldest
            ? $"The oldest that is kept was live from {UtcTime.Text(oldest.From)}; GET /v1/snapshots lists all."
            : "None is kept.";
}
