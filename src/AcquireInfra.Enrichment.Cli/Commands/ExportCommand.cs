using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich export KIND</c>: the same files that the service serves.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var command = new Command("export", "Writes what exportable sources say as a file, judged at the date of the data. Equal input gives equal bytes.");
        foreach (var (export, description) in (ReadOnlySpan<(SnapshotExport, string)>)[
            (SnapshotExport.Watchlist, "CSV for a Microsoft Sentinel watchlist: hostile, anonymizing and hosting prefixes."),
            (SnapshotExport.Ranges, "CSV of all prefixes in any category."),
            (SnapshotExport.Edl, "One prefix a line for firewalls: what is of level high or critical."),
            (SnapshotExport.Mmdb, "MaxMind DB of all prefixes with an ASN or a category.")])
        {
            command.Subcommands.Add(Create(export, description));
        }
        return command;
    }

    static Command Create(SnapshotExport export, string description)
    {
        var output = new Option<FileInfo?>("--out") { Description = "File to write; whole or not at all. Default: stdout.", HelpName = "FILE" };
        var judging = new JudgeOptions();
        var command = new Command(export.Name, description) { output };
        judging.AddTo(command, isTimed: false);
        command.SetAction(parsed => Run(export, judging.CreateJudge(parsed), parsed.GetValue(output)));
        return command;
    }

    static int Run(SnapshotExport export, Judge judge, FileInfo? output)
    {
        if (output is null)
        {
            using var stdout = Console.OpenStandardOutput();
            export.Write(judge, stdout);
        }
        else
        {
            DatabaseFile.Write(output.FullName, stream => export.Write(judge, stream));
            output.Refresh();
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output.Name}: {output.Length} bytes of snapshot {judge.Snapshot.Id}"));
        }
        return Failures.Answered;
    }
}
