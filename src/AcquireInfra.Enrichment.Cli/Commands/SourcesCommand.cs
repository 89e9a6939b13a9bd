using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Verdicts;
using Spectre.Console;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich sources</c>: what a snapshot was made of, how old each part is, what nothing covers, and how refreshes went.</summary>
internal static class SourcesCommand
{
    public static Command Create()
    {
        var judging = new JudgeOptions();
        var command = new Command("sources", "Lists the sources of a snapshot: age, entries, faults, licence, and the categories that nothing covers.");
        judging.AddTo(command);
        var sources = StateOptions.Manifest();
        command.Options.Add(sources);
        command.SetAction(parsed =>
        {
            Write(judging.CreateJudge(parsed));
            WriteStates(judging.DataIn(parsed).LocateSources(parsed.GetValue(sources)?.FullName).Sources, new FeedStore(judging.StateFolderIn(parsed)));
            return Failures.Answered;
        });
        command.Subcommands.Add(AcceptCommand.Create());
        return command;
    }

    static void Write(Judge judge)
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
    }

    /// <summary>The sources that were refreshed once, and what is held of them.</summary>
    static void WriteStates(IReadOnlyList<LocatedSource> sources, FeedStore store)
    {
        foreach (var (id, state) in sources.Where(source => source.Entry.IsRefreshed).Select(source => (source.Entry.Id, store.StateOf(source.Entry))))
        {
            if (state.LastAttemptAt is { } attempt)
            {
                var problem = state.Problem is null ? "" : $", failed {state.Failures} times: {state.Problem}: {state.ProblemDetail}";
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id}: refreshed {attempt:yyyy-MM-ddTHH:mmZ}, next {state.NextDueAt:yyyy-MM-ddTHH:mmZ}{problem}"));
            }
            if (state.Held is { } held)
            {
                Console.Out.WriteLine($"    held {held.Version.Hash}: {string.Join("; ", held.Faults.Select(fault => $"{fault.Reason.Word()}: {fault.Detail}"))}");
            }
        }
    }
}
