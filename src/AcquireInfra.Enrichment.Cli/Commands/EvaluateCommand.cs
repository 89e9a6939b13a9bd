using System.CommandLine;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Cli.Output;
using AcquireInfra.Enrichment.Evaluation;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich evaluate LABELS.tsv</c>: how the verdicts agree with what addresses are known to be.</summary>
internal static class EvaluateCommand
{
    const int ToldFaults = 10;

    public static Command Create()
    {
        var labels = new Argument<FileInfo>("LABELS")
        {
            Description = "Lines of address, label and perhaps who says so, parted by tabs; # begins a comment. "
                + $"Labels: {string.Join(", ", Label.Words)}.",
        };
        Failures.RefuseUnknownOptions(labels);
        var format = new Option<string>("--format") { Description = "text, json or csv.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json", "csv");
        var worst = new Option<int>("--worst") { Description = "How many ASNs to name for each label, those with the most wrong verdicts (0 to 1000).", DefaultValueFactory = _ => 10 };
        worst.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 0 or > 1000)
            {
                given.AddError("--worst: 0 to 1000.");
            }
        });
        var judging = new JudgeOptions();
        var command = new Command("evaluate", "Compares verdicts with labels: recall, precision, false positives, confusion, reliability, and where most is wrong.")
        {
            labels, format, worst,
        };
        judging.AddTo(command);
        command.SetAction(parsed => Run(judging.CreateJudge(parsed), parsed.GetValue(labels)!, parsed.GetValue(format)!, parsed.GetValue(worst)));
        return command;
    }

    static int Run(Judge judge, FileInfo labels, string format, int worst)
    {
        var evaluation = new Evaluation.Evaluation(judge);
        var (number, faults) = (0, 0);
        foreach (var line in File.ReadLines(labels.FullName))
        {
            number++;
            if (FaultOf(line, evaluation) is { } fault && ++faults <= ToldFaults)
            {
                Console.Error.WriteLine($"enrich: {labels.Name}:{number}: {fault}");
            }
        }
        if (faults > 0)
        {
            Console.Error.WriteLine($"enrich: {faults} lines are not counted.");
        }
        var report = evaluation.Report(worst);
        Write(report, format);
        return faults > 0 ? Failures.SomeInputBad : Failures.Answered;
    }

    static void Write(EvaluationReport report, string format)
    {
        if (format == "csv")
        {
            using var output = Console.OpenStandardOutput();
            EvaluationCsv.Write(report, output);
        }
        else if (format == "json")
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, EvaluationJson.Default.EvaluationReport));
        }
        else
        {
            EvaluationText.Write(report, Console.Out);
        }
    }

    /// <returns>What is wrong with a line; null where it was counted, or is blank or a comment.</returns>
    static string? FaultOf(string line, Evaluation.Evaluation evaluation)
    {
        if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
        {
            return null;
        }
        var fields = line.Split('\t');
        if (fields.Length < 2)
        {
            return "one field; expected address, label and perhaps a source, parted by tabs.";
        }
        if (!AddressParser.TryParse(fields[0], out var address, out var fault))
        {
            return $"the address is bad ({fault.Word()}).";
        }
        if (Label.Find(fields[1].Trim()) is not { } label)
        {
            return $"'{fields[1].Trim()}' is no label; see --help.";
        }
        evaluation.Add(address, label, fields.Length > 2 ? fields[2].Trim() : "");
        return null;
    }
}
