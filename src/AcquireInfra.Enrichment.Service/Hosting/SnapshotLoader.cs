using System.Diagnostics;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// Puts the first snapshot in place. The one in the state folder is live before the service listens, and is all there is to do while its
/// inputs are unchanged. Else one is compiled in the background, and until it is there the last good one serves, or none. Bundled data
/// that is missing and wrong configuration stop the start; every other trouble shows in readiness.
/// </summary>
internal sealed class SnapshotLoader(
    IOptions<EnrichmentOptions> options, SnapshotHolder holder, JudgeProvider judges, SnapshotCompilation compilation, DataTrouble trouble,
    EnrichmentMetrics metrics, ILogger<SnapshotLoader> logger)
    : BackgroundService
{
    readonly long _began = Stopwatch.GetTimestamp();
    Func<CancellationToken, CompilationResult>? _compile;

    /// <exception cref="BundledDataMissingException">A bundled file is missing or cannot be read.</exception>
    /// <exception cref="ManifestException">A manifest or the policy is wrong.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var data = new DataFolder(options.Value.DataFolder);
        UsePolicy(data.ReadPolicyJson());
        var (sources, manifestText) = data.LocateSources(options.Value.Sources is { Length: > 0 } manifest ? manifest : null);
        try
        {
            var store = new SnapshotStore(options.Value.StateFolder);
            var unchanged = TryOpen(store, sources, manifestText, cancellationToken);
            if ((unchanged ?? store.OpenLastGood()) is { } first)
            {
                MakeLive(first);
            }
            if (unchanged is null)
            {
                trouble.Set("A snapshot of the present data is being compiled, which takes some seconds.");
                Log.SnapshotCompiling(logger, holder.Current?.Id ?? "nothing");
                _compile = stopping => compilation.Run(store, sources, manifestText, holder.Current, stopping);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            trouble.Set("The state folder cannot be used; the log says why.");
            Log.NoSnapshot(logger, options.Value.StateFolder, exception);
        }
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _compile is null ? Task.CompletedTask : Task.Run(
        () =>
        {
            var (snapshot, sentence) = _compile(stoppingToken);
            if (snapshot is not null)
            {
                MakeLive(snapshot);
            }
            trouble.Set(sentence);
        },
        stoppingToken);

    // A source that cannot be read has no hash: what becomes of it is the compilation's to say.
    static Snapshot? TryOpen(SnapshotStore store, IReadOnlyList<LocatedSource> sources, string manifestText, CancellationToken cancellation)
    {
        try
        {
            return store.TryOpen(sources, manifestText, cancellation);
        }
        catch (SourceException)
        {
            return null;
        }
    }

    void MakeLive(Snapshot snapshot)
    {
        holder.Swap(snapshot);
        metrics.SnapshotSwapped();
        var milliseconds = Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        Log.SnapshotLive(logger, snapshot.Id, snapshot.Sources.Count, snapshot.FileBytes, milliseconds);
    }

    void UsePolicy(byte[] json)
    {
        try
        {
            judges.UsePolicy(json);
        }
        catch (FormatException exception)
        {
            throw new ManifestException(exception.Message, exception);
        }
    }
}
