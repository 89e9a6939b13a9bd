using System.Text;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>
/// The state folder: <c>snapshots/{id}.snapshot</c>, and <c>current</c>, one line with the hash of the inputs and the id of the
/// snapshot that was compiled from them.
/// </summary>
public sealed class SnapshotStore
{
    readonly string _folder;

    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public SnapshotStore(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Path.Combine(_folder, "snapshots"));
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

    string CurrentFile => Path.Combine(_folder, "current");

    public string PathOf(string snapshotId) => Path.Combine(_folder, "snapshots", snapshotId + ".snapshot");

    public string ScratchFolder => Path.Combine(_folder, "scratch");

    /// <summary>The snapshot of these sources: the one on disk while the inputs are unchanged, else a new one.</summary>
    /// <param name="now">See <see cref="SourceLoader.Load"/>.</param>
    /// <param name="compiled">Told where the sources had to be read; not called where the snapshot on disk serves.</param>
    /// <exception cref="IOException">The state folder cannot be written.</exception>
    /// <exception cref="SourceException">The data of a source is missing or broken; what was compiled before is as it was.</exception>
    /// <exception cref="ManifestException">The sources cannot go together.</exception>
    public Snapshot GetOrCompile(
        IReadOnlyList<LocatedSource> sources, string manifestText, FeedLimits limits, DateTimeOffset now,
        Action<LoadedSources, Snapshot>? compiled = null, CancellationToken cancellation = default)
    {
        var inputs = InputsHash.Of(sources, manifestText, cancellation);
        using var writing = Lock();
        if (TryOpenCurrent(inputs) is { } current)
        {
            return current;
        }
        var loaded = SourceLoader.Load(sources, limits, ScratchFolder, now, cancellation);
        var snapshot = Compile(loaded);
        AtomicFile.Write(CurrentFile, stream => stream.Write(Encoding.ASCII.GetBytes($"{inputs} {snapshot.Id}\n")));
        RemoveOthers(snapshot.Id);
        compiled?.Invoke(loaded, snapshot);
        return snapshot;
    }

    Snapshot Compile(LoadedSources loaded)
    {
        var id = "";
        var temporary = Path.Combine(_folder, "snapshots", "compiling");
        try
        {
            AtomicFile.Write(temporary, stream => SnapshotCompiler.Compile(loaded.Sources, stream), verify: path => id = Snapshot.Open(path).Id);
        }
        catch (SourcesException exception)
        {
            throw new ManifestException(exception.Message, exception); // sources that cannot go together: two ASN tables
        }
        AtomicFile.Rename(temporary, PathOf(id));
        return Snapshot.Open(PathOf(id));
    }

    /// <summary>The snapshot compiled last, whatever its inputs were; null where there is none, or a damaged one.</summary>
    public Snapshot? OpenLastGood() => TryOpenCurrent(inputs: null);

    Snapshot? TryOpenCurrent(string? inputs)
    {
        var line = File.Exists(CurrentFile) ? File.ReadAllText(CurrentFile).Split(' ', '\n') : [];
        if (line.Length < 2 || line[0] != (inputs ?? line[0]) || !File.Exists(PathOf(line[1])))
        {
            return null;
        }
        try
        {
            return Snapshot.Open(PathOf(line[1]));
        }
        catch (SnapshotException)
        {
            return null; // damaged on disk: it is compiled anew from its inputs
        }
    }

    // Deleting a mapped file is safe: its pages live until the last reader lets go.
    void RemoveOthers(string keptId)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(_folder, "snapshots")))
        {
            if (path != PathOf(keptId))
            {
                File.Delete(path);
            }
        }
    }

    // Held by the file, not by its existence: a process that dies lets go of it.
    FileStream Lock()
    {
        const int Attempts = 600;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < Attempts)
            {
                Thread.Sleep(100);
            }
        }
    }
}
