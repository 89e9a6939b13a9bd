using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Sentinel.SignIns;

namespace AcquireInfra.Enrichment.Cli.Output;

/// <summary>A backtest for a person at a terminal, and its days as a table.</summary>
internal static class BacktestText
{
    public static void Write(BacktestReport report, TextWriter destination)
    {
        void Line(FormattableString text) => destination.WriteLine(text.ToString(CultureInfo.InvariantCulture));

        Line($"{report.SignIns} sign-ins, {report.CountedDays} days behind the baseline, snapshot {report.SnapshotId[..12]}, policies {report.PolicyVersion} and {report.SignInPolicyVersion}, judged at {report.JudgedAt:yyyy-MM-ddTHH:mmZ}");
        Line($"");
        Line($"{"rule",-18} {"alerts",8} {"a day",9} {"most",7}");
        Line($"{$"seed from {report.Seed.Threshold}",-18} {report.Seed.Alerts,8} {report.Seed.PerDay,9:F2} {report.Seed.MostOnADay,7}");
        foreach (var row in report.Thresholds)
        {
            Line($"{$"score from {row.Threshold}",-18} {row.Alerts,8} {row.PerDay,9:F2} {row.MostOnADay,7}");
        }
        Line($"");
        Line($"{"day",-12} {"sign-ins",9} {"principals",11} {"seed",6} {string.Join(' ', report.Thresholds.Select(row => $"{">=" + row.Threshold.ToString(CultureInfo.InvariantCulture),6}"))}");
        foreach (var day in report.Days)
        {
            var alerts = string.Join(' ', day.Alerts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count,6}")));
            Line($"{day.Date,-12:yyyy-MM-dd} {day.SignIns,9} {day.Principals,11} {day.SeedAlerts,6} {alerts}{(day.IsBaseline ? "  baseline" : "")}");
        }
        Line($"");
        Line($"{"reason",-18} {"alerts",8} {"points",8}");
        foreach (var row in report.TopReasons)
        {
            Line($"{row.Reason,-18} {row.Alerts,8} {row.Points,8}");
        }
        Line($"");
        Line($"{"score",5} {"days",5}  principal");
        foreach (var row in report.TopPrincipals)
        {
            Line($"{row.MaxScore,5} {row.Alerts,5}  {SafeText.Shown(row.Principal)}: {row.Disposition}, {string.Join(", ", row.Reasons)}");
        }
    }

    public static void WriteCsv(BacktestReport report, TextWriter destination)
    {
        destination.WriteLine($"date,isBaseline,signIns,principals,seedAlerts,{string.Join(',', report.Thresholds.Select(row => string.Create(CultureInfo.InvariantCulture, $"alertsFrom{row.Threshold}")))}");
        foreach (var day in report.Days)
        {
            destination.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{day.Date:yyyy-MM-dd},{(day.IsBaseline ? "true" : "false")},{day.SignIns},{day.Principals},{day.SeedAlerts},{string.Join(',', day.Alerts)}"));
        }
    }
}
