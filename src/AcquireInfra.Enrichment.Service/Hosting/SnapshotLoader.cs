using System.Diagnostics;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// Puts the first snapshot in place before the service listens: the one in the state folder while its inputs are unchanged, else one
/// compiled from them. Data that is missing or misconfigured stops the start; a state folder that cannot be used does not, and shows in
/// readiness.
/// </summary>
internal sealed class SnapshotLoader(
    IOptions<EnrichmentOptions> options, SnapshotHolder holder, JudgeProvider judges, ILogger<SnapshotLoader> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var data = new DataFolder(options.Value.DataFolder);
        judges.UsePolicy(ReadPolicy(data));
        var (sources, manifestText) = data.LocateSources(options.Value.Sources is { Length: > 0 } manifest ? manifest : null);
        try
        {
            var store = new SnapshotStore(options.Value.StateFolder);
            var snapshot = store.GetOrCompile(sources, manifestText, FeedLimits.Default, (loaded, compiled) => ReportFaults(loaded));
            holder.Swap(snapshot);
            var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            Log.SnapshotLive(logger, snapshot.Id, snapshot.Sources.Count, snapshot.FileBytes, milliseconds);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SnapshotException)
        {
            Log.NoSnapshot(logger, options.Value.StateFolder, exception);
        }
        return Task.CompletedTask;
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
