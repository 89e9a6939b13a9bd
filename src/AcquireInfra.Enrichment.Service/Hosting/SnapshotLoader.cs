using System.Diagnostics;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// Puts the first snapshot in place before the service listens: the one in the state folder while its inputs are unchanged, else one
/// compiled from them. A source whose data is missing or broken changes nothing: the last good snapshot serves, or, where there is
/// none, one without that source. Bundled data that is missing and wrong configuration stop the start; a state folder that cannot be
/// used does not. Whatever is not as configured shows in readiness.
/// </summary>
internal sealed class SnapshotLoader(
    IOptions<EnrichmentOptions> options, SnapshotHolder holder, JudgeProvider judges, DataTrouble trouble, EnrichmentMetrics metrics,
    ILogger<SnapshotLoader> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var data = new DataFolder(options.Value.DataFolder);
        judges.UsePolicy(ReadPolicy(data));
        var (sources, manifestText) = data.LocateSources(options.Value.Sources is { Length: > 0 } manifest ? manifest : null);
        try
        {
            if (Open(new SnapshotStore(options.Value.StateFolder), sources, manifestText) is not { } snapshot)
            {
                return Task.CompletedTask;
            }
            holder.Swap(snapshot);
            metrics.SnapshotSwapped();
            var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            Log.SnapshotLive(logger, snapshot.Id, snapshot.Sources.Count, snapshot.FileBytes, milliseconds);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SnapshotException)
        {
            trouble.Set("The state folder cannot be used; the log says why.");
            Log.NoSnapshot(logger, options.Value.StateFolder, exception);
        }
        return Task.CompletedTask;
    }

    Snapshot? Open(SnapshotStore store, IReadOnlyList<LocatedSource> sources, string manifestText)
    {
        try
        {
            return store.GetOrCompile(sources, manifestText, FeedLimits.Default, (loaded, _) => ReportFaults(loaded));
        }
        catch (SourceException exception)
        {
            trouble.Set($"Source {exception.SourceId} is missing or broken; the log says how.");
            Log.SourceBroken(logger, exception.SourceId, exception.Message);
            if (store.OpenLastGood() is { } lastGood)
            {
                Log.LastGoodKept(logger, lastGood.Id);
                return lastGood;
            }
            // Without its ASN table a snapshot would call every network unannounced, which is not true of any.
            var broken = sources.Single(source => source.Entry.Id == exception.SourceId);
            return broken.Entry.Kind == SourceKind.AsnTable
                ? null
                : Open(store, [.. sources.Where(source => source != broken)], manifestText);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    static Verdicts.Policy ReadPolicy(DataFolder data)
    {
        try
        {
            return data.ReadPolicy();
        }
        catch (FormatException exception)
        {
            throw new Feeds.Manifest.ManifestException(exception.Message, exception);
        }
    }

    void ReportFaults(LoadedSources loaded)
    {
        foreach (var file in loaded.Files.Where(file => file.Content.FaultCount > 0))
        {
            var (first, name, count) = (file.Content.Errors[0], Path.GetFileName(file.Path), file.Content.FaultCount);
            var fault = first.Fault.Word();
            Log.FeedFaults(logger, file.SourceId, name, count, fault, first.Line, first.Column);
        }
    }
}
