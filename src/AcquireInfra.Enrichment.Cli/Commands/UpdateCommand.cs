using System.CommandLine;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich update</c>: refreshes what is due once, and compiles.</summary>
internal static class UpdateCommand
{
    const int MaxConcurrent = 4;

    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "Refresh every source, due or not." };
        var allowed = new Option<string[]>("--allow")
        {
            Description = "Prefix that may be connected to although it is not public: a mirror. May be given several times.",
            HelpName = "PREFIX",
        };
        var (sources, data, state) = (StateOptions.Manifest(), StateOptions.Data(), StateOptions.State());
        var command = new Command("update", "Refreshes the sources that are due, once, and compiles them.") { all, allowed, sources, data, state };
        command.SetAction((parsed, cancelled) => RunAsync(
            StateOptions.DataFolderOf(parsed.GetValue(data)), parsed.GetValue(sources)?.FullName, StateOptions.FolderOf(parsed.GetValue(state)),
            [.. (parsed.GetValue(allowed) ?? []).Select(Prefix.Parse)], parsed.GetValue(all), cancelled));
        return command;
    }

    static async Task<int> RunAsync(DataFolder data, string? manifest, string stateFolder, IReadOnlyList<Prefix> allowed, bool all, CancellationToken cancelled)
    {
        var configured = data.ReadSources(manifest);
        var store = new FeedStore(stateFolder);
        var now = TimeProvider.System.GetUtcNow();
        var due = configured.Sources.Where(source => source.Entry.IsRefreshed
            && (all || FeedSchedule.IsDue(store.StateOf(source.Entry), FeedSchedule.IntervalOf(source.Entry), now)));
        var isBad = await RefreshAsync([.. due], store, new() { AllowedPrefixes = allowed }, cancelled);
        store.Purge(configured.Sources, now);
        var snapshot = Compile(configured, store, stateFolder, data.ReadPolicy(), cancelled);
        Console.Out.WriteLine($"snapshot {snapshot.Id}: {snapshot.Sources.Count} sources");
        return isBad ? Failures.SomeInputBad : Failures.Answered;
    }

    /// <returns>Whether any source was refused or could not be reached.</returns>
    static async Task<bool> RefreshAsync(IReadOnlyList<LocatedSource> due, FeedStore store, FeedClientOptions network, CancellationToken cancelled)
    {
        await using var services = new ServiceCollection().AddFeedClient(network).BuildServiceProvider();
        var fetcher = new FeedFetcher(services.GetRequiredService<IHttpClientFactory>(), network, FetchLimits.Default);
        var refresher = new FeedRefresher(store, fetcher, FeedLimits.Default, TimeProvider.System);
        var bad = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrent, CancellationToken = cancelled };
        await Parallel.ForEachAsync(due, parallel, async (source, stop) =>
        {
            var report = await refresher.RefreshAsync(source, stop);
            Console.Out.WriteLine($"{report.SourceId}: {report.Outcome.Word()}{(report.Reason is null ? "" : $" ({report.Reason}): {report.Detail}")}");
            Interlocked.Add(ref bad, report.Outcome is RefreshOutcome.Refused or RefreshOutcome.Failed ? 1 : 0);
        });
        return bad > 0;
    }

    static Snapshot Compile(ConfiguredSources configured, FeedStore store, string stateFolder, Policy policy, CancellationToken cancelled)
    {
        var now = TimeProvider.System.GetUtcNow();
        return StateOptions.StoreIn(stateFolder).GetOrCompile(
            store.WithFetched(configured.Sources, now), configured.ManifestText, FeedLimits.Default, now,
            (_, compiled) =>
            {
                var check = CanaryCheck.Of(new Judge(compiled, policy, now, remember: false), configured.Canaries);
                if (!check.Passes)
                {
                    throw new FormatException($"The canaries are not as expected, and the snapshot of before stays: {string.Join(' ', check.Failures)}");
                }
            },
            cancelled);
    }
}
