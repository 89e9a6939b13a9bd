using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Client.Replication;

/// <summary>
/// The replica on disk: <c>{id}.snapshot</c>, one of them but for the moment of a swap, <c>policy.json</c> and <c>overrides.json</c>. Files are put in place whole
/// and never written after, so processes may share the folder.
/// </summary>
internal sealed class ReplicaFolder(string path, ILogger logger)
{
    const string Extension = ".snapshot";

    string PolicyPath => Path.Combine(path, "policy.json");

    string OverridesPath => Path.Combine(path, "overrides.json");

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public void Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        // Whoever may write here decides what this program believes.
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>
    /// The newest sound snapshot with the policy and the overrides; null where the snapshot or the policy is missing. A folder of before there
    /// were overrides has none.
    /// </summary>
    public (Snapshot Snapshot, Policy Policy, OverrideSet Overrides)? TryOpen()
    {
        if (!File.Exists(PolicyPath) || TryRead(PolicyPath, file => Policy.Parse(File.ReadAllBytes(file))) is not { } policy)
        {
            return null;
        }
        var overrides = File.Exists(OverridesPath) ? TryRead(OverridesPath, file => OverridesDocument.Parse(File.ReadAllBytes(file))) : null;
        var newestFirst = Directory.GetFiles(path, "*" + Extension).OrderByDescending(File.GetLastWriteTimeUtc);
        var snapshot = newestFirst.Select(file => TryRead(file, Snapshot.Open)).FirstOrDefault(opened => opened is not null);
        return snapshot is null ? null : (snapshot, policy, overrides ?? OverrideSet.Empty);
    }

    /// <summary>Puts a snapshot in place.</summary>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="SnapshotException">What was written is no sound snapshot, or another one; there is no trace of it.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task<Snapshot> SaveAsync(string id, Func<Stream, Task> write)
    {
        var target = Path.Combine(path, id + Extension);
        await AtomicFile.WriteAsync(target, write, verify: temporary =>
        {
            var saved = Snapshot.Open(temporary).Id;
            if (saved != id)
            {
                throw new SnapshotException($"The service named the snapshot {id}, and its content is {saved}.");
            }
        }).ConfigureAwait(false);
        return Snapshot.Open(target);
    }

    public void SavePolicy(byte[] json) => AtomicFile.Write(PolicyPath, file => file.Write(json));

    public void SaveOverrides(byte[] json) => AtomicFile.Write(OverridesPath, file => file.Write(json));

    /// <summary>Removes older snapshots, and what writers left that died before a time.</summary>
    public void RemoveOthers(string keptId, DateTimeOffset diedBefore)
    {
        try
        {
            foreach (var file in Directory.GetFiles(path, "*" + Extension).Where(file => Path.GetFileName(file) != keptId + Extension))
            {
                File.Delete(file); // its pages live until the last reader lets go
            }
            AtomicFile.RemoveAbandoned(path, diedBefore);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps a mapped file: the next swap finds it free.
        }
    }

    T? TryRead<T>(string file, Func<string, T> read)
        where T : class
    {
        try
        {
            return read(file);
        }
        catch (Exception exception) when (exception is SnapshotException or FormatException or IOException or UnauthorizedAccessException)
        {
            Log.ReplicaFileRefused(logger, exception, file);
            return null;
        }
    }
}
