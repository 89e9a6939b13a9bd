using System.CommandLine;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Cli.Output;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich lookup IP…</c>: a few addresses, with everything that led to each verdict.</summary>
internal static class LookupCommand
{
    public static Command Create()
    {
        var addresses = new Argument<string[]>("IP") { Description = "IPv4 or IPv6 addresses.", Arity = ArgumentArity.OneOrMore };
        Failures.RefuseUnknownOptions(addresses);
        var format = new Option<string>("--format") { Description = "text or json (an array).", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var judging = new JudgeOptions();
        var command = new Command("lookup", "Looks up addresses and explains the verdict on each.") { addresses, format };
        judging.AddTo(command);
        command.SetAction(parsed => Run(parsed.GetValue(addresses)!, parsed.GetValue(format)!, judging.CreateJudge(parsed)));
        return command;
    }

    static int Run(string[] texts, string format, Judge judge)
    {
        var reports = new List<VerdictReport>();
        var code = Failures.Answered;
        foreach (var text in texts)
        {
            if (AddressParser.TryParse(text, out var address, out var fault))
            {
                reports.Add(judge.Explain(address));
                continue;
            }
            Console.Error.WriteLine($"enrich: '{SafeText.Shown(text)}' {fault.Explain()}. Give addresses like 192.0.2.7 or 2001:db8::7.");
            code = Failures.SomeInputBad;
        }
        if (format == "json")
        {
            ReportJson.Write(reports, judge, Console.OpenStandardOutput());
        }
        else
        {
            ReportText.Write(reports, judge, Console.Out);
        }
        return code;
    }
}
