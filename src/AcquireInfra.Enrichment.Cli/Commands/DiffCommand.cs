using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich diff A B</c>: what one snapshot says and another does not.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var from = new Argument<FileInfo>("FROM") { Description = "Snapshot file of before." };
        var to = new Argument<FileInfo>("TO") { Description = "Snapshot file of after." };
        Failures.RefuseUnknownOptions(from);
        Failures.RefuseUnknownOptions(to);
        var format = new Option<string>("--format") { Description = "text or json for counts, ndjson for each segment that differs.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json", "ndjson");
        var data = StateOptions.Data();
        var command = new Command("diff", "Compares two snapshot files, both judged at the date of the newer data.") { from, to, format, data };
        command.SetAction((parsed, cancelled) => RunAsync(
            parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(format)!, StateOptions.DataFolderOf(parsed.GetValue(data)).ReadPolicy(), cancelled));
        return command;
    }

    static async Task<int> RunAsync(FileInfo from, FileInfo to, string format, Policy policy, CancellationToken cancelled)
    {
        var (older, newer) = (Snapshot.Open(from.FullName), Snapshot.Open(to.FullName));
        var at = older.DataAsOf > newer.DataAsOf ? older.DataAsOf : newer.DataAsOf;
        var (before, after) = (new Judge(older, policy, at), new Judge(newer, policy, at));
        var segments = SnapshotDiff.Segments(before, after, cancelled);
        if (format == "ndjson")
        {
            await using var output = Console.OpenStandardOutput();
            await DiffLines.WriteAsync(segments, output, cancelled);
            return Failures.Answered;
        }
        var diff = DiffResponse.Of(before, after, SnapshotDiff.Of(segments));
        Console.Out.WriteLine(format == "json" ? JsonSerializer.Serialize(diff, DiffJson.Default.DiffResponse) : Text(diff));
        return Failures.Answered;
    }

    static string Text(DiffResponse diff) => string.Join('\n', [
        $"from {diff.From} to {diff.To}",
        .. diff.Categories.Select(row => $"{row.Category}: added {Text(row.Added)}; removed {Text(row.Removed)}"),
        $"other score only: {Text(diff.Changed)}",
    ]);

    static string Text(SpaceResponse space) => string.Create(
        CultureInfo.InvariantCulture, $"{space.Segments} segments, {space.IPv4Addresses} IPv4 addresses, {space.IPv6Slash64s} IPv6 /64s");
}
