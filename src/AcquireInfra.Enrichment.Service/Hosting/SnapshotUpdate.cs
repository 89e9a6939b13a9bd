using System.Diagnostics;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>Makes the snapshot live that the sources come to now. One thread at a time: the loader at the start, then the refresher.</summary>
internal sealed class SnapshotUpdate(
    IOptions<EnrichmentOptions> options, SourceCatalog catalog, SnapshotHolder holder, LiveSnapshot live, SnapshotCompilation compilation,
    DataTrouble trouble, TimeProvider time, ILogger<SnapshotUpdate> logger)
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    string? _tried;
    DateTimeOffset _notBefore;

    /// <summary>Whether the sources have other data than when they were last compiled; also where the disk failed a while ago.</summary>
    public bool IsDue => time.GetUtcNow() >= _notBefore && StampOf(catalog.Compilable()) != _tried;

    /// <summary>When the disk is to be tried again that failed; null where it did not.</summary>
    public DateTimeOffset? RetryAt => _tried is null && _notBefore > DateTimeOffset.MinValue ? _notBefore : null;

    /// <summary>Makes live what was compiled before: of the present data, else the last good one.</summary>
    /// <returns>Whether nothing is left to do, or can be.</returns>
    public bool OpenFirst(CancellationToken cancellation)
    {
        var sources = catalog.Compilable();
        try
        {
            var began = Stopwatch.GetTimestamp();
            var store = live.OpenStore();
            store.RemoveLeftovers();
            var unchanged = TryOpen(store, sources, cancellation);
            if ((live.OpenPinned() ?? unchanged ?? store.OpenLastGood()) is { } first)
            {
                live.MakeLive(first, began);
            }
            if (unchanged is null)
            {
                trouble.Set("A snapshot of the present data is being compiled, which takes some seconds.");
                return false;
            }
            _tried = StampOf(sources);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
        }
        return true;
    }

    /// <summary>Compiles where the data has changed, and makes the snapshot live. What serves is replaced by a better one or not at all.</summary>
    /// <exception cref="OperationCanceledException">The service stops.</exception>
    public void Run(CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        var sources = catalog.Compilable();
        try
        {
            var store = live.OpenStore();
            Log.SnapshotCompiling(logger, holder.Current?.Id ?? "nothing");
            var result = compilation.Run(store, sources, holder.Current, stopping);
            var (snapshot, sentence, mayPass) = result;
            catalog.SetBroken(result.Broken);
            if (snapshot is not null && snapshot.Id != holder.Current?.Id)
            {
                live.MakeLive(snapshot, began);
            }
            trouble.Set(sentence);
            _tried = mayPass ? null : StampOf(sources);
            _notBefore = mayPass ? time.GetUtcNow() + RetryAfter : default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
        }
    }

    void Fail(Exception exception)
    {
        trouble.Set("The state folder cannot be used; the log says why.");
        if (holder.Current is { } serving)
        {
            Log.LastGoodKept(logger, serving.Id, exception);
        }
        else
        {
            Log.NoSnapshot(logger, options.Value.StateFolder, exception);
        }
        (_tried, _notBefore) = (null, time.GetUtcNow() + RetryAfter);
    }

    // A source that cannot be read has no hash: what becomes of it is the compilation's to say.
    Snapshot? TryOpen(SnapshotStore store, IReadOnlyList<LocatedSource> sources, CancellationToken cancellation)
    {
        try
        {
            return store.TryOpen(sources, catalog.ManifestText, cancellation);
        }
        catch (SourceException)
        {
            return null;
        }
    }

    // The names of fetched files have their hashes in them. Files that are read where they lie are the start's to look at.
    static string StampOf(IReadOnlyList<LocatedSource> sources) => string.Join('\n', sources.Select(source =>
        $"{source.Entry.Id} {source.Entry.AsOf?.UtcDateTime:O} {string.Join(' ', source.Files)}"));
}
