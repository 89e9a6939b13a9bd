using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

internal static class EvidenceSources
{
    /// <summary>The sources whose claims on a profile count, in the snapshot's order.</summary>
    public static IEnumerable<SourceInfo> SourcesBehind(this Judge judge, Profile profile)
    {
        var found = new SortedSet<int>();
        var claims = judge.ClaimsOf(profile.Word);
        Add(judge, claims.OnPrefixes, found, static _ => true);
        var isCarrier = judge.IsCarrier(profile.Word);
        Add(judge, claims.OnAsn, found, claim => !isCarrier || judge.SpeaksForCarrier(profile.Word, claim));
        GC.KeepAlive(judge.Snapshot);
        return found.Select(source => judge.Snapshot.Sources[source]);
    }

    static void Add(Judge judge, ReadOnlySpan<uint> claims, SortedSet<int> found, Func<Claim, bool> counts)
    {
        foreach (var index in claims)
        {
            var claim = judge.Snapshot.ClaimAt(index);
            if (counts(claim) && judge.Weights.At((int)index, claim).Strength > 0)
            {
                found.Add(claim.Source);
            }
        }
    }
}
