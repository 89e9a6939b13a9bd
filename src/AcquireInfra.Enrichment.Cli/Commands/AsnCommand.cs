using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich asn build</c>: an ASN table as CSV into a MaxMind DB; <c>roles</c> is <see cref="AsnRolesCommand"/>.</summary>
internal static class AsnCommand
{
    public static Command Create()
    {
        var tables = new Argument<FileInfo[]>("CSV") { Description = "Tables of start,end,asn,name without header, IPv4 and IPv6.", Arity = ArgumentArity.OneOrMore };
        Failures.RefuseUnknownOptions(tables);
        var built = new Option<string>("--built") { Description = "Date of the table, ISO 8601 in UTC; stands in the file as its build time.", HelpName = "TIME", Required = true };
        var description = new Option<string>("--description") { Description = "Stands in the file; name the table and its licence.", Required = true };
        var output = new Option<FileInfo>("--out") { Description = "MaxMind DB to write.", HelpName = "FILE", Required = true };
        var build = new Command("build", "Compiles ASN tables into a MaxMind DB with the fields of GeoLite2-ASN. Equal input gives equal bytes.")
        {
            tables, built, description, output,
        };
        build.SetAction(parsed => Run(
            parsed.GetValue(tables)!, JudgeOptions.TimeOf("--built", parsed.GetValue(built)!), parsed.GetValue(description)!, parsed.GetValue(output)!));
        return new Command("asn", "Works on ASN tables.") { build, AsnRolesCommand.Create() };
    }

    static int Run(FileInfo[] tables, DateTimeOffset built, string description, FileInfo output)
    {
        var streams = tables.Select(table => (Stream)table.OpenRead()).ToList();
        var ranges = AsnTableParser.Parse(streams, FeedLimits.Default, out var faults);
        streams.ForEach(stream => stream.Dispose());
        foreach (var error in faults.Errors)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"enrich: line {error.Line}, column {error.Column}: {error.Fault.Word()}"));
        }
        DatabaseFile.Write(output.FullName, stream => AsnMmdbWriter.Write(ranges, description, built, stream));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output.Name}: {ranges.Count} ranges of {faults.Records} rows, {faults.FaultCount} faults"));
        return faults.FaultCount > 0 ? Failures.SomeInputBad : Failures.Answered;
    }
}
