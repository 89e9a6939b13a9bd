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
        var inputFormat = new Option<string>("--input")
        {
            Description = "text; csv with a column \"ip\", whose lines are repeated; or ndjson: texts, or objects with \"ip\", \"id\" and \"at\".",
            DefaultValueFactory = _ => "text",
        };
        inputFormat.AcceptOnlyFromAmong("text", "csv", "ndjson");
        var fields = new Option<string?>("--fields") { Description = $"Members of a row, parted by commas: {string.Join(", ", RowFields.AllNames)}." };
        fields.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } names && !RowFields.TryParse(names, out _, out var unknown))
            {
                result.AddError($"'{unknown}' is no field; there are {string.Join(", ", RowFields.AllNames)}.");
            }
        });
        var judging = new JudgeOptions();
        var command = new Command("classify", "Classifies addresses in bulk: one row each on standard output, in order, duplicates kept.")
        {
            input, inputFormat, format, fields,
        };
        judging.AddTo(command);
        command.SetAction((parsed, cancelled) =>
        {
            RowFields? asked = parsed.GetValue(fields) is { } names && RowFields.TryParse(names, out var some, out _) ? some : null;
            var rows = new RowRenderer(judging.CreateJudge(parsed), Enum.Parse<RowFormat>(parsed.GetValue(format)!, ignoreCase: true), asked);
            return RunAsync(rows, parsed.GetValue(input), Enum.Parse<LineFormat>(parsed.GetValue(inputFormat)!, ignoreCase: true), cancelled);
        });
        return command;
    }

    static async Task<int> RunAsync(RowRenderer renderer, FileInfo? file, LineFormat format, CancellationToken cancelled)
    {
        await using var from = file is null ? Console.OpenStandardInput() : file.OpenRead();
        await using var to = Console.OpenStandardOutput();
        var progress = new ProgressLine();
        var classifier = new BulkClassifier(renderer, new(format, Parallelism: Environment.ProcessorCount), progress.Show);
        if (await classifier.RunAsync(from, to, cancelled) == BulkEnd.NoIpColumn)
        {
            throw new FormatException("The header of the CSV input has no column \"ip\".");
        }
        ProgressLine.End(classifier.Total);
        if (classifier.Failed > 0)
        {
            await Console.Error.WriteLineAsync($"enrich: {classifier.Failed} of {classifier.Total} lines are no addresses; their rows say why.");
        }
        return classifier.Failed > 0 ? Failures.SomeInputBad : Failures.Answered;
    }
}
