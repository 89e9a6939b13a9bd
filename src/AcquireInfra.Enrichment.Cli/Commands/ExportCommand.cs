using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Sentinel.Sigma;
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
            command.Subcommands.Add(Create(export.Name, description, _ => export.Write));
        }
        command.Subcommands.Add(CreateSigma());
        return command;
    }

    static Command CreateSigma()
    {
        var most = new Option<int>("--most")
        {
            Description = $"Prefixes that the rule lists at most, the widest first. Default: {SigmaRule.DefaultMostPrefixes}.",
            DefaultValueFactory = _ => SigmaRule.DefaultMostPrefixes,
            HelpName = "COUNT",
        };
        most.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 4 or > 10_000)
            {
                result.AddError("--most is 4 to 10000.");
            }
        });
        var command = Create(
            "sigma", "Sigma rule of sign-ins from the widest prefixes of VPNs, proxies, Tor and bulletproof hosters.",
            parsed => (judge, stream) => SigmaRule.Write(judge, SigmaRule.DefaultCategories, parsed.GetValue(most), stream));
        command.Options.Add(most);
        return command;
    }

    static Command Create(string name, string description, Func<ParseResult, Action<Judge, Stream>> writerOf)
    {
        var output = new Option<FileInfo?>("--out") { Description = "File to write; whole or not at all. Default: stdout.", HelpName = "FILE" };
        var judging = new JudgeOptions();
        var command = new Command(name, description) { output };
        judging.AddTo(command, isTimed: false);
        command.SetAction(parsed => Run(writerOf(parsed), judging.CreateJudge(parsed), parsed.GetValue(output)));
        return command;
    }

    static int Run(Action<Judge, Stream> write, Judge judge, FileInfo? output)
    {
        if (output is null)
        {
            using var stdout = Console.OpenStandardOutput();
            write(judge, stdout);
        }
        else
        {
            DatabaseFile.Write(output.FullName, stream => write(judge, stream));
            output.Refresh();
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output.Name}: {output.Length} bytes of snapshot {judge.Snapshot.Id}"));
        }
        return Failures.Answered;
    }
}
