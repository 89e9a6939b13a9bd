using System.Globalization;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>What the seed detection as it was given would match of a principal's sign-ins, and how it would have scored them.</summary>
internal static class SeedMatch
{
    /// <returns>The highest score of the seed's groups; null where it matches nothing.</returns>
    public static int? ScoreOf(IReadOnlyList<ScoredSignIn> scored)
    {
        int? highest = null;
        foreach (var score in ScoresOf(scored))
        {
            highest = Math.Max(score, highest ?? 0);
        }
        return highest;
    }

    /// <summary>Rows of the seed's answer: it alerts on each of its groups apart.</summary>
    public static int AlertsOf(IReadOnlyList<ScoredSignIn> scored) => ScoresOf(scored).Count(score => score >= SeedRule.AlertsFrom);

    // By ASN and location, whichever the log tells: so that whoever rotates over ASNs is many.
    static IEnumerable<int> ScoresOf(IReadOnlyList<ScoredSignIn> scored) => scored
        .Where(one => SeedRule.Matches(one.SignIn.Entry.ResultType, AsnOf(one), one.SignIn.Entry.NetworkLocation, one.SignIn.Entry.RiskEventTypes, one.Facts.Address.ToString()))
        .GroupBy(one => (AsnOf(one), one.SignIn.Entry.NetworkLocation ?? ""))
        .Select(group => SeedRule.Score(new(
            group.Count(), group.Select(one => one.Facts.Address).Distinct().Count(), [.. group.Select(one => one.SignIn.Entry.AppName ?? "").Distinct(StringComparer.Ordinal)])));

    static string AsnOf(ScoredSignIn one) => (one.SignIn.Entry.Asn ?? one.Facts.Asn).ToString(CultureInfo.InvariantCulture);
}
