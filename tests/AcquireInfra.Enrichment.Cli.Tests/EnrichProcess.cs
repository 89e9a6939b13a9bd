using System.Diagnostics;
using System.Text;

namespace AcquireInfra.Enrichment.Cli.Tests;

/// <summary>How a run of <c>enrich</c> ended.</summary>
internal sealed record Run(int Code, string Output, string Errors)
{
    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the built program as a user does.</summary>
internal static class EnrichProcess
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Task<Run> RunAsync(params string[] arguments) => RunWithAsync(input: "", [], arguments);

    public static Task<Run> RunWithInputAsync(string input, params string[] arguments) => RunWithAsync(input, [], arguments);

    public static async Task<Run> RunWithAsync(string input, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "enrich.dll"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await WriteAsync(process.StandardInput, input);
            var ended = Task.WhenAll(output, errors, process.WaitForExitAsync());
            await ended.WaitAsync(Patience, TestContext.Current.CancellationToken);
            return new(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    static async Task WriteAsync(StreamWriter writer, string input)
    {
        try
        {
            await writer.WriteAsync(input);
            writer.Close();
        }
        catch (IOException)
        {
            // a run that reads nothing is over before it is all written
        }
    }
}
