using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AcquireInfra.Enrichment.Cli.Output;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich compile --out FILE</c>: sources into one snapshot file.</summary>
internal static class CompileCommand
{
    public static Command Create()
    {
        var sources = new Option<FileInfo?>("--sources")
        {
            Description = "Source manifest to add to the bundled one; an entry with a bundled id replaces that.",
            HelpName = "MANIFEST",
        };
        var root = new Option<DirectoryInfo?>("--root")
        {
            Description = "Folder that relative paths in the manifest begin at. Default: the manifest's own.",
            HelpName = "DIR",
        };
        var output = new Option<FileInfo>("--out") { Description = "Snapshot file to write.", HelpName = "FILE", Required = true };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of the bundled data. Default: beside the program.", HelpName = "DIR" };
        var faults = new Option<bool>("--faults") { Description = "List the first faults of every file with line and column." };
        var command = new Command("compile", "Compiles the bundled data and further sources into one snapshot file.")
        {
            sources, root, output, data, faults,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(sources), parsed.GetValue(root), parsed.GetValue(output)!,
            new DataFolder(parsed.GetValue(data)?.FullName ?? DataFolder.DefaultPath), parsed.GetValue(faults)));
        return command;
    }

    static int Run(FileInfo? manifest, DirectoryInfo? root, FileInfo output, DataFolder data, bool listFaults)
    {
        var began = Stopwatch.GetTimestamp();
        var (located, _) = data.LocateSources(manifest?.FullName, root?.FullName);
        var loaded = Load(located);
        var parsedAfter = Stopwatch.GetElapsedTime(began);
        var snapshot = SnapshotFile.Write(loaded.Sources, output.FullName);
        LoadReport.Write(loaded, Console.Out, listFaults);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"snapshot {snapshot.Id}: {snapshot.FileBytes / 1048576.0:F1} MB, index {snapshot.IndexBytes / 1048576.0:F1} MB, {snapshot.ProfileCount} profiles, {snapshot.AsnCount} ASNs; parsed in {parsedAfter.TotalSeconds:F1} s, compiled in {(Stopwatch.GetElapsedTime(began) - parsedAfter).TotalSeconds:F1} s"));
        return Failures.Answered;
    }

    static LoadedSources Load(IReadOnlyList<LocatedSource> sources)
    {
        var scratch = Directory.CreateTempSubdirectory("enrich-"); // of this run alone, whoever else compiles
        try
        {
            return SourceLoader.Load(sources, FeedLimits.Default, scratch.FullName, TimeProvider.System.GetUtcNow());
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
