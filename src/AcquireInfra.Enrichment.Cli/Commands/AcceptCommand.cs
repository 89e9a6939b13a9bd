using System.CommandLine;
using AcquireInfra.Enrichment.Feeds.Refreshing;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich sources accept ID --hash H --reason R</c>: lets a version pass that the gates refused.</summary>
internal static class AcceptCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "The source." };
        Failures.RefuseUnknownOptions(id);
        var hash = new Option<string>("--hash") { Description = "Of the version that is held, as 'enrich sources' lists it.", HelpName = "HASH", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why it is right after all; kept with it.", HelpName = "TEXT", Required = true };
        var (sources, data, state) = (StateOptions.Manifest(), StateOptions.Data(), StateOptions.State());
        var command = new Command("accept", "Lets the version of a source that is held pass. It is compiled with the next update.") { id, hash, reason, sources, data, state };
        command.SetAction(parsed =>
        {
            var (located, _) = StateOptions.DataFolderOf(parsed.GetValue(data)).LocateSources(parsed.GetValue(sources)?.FullName);
            var source = located.FirstOrDefault(source => source.Entry.IsRefreshed && source.Entry.Id == parsed.GetValue(id))?.Entry;
            return Run(source, new FeedStore(StateOptions.FolderOf(parsed.GetValue(state))), parsed.GetValue(hash)!, parsed.GetValue(reason)!);
        });
        return command;
    }

    static int Run(Feeds.Manifest.SourceEntry? source, FeedStore store, string hash, string reason)
    {
        if (source is null || string.IsNullOrWhiteSpace(reason) || !store.Accept(source, hash, $"enrich: {reason}", TimeProvider.System.GetUtcNow()))
        {
            Console.Error.WriteLine("enrich: no source of that id holds a version of that hash, it is being refreshed, or there is no reason; 'enrich sources' lists what is held.");
            return Failures.SomeInputBad;
        }
        return Failures.Answered;
    }
}
