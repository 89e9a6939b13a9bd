using System.CommandLine;
using AcquireInfra.Enrichment.Cli.Output;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich classify &lt; ips.txt &gt; out.csv</c>: any number of addresses, one row each, in order, in flat memory.</summary>
internal static class ClassifyCommand
{
    public static Command Create()
    {
        var input = new Argument<FileInfo?>("FILE")
        {
            Description = "Addresses, one a line; blank lines are passed over. Default: standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Failures.RefuseUnknownOptions(input);
        var format = new Option<string>("--format") { Description = "csv or ndjson.", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong("csv", "ndjson");
        var judging = new JudgeOptions();
        var command = new Command("classify", "Classifies addresses in bulk: one row each on standard output, in order, duplicates kept.")
        {
            input, format,
        };
        judging.AddTo(command);
        command.SetAction((parsed, cancelled) => RunAsync(parsed, parsed.GetValue(input), parsed.GetValue(format)!, judging, cancelled));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, FileInfo? file, string format, JudgeOptions judging, CancellationToken cancelled)
    {
        var renderer = new RowRenderer(judging.CreateJudge(parsed), format == "csv" ? RowFormat.Csv : RowFormat.Ndjson);
        await using var from = file is null ? Console.OpenStandardInput() : file.OpenRead();
        await using var to = Console.OpenStandardOutput();
        var (total, bad) = await new BulkClassifier(renderer).RunAsync(from, to, cancelled);
        if (bad > 0)
        {
            await Console.Error.WriteLineAsync($"enrich: {bad} of {total} lines are no addresses; their rows say why.");
        }
        return bad > 0 ? Failures.SomeInputBad : Failures.Answered;
    }
}
