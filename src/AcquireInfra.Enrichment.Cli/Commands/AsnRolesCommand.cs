using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich asn roles</c>: infers the roles of ASNs that have no row in asn-roles.csv, and tells how well that works.</summary>
internal static class AsnRolesCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of the bundled data. Default: beside the program.", HelpName = "DIR" };
        var output = new Option<FileInfo?>("--out") { Description = "File to write, asn-roles.csv. Default: none, only tell.", HelpName = "FILE" };
        var roles = new Command(
            "roles",
            "Infers roles from names by asn-role-rules.json for the ASNs of the table that nobody has looked at, and tries the rules by cross-validation.")
        {
            data, output,
        };
        roles.SetAction(parsed => Run(parsed.GetValue(data)?.FullName ?? DataFolder.DefaultPath, parsed.GetValue(output)));
        return roles;
    }

    static int Run(string data, FileInfo? output)
    {
        var rules = AsnRoleRules.Parse(File.ReadAllBytes(Path.Combine(data, "asn-role-rules.json")));
        var generator = new AsnRolesGenerator(File.ReadAllBytes(Path.Combine(data, "asn-roles.csv")), ReadTable(data), rules);
        var file = generator.Generate();
        if (output is not null)
        {
            AtomicFile.Write(output.FullName, stream => stream.Write(file));
        }
        var inferred = AsnRolesParser.Parse(new MemoryStream(file), FeedLimits.Default, out _).Where(row => row.Basis == RoleBasis.Inferred).ToList();
        var byRole = inferred.CountBy(row => row.Role).OrderByDescending(count => count.Value).Select(count => $"{count.Key.Word()} {count.Value}");
        Tell($"{generator.Judged.Count} names were looked at, {inferred.Count} more have a role inferred: {string.Join(", ", byRole)}");
        var dropped = generator.Inference.Dropped.Select(word => $"{word.Word} ({word.Role.Word()} {word.Right} of {word.Names})");
        Tell($"Words that these names speak against: {string.Join(", ", dropped)}");
        TellTrial("All names that were looked at", AsnRoleTrial.Of(rules, generator.Judged, _ => true));
        TellTrial("Without those judged by their name alone", AsnRoleTrial.Of(rules, generator.Judged, name => name.Basis != RoleBasis.Name));
        return Failures.Answered;
    }

    static FeedContent ReadTable(string data)
    {
        var table = new DataFolder(data).LocateSources(furtherManifest: null).Sources.Where(source => source.Entry.Kind == SourceKind.AsnTable).ToList();
        var scratch = Directory.CreateTempSubdirectory("enrich-");
        try
        {
            return SourceLoader.Load(table, FeedLimits.Default, scratch.FullName, TimeProvider.System.GetUtcNow()).Sources[0].Contents[0];
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    static void TellTrial(string title, IReadOnlyList<RoleTrial> trials)
    {
        Tell($"{title}, each tenth by what the others teach:");
        foreach (var trial in trials)
        {
            var shares = string.Create(
                CultureInfo.InvariantCulture,
                $"precision {trial.Precision:F3}, recall {trial.Recall:F3}; by addresses {trial.AddressPrecision:F3}, {trial.AddressRecall:F3}");
            Tell($"  {trial.Role.Word(),-10} {trial.Said,5} said, {trial.Right,5} right, {trial.Names,5} there; {shares}");
        }
    }

    static void Tell(FormattableString line) => Console.Out.WriteLine(FormattableString.Invariant(line));
}
