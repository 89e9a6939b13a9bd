using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Verdicts;
using Spectre.Console;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich sources</c>: what a snapshot was made of, how old each part is, and what nothing covers.</summary>
internal static class SourcesCommand
{
    public static Command Create()
    {
        var judging = new JudgeOptions();
        var command = new Command("sources", "Lists the sources of a snapshot: age, entries, faults, licence, and the categories that nothing covers.");
        judging.AddTo(command);
        command.SetAction(parsed => Run(judging.CreateJudge(parsed)));
        return command;
    }

    static int Run(Judge judge)
    {
        var table = new Table().AddColumns("source", "categories", "families", "as of", "age", "entries", "faults", "reliability", "licence");
        foreach (var source in judge.Snapshot.Sources)
        {
            var age = judge.At - source.AsOf;
            table.AddRow(
                source.Id,
                Markup.Escape(string.Join(' ', source.Categories.Count > 0 ? source.Categories : [source.Kind.ToString()])),
                (source.IPv4 ? "4" : "") + (source.IPv6 ? "6" : ""),
                source.AsOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{Math.Max(age.TotalDays, 0):F0} d"),
                source.Entries.ToString(CultureInfo.InvariantCulture),
                source.Faults.ToString(CultureInfo.InvariantCulture),
                source.Reliability.ToString("F2", CultureInfo.InvariantCulture),
                Markup.Escape(source.Licence));
        }
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 240; // a file or a pipe has no edge to wrap at
        }
        AnsiConsole.Write(table);
        foreach (var (family, isIPv6) in (ReadOnlySpan<(string, bool)>)[("IPv4", false), ("IPv6", true)])
        {
            var uncovered = judge.UncoveredAnywhere(isIPv6).Select(category => category.Word()).ToList();
            Console.Out.WriteLine($"{family}: {(uncovered.Count == 0 ? "every category is covered" : "no fresh source covers " + string.Join(", ", uncovered))}.");
        }
        return Failures.Answered;
    }
}
