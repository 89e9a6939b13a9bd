using System.Diagnostics;

namespace AcquireInfra.Enrichment.Cli.Output;

/// <summary>How far a long command is, for someone who watches: a redirected stderr stays empty.</summary>
internal sealed class ProgressLine
{
    readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Show(long addresses)
    {
        if (!Console.IsErrorRedirected && _watch.ElapsedMilliseconds >= 200)
        {
            _watch.Restart();
            Console.Error.Write($"\r{addresses:N0} addresses");
        }
    }

    public static void End(long addresses)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{addresses:N0} addresses\n");
        }
    }
}
