using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

internal static class EvidenceSources
{
    /// <summary>The sources whose claims on a profile count, in the snapshot's order.</summary>
    public static IEnumerable<SourceInfo> SourcesBehind(this Judge judge, Profile profile)
    {
        var found = new SortedSet<int>();
        var claims = judge.ClaimsOf(profile.Word);
        Add(judge, profile.Word, claims.OnPrefixes, found);
        Add(judge, profile.Word, claims.OnAsn, found);
        GC.KeepAlive(judge.Snapshot);
        return found.Select(source => judge.Snapshot.Sources[source]);
    }

    static void Add(Judge judge, ProfileWord profile, ReadOnlySpan<uint> claims, SortedSet<int> found)
    {
        foreach (var index in claims)
        {
            var claim = judge.Snapshot.ClaimAt(index);
            if (judge.Weights.At((int)index, claim).Strength * judge.FactorIn(profile, claim) > 0)
            {
                found.Add(claim.Source);
            }
        }
    }
}
