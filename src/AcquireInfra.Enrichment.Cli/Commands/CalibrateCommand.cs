using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Evaluation;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich calibrate SNAPSHOT</c>: which reliabilities the sources earn by agreeing with one another.</summary>
internal static class CalibrateCommand
{
    public static Command Create()
    {
        var snapshot = new Argument<FileInfo>("SNAPSHOT") { Description = "Snapshot with many sources, as 'enrich compile' makes it." };
        Failures.RefuseUnknownOptions(snapshot);
        var command = new Command(
            "calibrate",
            "Tells of each source how much of what it lists others confirm or contradict, and the reliability that this earns it. Changes nothing.")
        {
            snapshot,
        };
        command.SetAction(parsed => Run(Snapshot.Open(parsed.GetValue(snapshot)!.FullName)));
        return command;
    }

    static int Run(Snapshot snapshot)
    {
        void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

        Line($"{"source",-40} {"category",-18} {"",-4} {"blocks",9} {"agreed",8} {"the same",8} {"contra.",8} {"silent",8} {"earned",7} {"shipped",8}");
        foreach (var row in SourceAgreement.All(snapshot))
        {
            var earned = row.Reliability?.ToString("F3", CultureInfo.InvariantCulture) ?? "–";
            var shipped = row.Shipped.ToString("F2", CultureInfo.InvariantCulture) + (row.IsAuthoritative ? " *" : "");
            Line($"{row.SourceId,-40} {row.Category.Word(),-18} {(row.IsIPv6 ? "IPv6" : "IPv4"),-4} {row.Blocks,9:F0} {row.Agreed / row.Blocks,8:P1} {row.Same / row.Blocks,8:P1} {row.Contradicted / row.Blocks,8:P1} {row.Silent / row.Blocks,8:P1} {earned,7} {shipped,8}");
        }
        Line($"* authoritative: what it lists is so because it says so");
        return Failures.Answered;
    }
}
