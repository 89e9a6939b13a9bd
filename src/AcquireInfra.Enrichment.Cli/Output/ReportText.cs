using System.Globalization;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Output;

/// <summary>Verdicts for a person at a terminal.</summary>
internal static class ReportText
{
    public static void Write(IReadOnlyList<VerdictReport> reports, Judge judge, TextWriter destination)
    {
        foreach (var report in reports)
        {
            WriteOne(report, destination, indent: "");
            destination.WriteLine();
        }
        destination.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"snapshot {judge.Snapshot.Id}, policy {judge.PolicyVersion}, judged at {judge.At:yyyy-MM-ddTHH:mmZ}"));
    }

    static void WriteOne(VerdictReport report, TextWriter destination, string indent)
    {
        var verdict = report.Verdict;
        void Line(FormattableString text) => destination.WriteLine(indent + text.ToString(CultureInfo.InvariantCulture));

        Line(verdict.IsSpecial
            ? $"{report.Address}  {verdict.Kind.Word()}"
            : (FormattableString)$"{report.Address}  {verdict.Kind.Word()}  score {verdict.Score} ({verdict.Level.Word()})  confidence {verdict.Confidence}");
        Line($"  {report.Reason}");
        if (report.Asn is { } asn)
        {
            Line($"  {asn.Asn} {asn.Name}  role {asn.Role.Word()} ({asn.Basis.Word()})  network {report.Network}");
        }
        if (report.Categories.Count > 0)
        {
            Line($"  categories: {string.Join(", ", report.Categories.Select(category => category.Word()))}");
        }
        foreach (var row in report.Points)
        {
            Line($"  {row.Points,3} points  {row.Category.Word()}  p {row.Probability:F2}  score without it {row.WithoutIt}");
            foreach (var evidence in row.Evidence)
            {
                var place = evidence.Prefix?.ToString() ?? $"all of {evidence.Asn}";
                Line($"              {evidence.Source.Id}  {place}  {evidence.Provider}  {evidence.LastSeenAt:yyyy-MM-dd}  strength {evidence.Strength:F2}");
            }
        }
        if (report.Override is { Points: > 0 } lifted)
        {
            Line($"  {lifted.Points,3} points  by an override");
        }
        foreach (var applied in report.Override?.Match.Applied ?? [])
        {
            Line($"  override {applied.Id}: {applied.Effect.Word()}{(applied.Tag is null ? "" : " " + applied.Tag)} on {applied.Target}, by {applied.Owner}, until {applied.ExpiresAt:yyyy-MM-ddTHH:mm:ssZ}");
        }
        foreach (var warning in report.Warnings)
        {
            Line($"  warning: {warning}");
        }
        if (report.Embedded is { } inside)
        {
            Line($"  inside it, by {inside.Scheme}:");
            WriteOne(inside.Report, destination, indent + "    ");
        }
    }
}
