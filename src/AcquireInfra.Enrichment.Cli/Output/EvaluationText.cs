using System.Globalization;
using AcquireInfra.Enrichment.Evaluation;

namespace AcquireInfra.Enrichment.Cli.Output;

/// <summary>An evaluation for a person at a terminal.</summary>
internal static class EvaluationText
{
    public static void Write(EvaluationReport report, TextWriter destination)
    {
        void Line(FormattableString text) => destination.WriteLine(text.ToString(CultureInfo.InvariantCulture));

        Line($"{report.Addresses} addresses, snapshot {report.SnapshotId[..12]}, policy {report.PolicyVersion}, judged at {report.At:yyyy-MM-ddTHH:mmZ}");
        Line($"");
        Line($"{"label",-34} {"addresses",9} {"own category",12} {"accused",9} {"unknown",9} {"special",8}");
        foreach (var row in report.Labels.Concat(report.BySource))
        {
            var name = row.Source.Length == 0 ? row.Label : $"  {row.Label}, {row.Source}";
            Line($"{name,-34} {row.Addresses,9} {Percent(row.Recall),12} {Percent(row.AccusedShare),9} {row.Unknown,9} {row.Special,8}");
        }
        Line($"");
        Line($"{"category",-18} {"recall",9} {"precision",9} {"on ordinary lines",18}");
        foreach (var row in report.Categories)
        {
            var onOrdinary = string.Create(CultureInfo.InvariantCulture, $"{row.OnOrdinaryLines} of {row.OrdinaryLines} {Percent(row.FalsePositives)}");
            Line($"{row.Category,-18} {Percent(row.Recall),9} {Percent(row.Precision),9} {onOrdinary,18}");
        }
        Line($"");
        Line($"verdicts by label");
        foreach (var row in report.Confusion)
        {
            Line($"{row.Label,-18} {Counts(row.Verdicts)}");
            Line($"{"",-18} {Counts(row.Categories)}");
        }
        Line($"");
        Line($"{"believed",-18} {"tenth",11} {"addresses",9} {"mean",6} {"observed",8}");
        foreach (var row in report.Reliability)
        {
            Line($"{row.Category,-18} {row.From,5:F1}–{row.To,-5:F1} {row.Addresses,9} {row.MeanProbability,6:F2} {row.Observed,8:F2}");
        }
        Line($"");
        Line($"most wrong verdicts");
        foreach (var row in report.Worst)
        {
            Line($"{row.Label,-18} {row.Wrong,6} of {row.Addresses,-6} {(row.Asn == 0 ? "no ASN" : $"AS{row.Asn}")} {row.Name} ({row.Role})");
        }
    }

    static string Percent(double? share) => share is { } value ? value.ToString("P2", CultureInfo.InvariantCulture) : "–";

    static string Counts(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "–" : string.Join(", ", counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}")));
}
