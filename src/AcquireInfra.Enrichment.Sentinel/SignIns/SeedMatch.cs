using System.Globalization;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>What the seed detection as it was given would match of a principal's sign-ins, and how it would have scored them.</summary>
internal static class SeedMatch
{
    /// <returns>The highest score of the seed's groups, which are by ASN and location; null where it matches nothing.</returns>
    public static int? ScoreOf(IEnumerable<ScoredSignIn> scored) => ScoreOf(scored.Select(one => new SeedRow(
        one.SignIn.Entry, AsnText(one), one.Facts.Address.ToString())));

    public static int? ScoreOf(IEnumerable<SeedRow> rows)
    {
        int? highest = null;
        foreach (var group in rows.Where(Matches).GroupBy(row => (row.Asn, row.Entry.NetworkLocation)))
        {
            var score = SeedRule.Score(new(
                group.Count(), group.Select(row => row.Address).Distinct(StringComparer.Ordinal).Count(),
                [.. group.Select(row => row.Entry.AppName ?? "").Distinct(StringComparer.Ordinal)]));
            highest = Math.Max(score, highest ?? 0);
        }
        return highest;
    }

    static bool Matches(SeedRow row) => SeedRule.Matches(row.Entry.ResultType, row.Asn, row.Entry.NetworkLocation, row.Entry.RiskEventTypes, row.Address);

    static string AsnText(ScoredSignIn one) => (one.SignIn.Entry.Asn ?? one.Facts.Asn).ToString(CultureInfo.InvariantCulture);
}

/// <summary>What the seed looks at.</summary>
internal readonly record struct SeedRow(SignInEntry Entry, string Asn, string Address);
