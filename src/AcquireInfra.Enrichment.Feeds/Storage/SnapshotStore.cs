using System.Text;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>
/// The state folder of one program: <c>snapshots/{id}.snapshot</c>, and <c>current</c>, one line with the hash of the inputs and the id
/// of the snapshot that was compiled from them. Programs with other sources need other folders.
/// </summary>
public sealed class SnapshotStore
{
    const string Suffix = ".snapshot";

    readonly bool _keepsOthers;

    /// <param name="keepsOthers">Whether what is not current stays, for <see cref="SnapshotHistory"/> to delete; else it goes with the next one.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public SnapshotStore(string folder, bool keepsOthers = false)
    {
        _keepsOthers = keepsOthers;
        Folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Path.Combine(Folder, "snapshots"));
    }

    /// <summary>Default place: the user's local application data, else beside the program.</summary>
    public static string DefaultFolder
    {
        get
        {
            var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return Path.Combine(local.Length > 0 ? local : AppContext.BaseDirectory, "acquireinfra-enrichment");
        }
    }

    public string Folder { get; }

    string CurrentFile => Path.Combine(Folder, "current");

    public string PathOf(string snapshotId) => Path.Combine(Folder, "snapshots", snapshotId + Suffix);

    public string ScratchFolder => Path.Combine(Folder, "scratch");

    /// <summary>The snapshot of these sources, where it was compiled before and its inputs are unchanged; else null. Writes nothing.</summary>
    /// <exception cref="SourceException">The data of a source cannot be read.</exception>
    public Snapshot? TryOpen(IReadOnlyList<LocatedSource> sources, string manifestText, CancellationToken cancellation = default) =>
        TryOpenCurrent(InputsHash.Of(sources, manifestText, cancellation));

    /// <summary>The snapshot of these sources: the one on disk while the inputs are unchanged, else a new one.</summary>
    /// <param name="now">See <see cref="SourceLoader.Load"/>.</param>
    /// <param name="compiled">
    /// Told where the sources had to be read, before the snapshot takes the place of the one before: what it throws keeps that. Not called
    /// where the snapshot on disk serves.
    /// </param>
    /// <exception cref="IOException">The state folder cannot be written.</exception>
    /// <exception cref="SourceException">The data of a source is missing or broken; what was compiled before is as it was.</exception>
    /// <exception cref="ManifestException">The sources cannot go together.</exception>
    public Snapshot GetOrCompile(
        IReadOnlyList<LocatedSource> sources, string manifestText, FeedLimits limits, DateTimeOffset now,
        Action<LoadedSources, Snapshot>? compiled = null, CancellationToken cancellation = default)
    {
        if (TryOpen(sources, manifestText, cancellation) is { } unchanged)
        {
            return unchanged;
        }
        using var writing = FolderLock.Take(Folder, FolderLock.Patience, cancellation);
        var inputs = InputsHash.Of(sources, manifestText, cancellation); // again: another process may have held the lock for long
        if (TryOpenCurrent(inputs) is { } current)
        {
            return current;
        }
        RemoveAll(ScratchFolder, isKept: _ => false); // what a process that was killed has left
        var loaded = SourceLoader.Load(sources, limits, ScratchFolder, now, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var snapshot = Compile(loaded);
        compiled?.Invoke(loaded, snapshot);
        AtomicFile.Write(CurrentFile, stream => stream.Write(Encoding.ASCII.GetBytes($"{inputs} {snapshot.Id}\n")));
        RemoveAll(Path.Combine(Folder, "snapshots"), path => path == PathOf(snapshot.Id) || (_keepsOthers && path.EndsWith(Suffix, StringComparison.Ordinal)));
        return snapshot;
    }

    /// <summary>Removes what writers that were killed have left, of the snapshots and of the history; not while another process compiles.</summary>
    public void RemoveLeftovers()
    {
        try
        {
            using var writing = FolderLock.TryTake(Folder);
            foreach (var folder in writing is null ? [] : (string[])[Folder, Path.Combine(Folder, "snapshots"), Path.Combine(Folder, "policies")])
            {
                AtomicFile.RemoveAbandoned(folder, DateTimeOffset.MaxValue);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // it takes space and does no other harm; the next start tries again
        }
    }

    Snapshot Compile(LoadedSources loaded)
    {
        var temporary = Path.Combine(Folder, "snapshots", "compiling");
        try
        {
            var snapshot = SnapshotFile.Write(loaded.Sources, temporary);
            AtomicFile.Rename(temporary, PathOf(snapshot.Id)); // what is mapped is the file, whatever its name
            return snapshot;
        }
        catch (SourcesException exception)
        {
            throw new ManifestException(exception.Message, exception); // sources that cannot go together: two ASN tables
        }
    }

    /// <summary>The id of the snapshot compiled last; null where there is none.</summary>
    public string? CurrentId => ReadCurrent()?.Id;

    /// <summary>The snapshot compiled last, whatever its inputs were; null where there is none that can be read.</summary>
    public Snapshot? OpenLastGood() => TryOpenCurrent(inputs: null);

    // Takes no lock: what is gone between one look and the next is as good as never there.
    Snapshot? TryOpenCurrent(string? inputs)
    {
        try
        {
            return ReadCurrent() is var (compiledFrom, id) && compiledFrom == (inputs ?? compiledFrom) ? Snapshot.Open(PathOf(id)) : null;
        }
        catch (Exception exception) when (exception is SnapshotException or IOException or UnauthorizedAccessException)
        {
            return null; // damaged on disk: it is compiled anew from its inputs
        }
    }

    (string Inputs, string Id)? ReadCurrent()
    {
        try
        {
            var line = File.ReadAllText(CurrentFile).Split(' ', '\n');
            return line.Length >= 2 && line[1].All(char.IsAsciiHexDigit) ? (line[0], line[1]) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // never compiled
        }
    }

    // Deleting a mapped file is safe: its pages live until the last reader lets go.
    static void RemoveAll(string folder, Predicate<string> isKept)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }
        foreach (var path in Directory.GetFiles(folder).Where(path => !isKept(path)))
        {
            LeftoverFile.TryDelete(path);
        }
    }
}
