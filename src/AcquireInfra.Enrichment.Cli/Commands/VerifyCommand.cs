using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich verify FILE</c>: whether a file is a sound snapshot, and what is in it.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Snapshot file." };
        Failures.RefuseUnknownOptions(file);
        var command = new Command("verify", "Checks a snapshot file: hash, and every index in it.") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file)!));
        return command;
    }

    static int Run(FileInfo file)
    {
        var snapshot = Snapshot.Open(file.FullName);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Name}: sound. Snapshot {snapshot.Id}, {snapshot.FileBytes} bytes, data of {snapshot.DataAsOf:yyyy-MM-ddTHH:mmZ}, {snapshot.Sources.Count} sources, {snapshot.AsnCount} ASNs, {snapshot.ProfileCount} profiles"));
        return Failures.Answered;
    }
}
