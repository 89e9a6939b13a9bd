using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <param name="Snapshot">To be made live; null where what serves goes on serving, or nothing can.</param>
/// <param name="Trouble">A sentence for readiness; null where all is as configured.</param>
/// <param name="MayPass">Whether the same sources may do another time: the disk was at fault, not they.</param>
internal sealed record CompilationResult(Snapshot? Snapshot, string? Trouble, bool MayPass = false)
{
    /// <summary>Sources that cannot be read, and what is wrong with each.</summary>
    public IReadOnlyDictionary<string, string> Broken { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// Compiles the configured sources. Where one is broken, what was read of it the last time takes its place; where that is not kept, or the
/// state folder cannot be used, the last good snapshot is the better one; where there is none either, a snapshot without the broken source
/// is better than nothing. One that does not pass the canaries is never live: where nothing else is, the bundled data alone may pass them.
/// </summary>
internal sealed class SnapshotCompilation(
    SourceCatalog catalog, JudgeProvider judges, LastGoodFiles files, EnrichmentMetrics metrics, TimeProvider time, ILogger<SnapshotCompilation> logger)
{
    /// <param name="sources">As they are to be read.</param>
    /// <param name="lastGood">What serves meanwhile; null for nothing.</param>
    /// <exception cref="OperationCanceledException">The service stops.</exception>
    public CompilationResult Run(
        SnapshotStore store, IReadOnlyList<LocatedSource> sources, Snapshot? lastGood, CancellationToken stopping)
    {
        var broken = new SortedDictionary<string, string>(StringComparer.Ordinal);
        return Run(store, sources, lastGood, broken, stopping) with { Broken = broken };
    }

    CompilationResult Run(
        SnapshotStore store, IReadOnlyList<LocatedSource> sources, Snapshot? lastGood, SortedDictionary<string, string> broken, CancellationToken stopping)
    {
        string? alone = null;
        while (true)
        {
            try
            {
                var outcome = "unchanged";
                var snapshot = store.GetOrCompile(sources, catalog.ManifestText, catalog.Limits, time.GetUtcNow(), Check, stopping);
                metrics.Compiled(outcome);
                if (outcome == "compiled")
                {
                    KeepFiles(store, sources, stopping);
                }
                return new(snapshot, Sentences(broken.Keys, alone));

                void Check(LoadedSources loaded, Snapshot compiled)
                {
                    Report(loaded);
                    RequireCanaries(compiled);
                    outcome = "compiled";
                }
            }
            catch (SourceException exception)
            {
                var source = sources.Single(source => source.Entry.Id == exception.SourceId);
                if (broken.TryAdd(exception.SourceId, exception.Message))
                {
                    Log.SourceBroken(logger, exception.SourceId, exception.Message);
                    if (files.TryFind(source) is { } kept)
                    {
                        sources = [.. sources.Select(other => other == source ? kept : other)];
                        continue;
                    }
                }
                // Without its ASN table a snapshot would call every network unannounced, which is not true of any.
                if (lastGood is not null || source.Entry.Kind == SourceKind.AsnTable)
                {
                    return Keep(lastGood, store, Sentences(broken.Keys, alone)!, exception);
                }
                sources = [.. sources.Where(other => other != source)];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Keep(lastGood, store, "The state folder cannot be used; the log says why.", exception) with { MayPass = true };
            }
            catch (CanaryException exception)
            {
                const string Failed = "The snapshot of the present data does not pass the canaries; the log says which.";
                IReadOnlyList<LocatedSource> bundled = [.. sources.Where(catalog.IsBundled)];
                if (lastGood is not null || bundled.Count == sources.Count)
                {
                    return Keep(lastGood, store, Failed, exception, "canaries");
                }
                metrics.Compiled("canaries");
                alone = Failed + " Until one does, the bundled data serves alone.";
                sources = bundled;
            }
            catch (ManifestException exception)
            {
                return Keep(lastGood, store, "The sources cannot go together; the log says why.", exception);
            }
            catch (Exception exception) when (exception is not OperationCanceledException) // a bug of ours: what serves is none the worse
            {
                return Keep(lastGood, store, "No snapshot can be compiled; the log says why.", exception);
            }
        }
    }

    static string? Sentences(IEnumerable<string> broken, string? alone)
    {
        var sentences = broken.Select(id => $"Source {id} is missing or broken; the log says how.").Append(alone).OfType<string>().ToList();
        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }

    // What a licence lets nobody keep for long is not kept, and what is bundled is always there.
    void KeepFiles(SnapshotStore store, IReadOnlyList<LocatedSource> sources, CancellationToken stopping)
    {
        try
        {
            files.Keep(
                sources, source => source.Entry is { IsRefreshed: false, MaxRetention: null } && !catalog.IsBundled(source),
                copies => store.TryOpen(copies, catalog.ManifestText, stopping) is not null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SourceException)
        {
            Log.FilesNotKept(logger, exception); // the snapshot is good all the same
        }
    }

    void RequireCanaries(Snapshot snapshot)
    {
        var check = CanaryCheck.Of(judges.Of(snapshot), catalog.Configured.Canaries);
        foreach (var failure in check.Failures)
        {
            Log.CanaryFailed(logger, snapshot.Id, failure);
        }
        if (!check.Passes)
        {
            throw new CanaryException($"{check.Total - check.Right} of {check.Total} canaries are not as expected.");
        }
    }

    CompilationResult Keep(Snapshot? lastGood, SnapshotStore store, string trouble, Exception exception, string outcome = "failed")
    {
        metrics.Compiled(outcome);
        if (lastGood is null)
        {
            Log.NoSnapshot(logger, store.Folder, exception);
        }
        else
        {
            Log.LastGoodKept(logger, lastGood.Id, exception);
        }
        return new(null, trouble);
    }

    void Report(LoadedSources loaded)
    {
        foreach (var file in loaded.Files)
        {
            var name = Path.GetFileName(file.Path);
            if (file.Content.FaultCount > 0)
            {
                var first = file.Content.Errors[0];
                var fault = first.Fault.Word();
                Log.FeedFaults(logger, file.SourceId, name, file.Content.FaultCount, fault, first.Line, first.Column);
            }
            foreach (var warning in file.Warnings)
            {
                Log.FeedDoubtful(logger, file.SourceId, name, warning);
            }
        }
    }
}

/// <summary>A snapshot says of known addresses what is known to be wrong.</summary>
internal sealed class CanaryException(string message) : Exception(message);
