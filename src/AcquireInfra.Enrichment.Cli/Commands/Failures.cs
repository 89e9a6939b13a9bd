using System.CommandLine;
using AcquireInfra.Enrichment.Compilation;
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

    /// <summary>Arguments take what looks like an option and is none; a misspelt one must not pass for an address or a file.</summary>
    public static void RefuseUnknownOptions(Argument argument) => argument.Validators.Add(given =>
    {
        foreach (var token in given.Tokens.Where(token => token.Value.StartsWith("--", StringComparison.Ordinal)))
        {
            given.AddError($"There is no option '{token.Value}'.");
        }
    });

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        // Arguments are data: '@name' is no address, not a file to read more of them from.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isMisused = parsed.Errors.Count > 0; // not "some input was bad", and stdout stays empty
        try
        {
            var code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = isMisused ? Console.Error : Console.Out,
            });
            return isMisused ? CouldNotAnswer : code;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("enrich: stopped before the end; what was written is not all.");
            return CouldNotAnswer;
        }
        catch (Exception exception) when (exception is ManifestException or SourceException or BundledDataMissingException or SnapshotException or FormatException
            or IOException or UnauthorizedAccessException or SourcesException or ArgumentException)
        {
            await Console.Error.WriteLineAsync("enrich: " + exception.Message);
            return CouldNotAnswer;
        }
    }
}
