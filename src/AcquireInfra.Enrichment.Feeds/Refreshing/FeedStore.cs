using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Refreshing;

/// <summary>What was fetched, in the subfolder <c>feeds</c> of the state folder: a folder for each source.</summary>
public sealed class FeedStore(string stateFolder)
{
    readonly string _path = Path.Combine(Path.GetFullPath(stateFolder), "feeds");

    internal string ScratchFolder => Path.Combine(Path.GetFullPath(stateFolder), "scratch-feeds");

    internal FeedFolder FolderOf(string sourceId) => new(Path.Combine(_path, sourceId));

    /// <summary>The state of a source; empty where it was never refreshed. Takes no lock: it is written whole.</summary>
    public FeedState StateOf(SourceEntry source) => FolderOf(source.Id).Read(source);

    /// <summary>The sources as they are to be compiled: with what was fetched and accepted in the place of the files that they begin with.</summary>
    public IReadOnlyList<LocatedSource> WithFetched(IReadOnlyList<LocatedSource> sources, DateTimeOffset now) =>
        [.. sources.Select(source => source.Entry.IsRefreshed ? Fetched(source, now) : source)];

    LocatedSource Fetched(LocatedSource source, DateTimeOffset now)
    {
        var folder = FolderOf(source.Entry.Id);
        return folder.Read(source.Entry).Accepted is { } version && !IsExpired(version, source.Entry, now)
            ? Locate(source.Entry, version, folder)
            : source;
    }

    /// <summary>A version as a source to read. Its date is the publisher's, else that of the download, where the data itself states none.</summary>
    internal static LocatedSource Locate(SourceEntry entry, FeedVersion version, FeedFolder folder) => new(
        entry with
        {
            Format = entry.FetchedFormat,
            AsOf = version.PublishedAt < version.FetchedAt ? version.PublishedAt : version.FetchedAt,
        },
        [.. version.Files.Select(folder.PathOf)]);

    /// <summary>Lets a version pass that the gates refused. It is compiled next time, and what it was refused for is remembered with the reason.</summary>
    /// <param name="hash">Of the version that is held.</param>
    /// <param name="reason">Who decided, and why.</param>
    /// <returns>False where no such version is held, or the source is being refreshed.</returns>
    /// <exception cref="IOException">The state folder cannot be written.</exception>
    public bool Accept(SourceEntry source, string hash, string reason, DateTimeOffset now)
    {
        var folder = FolderOf(source.Id);
        using var writing = folder.TryLock();
        if (writing is null || folder.Read(source) is not { Held: { } held } state || held.Version.Hash != hash || !folder.HasFiles(held.Version))
        {
            return false;
        }
        folder.Write(state.With(held.Version with { AcceptedBecause = reason, ConfirmedAt = now }));
        return true;
    }

    /// <summary>
    /// Deletes what was fetched of sources that are gone or switched off, what its licence lets nobody keep for longer, and what a process
    /// that was killed has left.
    /// </summary>
    /// <param name="sources">All that are switched on.</param>
    /// <returns>The sources of which something was deleted.</returns>
    /// <exception cref="IOException">A folder cannot be read or written.</exception>
    public IReadOnlyList<string> Purge(IReadOnlyList<LocatedSource> sources, DateTimeOffset now)
    {
        var entries = sources.Select(source => source.Entry).Where(entry => entry.IsRefreshed).ToDictionary(entry => entry.Id);
        var folders = Directory.Exists(_path) ? Directory.GetDirectories(_path) : [];
        return [.. folders.Select(folder => Path.GetFileName(folder)).Where(id => PurgeOne(id, entries.GetValueOrDefault(id), now))];
    }

    bool PurgeOne(string id, SourceEntry? source, DateTimeOffset now)
    {
        var folder = FolderOf(id);
        using var writing = folder.TryLock();
        if (writing is null)
        {
            return false; // it is purged the next time
        }
        if (source is null)
        {
            writing.Dispose(); // Windows keeps a folder with an open file in it
            Directory.Delete(folder.Path, recursive: true);
            return true;
        }
        folder.RemoveLeftovers();
        var state = folder.Read(source);
        var kept = state with
        {
            Accepted = state.Accepted is { } accepted && IsExpired(accepted, source, now) ? null : state.Accepted,
            Held = state.Held is { } held && IsExpired(held.Version, source, now) ? null : state.Held,
        };
        if (kept == state)
        {
            return false;
        }
        folder.Write(kept with { Seen = [], Replaced = [] });
        return true;
    }

    static bool IsExpired(FeedVersion version, SourceEntry source, DateTimeOffset now) => now - version.ConfirmedAt > source.MaxRetention;
}
