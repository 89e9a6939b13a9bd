using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>How a backtest counts.</summary>
/// <param name="FirstDay">Of all sign-ins.</param>
/// <param name="BaselineDays">So many days from the first one on make the baseline and raise no alerts.</param>
/// <param name="Thresholds">Scores from which the repaired rule would alert, rising.</param>
/// <param name="Top">How many reasons and principals to name.</param>
public sealed record BacktestSettings(DateOnly FirstDay, int BaselineDays, IReadOnlyList<int> Thresholds, int Top);

/// <summary>
/// What rules would have alerted on, day by day, had they been on: the seed, once for each of its groups, and the repaired score, once for
/// each principal. The baseline of a day is what successful sign-ins of the days before it came from.
/// </summary>
public sealed class Backtest(SignInScorer scorer, Judge judge, SignInSurroundings surroundings, BacktestSettings settings)
{
    readonly SortedDictionary<DateOnly, BacktestDay> _days = [];
    readonly Dictionary<string, (int Alerts, long Points)> _reasons = new(StringComparer.Ordinal);
    readonly Dictionary<string, BacktestPrincipal> _principals = new(StringComparer.Ordinal);

    /// <summary>Adds sign-ins of some principals: all that there are of each, in any order.</summary>
    public void Add(IReadOnlyList<SignIn> signIns, CancellationToken cancelled = default)
    {
        var seen = new Dictionary<string, List<SeenNetwork>>(StringComparer.Ordinal);
        foreach (var day in signIns.GroupBy(DayOf).OrderBy(day => day.Key))
        {
            var baseline = new Baseline(day.Select(signIn => signIn.Principal).Distinct(StringComparer.Ordinal)
                .Where(seen.ContainsKey).Select(principal => new KeyValuePair<string, IReadOnlyList<SeenNetwork>>(principal, seen[principal])));
            var scores = scorer.Score([.. day], surroundings with { Baseline = baseline }, judge, cancelled);
            Count(day.Key, scores);
            foreach (var score in scores)
            {
                Learn(score, seen);
            }
        }
    }

    public BacktestReport Report(int rejected, IReadOnlyList<string> missingColumns)
    {
        var counted = _days.Where(day => !day.Value.IsBaseline).Select(day => day.Value).ToList();
        double PerDay(double alerts) => counted.Count == 0 ? 0 : Math.Round(alerts / counted.Count, 2);
        var thresholds = settings.Thresholds.Select((threshold, at) => new BacktestThreshold(
            threshold, counted.Sum(day => day.Alerts[at]), PerDay(counted.Sum(day => day.Alerts[at])), counted.Select(day => day.Alerts[at]).DefaultIfEmpty(0).Max())).ToList();
        var seed = new BacktestThreshold(
            SeedRule.AlertsFrom, counted.Sum(day => day.SeedAlerts), PerDay(counted.Sum(day => day.SeedAlerts)), counted.Select(day => day.SeedAlerts).DefaultIfEmpty(0).Max());
        return new(
            _days.Values.Sum(day => (long)day.SignIns), rejected, counted.Count, missingColumns, seed, thresholds, [.. _days.Values],
            [.. _reasons.OrderByDescending(pair => pair.Value.Points).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(settings.Top)
                .Select(pair => new BacktestReason(pair.Key, pair.Value.Alerts, pair.Value.Points))],
            [.. _principals.Values.OrderByDescending(row => row.MaxScore).ThenByDescending(row => row.Alerts).ThenBy(row => row.Principal, StringComparer.Ordinal).Take(settings.Top)],
            judge.Snapshot.Id, judge.PolicyVersion, scorer.PolicyVersion, judge.At.UtcDateTime);
    }

    static DateOnly DayOf(SignIn signIn) => DateOnly.FromDateTime(signIn.At!.Value.UtcDateTime);

    void Count(DateOnly date, IReadOnlyList<PrincipalScore> scores)
    {
        if (!_days.TryGetValue(date, out var day))
        {
            day = new(date, date.DayNumber < settings.FirstDay.DayNumber + settings.BaselineDays, new int[settings.Thresholds.Count]);
            _days.Add(date, day);
        }
        day.Principals += scores.Count;
        foreach (var score in scores)
        {
            day.SignIns += score.SignIns.Count;
            day.SeedAlerts += SeedMatch.AlertsOf(score.SignIns);
            for (var at = 0; at < settings.Thresholds.Count; at++)
            {
                day.Alerts[at] += score.Score >= settings.Thresholds[at] ? 1 : 0;
            }
            if (!day.IsBaseline && score.Score >= settings.Thresholds[0])
            {
                Name(score);
            }
        }
    }

    void Name(PrincipalScore score)
    {
        foreach (var reason in score.Reasons.GroupBy(reason => reason.Reason, StringComparer.Ordinal))
        {
            var (alerts, points) = _reasons.GetValueOrDefault(reason.Key);
            _reasons[reason.Key] = (alerts + 1, points + reason.Sum(part => part.Points));
        }
        var known = _principals.GetValueOrDefault(score.Principal) ?? new(score.Principal, 0, "", 0, []);
        _principals[score.Principal] = score.Score > known.MaxScore
            ? new(score.Principal, score.Score, score.Disposition.Word(), known.Alerts + 1, [.. score.Reasons.Select(reason => reason.Reason).Distinct().Take(5)])
            : known with { Alerts = known.Alerts + 1 };
    }

    static void Learn(PrincipalScore score, Dictionary<string, List<SeenNetwork>> seen)
    {
        foreach (var one in score.SignIns.Where(one => one.Outcome == SignInOutcomes.Success && one.Facts.IsJudged).OrderBy(one => one.At))
        {
            if (!seen.TryGetValue(score.Principal, out var networks))
            {
                seen.Add(score.Principal, networks = []);
            }
            var isThere = networks.Exists(network => network.Asn == one.Facts.Asn && network.Provider.Equals(one.Facts.Provider, StringComparison.OrdinalIgnoreCase));
            if (!isThere && networks.Count < SignInBatch.MaxNetworks && (one.Facts.Asn != 0 || one.Facts.Provider.Length > 0))
            {
                networks.Add(new(one.Facts.Provider, one.Facts.Asn, one.At, null));
            }
        }
    }
}

/// <summary>What a backtest found.</summary>
/// <param name="Rejected">Rows that cannot be read.</param>
/// <param name="CountedDays">Days with sign-ins behind those of the baseline.</param>
/// <param name="MissingColumns">Columns that would tell more.</param>
/// <param name="Seed">Alerts of the seed as it was given.</param>
/// <param name="TopReasons">By the points that they gave to alerts at the lowest threshold.</param>
public sealed record BacktestReport(
    long SignIns, int Rejected, int CountedDays, IReadOnlyList<string> MissingColumns, BacktestThreshold Seed, IReadOnlyList<BacktestThreshold> Thresholds,
    IReadOnlyList<BacktestDay> Days, IReadOnlyList<BacktestReason> TopReasons, IReadOnlyList<BacktestPrincipal> TopPrincipals, string SnapshotId,
    string PolicyVersion, string SignInPolicyVersion, DateTime JudgedAt);

/// <summary>Alerts from a score on.</summary>
/// <param name="PerDay">Of the days that count.</param>
/// <param name="MostOnADay">Of them.</param>
public sealed record BacktestThreshold(int Threshold, int Alerts, double PerDay, int MostOnADay);

/// <summary>One UTC day.</summary>
/// <param name="IsBaseline">Whether it only makes the baseline; its alerts are what would have been, and count nowhere.</param>
/// <param name="Alerts">By threshold.</param>
public sealed record BacktestDay(DateOnly Date, bool IsBaseline, int[] Alerts)
{
    public int SignIns { get; internal set; }

    public int Principals { get; internal set; }

    public int SeedAlerts { get; internal set; }
}

/// <param name="Alerts">At the lowest threshold, to which it added.</param>
public sealed record BacktestReason(string Reason, int Alerts, long Points);

/// <param name="Alerts">Days on which it reached the lowest threshold.</param>
/// <param name="Reasons">Of its highest score, the weightiest first.</param>
public sealed record BacktestPrincipal(string Principal, int MaxScore, string Disposition, int Alerts, IReadOnlyList<string> Reasons);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BacktestReport))]
public sealed partial class BacktestJson : JsonSerializerContext;
