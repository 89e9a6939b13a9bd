using System.Globalization;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Cli.Output;

/// <summary>What every file of every source gave: entries, date, faults by kind, and what someone should look at.</summary>
internal static class LoadReport
{
    public static void Write(LoadedSources loaded, TextWriter destination, bool listFaults)
    {
        foreach (var file in loaded.Files)
        {
            var source = loaded.Sources.First(source => source.Info.Id == file.SourceId);
            var entries = file.Content.Entries.Length + file.Content.Asns.Length + (source.Roles.Count > 0 ? source.Roles.Count : 0);
            destination.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.SourceId,-28} {Path.GetFileName(file.Path),-44} {entries,8} entries  {file.AsOf:yyyy-MM-dd}  {FaultsOf(file.Content)}"));
            foreach (var warning in file.Warnings)
            {
                destination.WriteLine($"    warning: {file.Path} {warning}.");
            }
            if (!listFaults)
            {
                continue;
            }
            foreach (var error in file.Content.Errors)
            {
                destination.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {file.Path}:{error.Line}:{error.Column}: {error.Fault.Word()}"));
            }
        }
    }

    static string FaultsOf(FeedContent content)
    {
        var kinds = Enumerable.Range(0, FeedFaults.Count).Select(fault => (FeedFault)fault).Where(fault => content.CountOf(fault) > 0)
            .Select(fault => string.Create(CultureInfo.InvariantCulture, $"{fault.Word()} {content.CountOf(fault)}")).ToList();
        return kinds.Count == 0 ? "no faults" : "faults: " + string.Join(", ", kinds);
    }
}
