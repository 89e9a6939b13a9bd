using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Cli.Output;
using AcquireInfra.Enrichment.Sentinel.SignIns;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich backtest signins.csv</c>: how many alerts a day rules on sign-ins would have raised, before they are switched on.</summary>
internal static class BacktestCommand
{
    const int ToldFaults = 10;

    static readonly Argument<FileInfo?> Input = new("FILE")
    {
        Description = "CSV export of SigninLogs or its sisters, with the columns' own names; rows in any order. Default: standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    static readonly Option<int> BaselineDays = new("--baseline-days")
    {
        Description = "So many days from the first one on make the baseline and count for no alerts (0 to 365).",
        DefaultValueFactory = _ => 14,
        HelpName = "N",
    };

    static readonly Option<int[]> Thresholds = new("--threshold")
    {
        Description = "Scores from which the rule would alert, 1 to 100. Default: those from which the policy says watch, triage and contain.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "SCORE",
    };

    static readonly Option<string> Format = new("--format") { Description = "text, json or csv (a row a day).", DefaultValueFactory = _ => "text" };

    static readonly Option<int> Top = new("--top") { Description = "How many reasons and principals to name (0 to 1000).", DefaultValueFactory = _ => 10, HelpName = "N" };

    static readonly Option<FileInfo?> Privileged = new("--privileged")
    {
        Description = "Principals with a privileged role, one a line, as the CSV names them; the log does not tell. Default: none.",
        HelpName = "FILE",
    };

    static readonly Option<string[]> Allow = new("--allow") { Description = "Prefixes that are expected, such as those of jump boxes.", AllowMultipleArgumentsPerToken = true, HelpName = "PREFIX" };

    static readonly Option<string[]> OwnEgress = new("--own-egress") { Description = "Prefixes that your own people come from.", AllowMultipleArgumentsPerToken = true, HelpName = "PREFIX" };

    static readonly Option<FileInfo?> PolicyFile = new("--signin-policy") { Description = "Constants of scoring, in place of the bundled signin-policy.json.", HelpName = "FILE" };

    public static Command Create()
    {
        Failures.RefuseUnknownOptions(Input);
        Format.AcceptOnlyFromAmong("text", "json", "csv");
        Within(BaselineDays, 0, 365);
        Within(Top, 0, 1000);
        Thresholds.Validators.Add(given =>
        {
            if (given.Tokens.Any(token => !int.TryParse(token.Value, CultureInfo.InvariantCulture, out var threshold) || threshold is < 1 or > 100))
            {
                given.AddError("--threshold: 1 to 100.");
            }
        });
        var judging = new JudgeOptions();
        var command = new Command(
            "backtest",
            "Tells how many alerts a day the seed detection and the repaired score would have raised on past sign-ins. The rows are kept in temporary files while it runs.")
        {
            Input, BaselineDays, Thresholds, Format, Top, Privileged, Allow, OwnEgress, PolicyFile,
        };
        judging.AddTo(command);
        command.SetAction((parsed, cancelled) => Task.FromResult(Run(parsed, judging, cancelled)));
        return command;
    }

    static void Within(Option<int> option, int least, int most) => option.Validators.Add(given =>
    {
        if (given.Tokens.Any(token => !int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) || number < least || number > most))
        {
            given.AddError($"{option.Name}: {least} to {most}.");
        }
    });

    static int Run(ParseResult parsed, JudgeOptions judging, CancellationToken cancelled)
    {
        var policy = SignInPolicy.Parse(parsed.GetValue(PolicyFile) is { } own ? File.ReadAllBytes(own.FullName) : judging.DataIn(parsed).ReadSignInPolicyJson());
        var surroundings = new SignInSurroundings(Baseline.Empty, new(PrefixesOf(parsed.GetValue(Allow))), new(PrefixesOf(parsed.GetValue(OwnEgress))));
        using var spool = new SignInSpool();
        var (firstDay, rejected, missing) = Spool(parsed, spool, cancelled);
        IReadOnlyList<int> thresholds = parsed.GetValue(Thresholds) is { Length: > 0 } asked
            ? [.. asked.Distinct().Order()]
            : [policy.Dispositions.Watch, policy.Dispositions.Triage, policy.Dispositions.Contain];
        var judge = judging.CreateJudge(parsed);
        var backtest = new Backtest(new SignInScorer(policy), judge, surroundings, new(firstDay, parsed.GetValue(BaselineDays), thresholds, parsed.GetValue(Top)));
        foreach (var part in spool.ReadAll())
        {
            backtest.Add(part, cancelled);
        }
        Write(backtest.Report(rejected, missing), parsed.GetValue(Format)!);
        return rejected > 0 ? Failures.SomeInputBad : Failures.Answered;
    }

    static (DateOnly FirstDay, int Rejected, IReadOnlyList<string> Missing) Spool(ParseResult parsed, SignInSpool spool, CancellationToken cancelled)
    {
        var file = parsed.GetValue(Input);
        HashSet<string> privileged = [.. parsed.GetValue(Privileged) is { } list ? File.ReadLines(list.FullName).Select(line => line.Trim().ToLowerInvariant()) : []];
        using var text = new StreamReader(file?.OpenRead() ?? Console.OpenStandardInput());
        var reader = new SigninLogsReader(text, privileged);
        if (reader.Missing.Count > 0)
        {
            Console.Error.WriteLine($"enrich: without the columns {string.Join(", ", reader.Missing)}, which would tell more.");
        }
        var (first, rejected) = (DateOnly.MaxValue, 0);
        while (reader.TryRead(out var signIn, out var wrong))
        {
            cancelled.ThrowIfCancellationRequested();
            if (signIn is null)
            {
                rejected++;
                if (rejected <= ToldFaults)
                {
                    Console.Error.WriteLine($"enrich: {file?.Name ?? "stdin"}:{reader.Line}: {wrong}");
                }
                continue;
            }
            spool.Add(signIn);
            var day = DateOnly.FromDateTime(signIn.At!.Value.UtcDateTime);
            first = day < first ? day : first;
        }
        if (rejected > 0)
        {
            Console.Error.WriteLine($"enrich: {rejected} rows are not counted.");
        }
        return (spool.Count == 0 ? DateOnly.MinValue : first, rejected, reader.Missing);
    }

    static void Write(BacktestReport report, string format)
    {
        if (format == "json")
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, BacktestJson.Default.BacktestReport));
        }
        else if (format == "csv")
        {
            BacktestText.WriteCsv(report, Console.Out);
        }
        else
        {
            BacktestText.Write(report, Console.Out);
        }
    }

    static List<Prefix> PrefixesOf(string[]? texts) => [.. (texts ?? []).Select(Prefix.Parse)];
}
