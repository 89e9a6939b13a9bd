using System.CommandLine;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary>Exit codes, and the one place where what the world does wrong becomes a line on stderr.</summary>
internal static class Failures
{
    public const int Answered = 0;
    public const int SomeInputBad = 1;
    public const int CouldNotAnswer = 2;

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        try
        {
            var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            return parsed.Errors.Count > 0 ? CouldNotAnswer : code; // a usage error is not "some input was bad"
        }
        catch (Exception exception) when (exception is ManifestException or BundledDataMissingException or SnapshotException or FormatException
            or IOException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync("enrich: " + exception.Message);
            return CouldNotAnswer;
        }
    }
}
