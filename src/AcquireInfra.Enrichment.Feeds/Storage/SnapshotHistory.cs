using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>From when on a snapshot was live, and by which policy it was judged; until the next period begins.</summary>
/// <param name="From">UTC.</param>
/// <param name="PolicyId">See <see cref="SnapshotHistory.IdOfPolicy"/>.</param>
/// <param name="Because">Who made it live, and why; null where it was simply the newest.</param>
/// <param name="MayBeKeptUntil">When the licence of a source asks for the file to be deleted; null where none does.</param>
/// <param name="DeletedBecause">Why its file is gone; null while it is there.</param>
public sealed record LivePeriod(
    DateTimeOffset From, string SnapshotId, string PolicyId, DateTimeOffset DataAsOf, long FileBytes, string? Because = null,
    DateTimeOffset? MayBeKeptUntil = null, string? DeletedBecause = null);

/// <summary>What is live stays live, whatever is compiled.</summary>
/// <param name="Reason">Who decided, and why.</param>
public sealed record SnapshotPin(string SnapshotId, DateTimeOffset Since, string Reason);

/// <param name="Days">How long a snapshot is kept after it was live, in days.</param>
/// <param name="MaxBytes">Most bytes of all snapshot files.</param>
public sealed record HistoryLimits(int Days, long MaxBytes);

/// <summary>
/// When which snapshot was live: <c>history.json</c> in the state folder, beside the snapshots that are kept and the policies that they
/// were judged by. Thread-safe; one process writes.
/// </summary>
public sealed class SnapshotHistory
{
    // Periods are remembered after their files are gone, so that it can be said what was live; no more of them than this.
    const int MaxPeriods = 2_000;

    const string FilePattern = "*.snapshot";

    readonly string _file;
    readonly string _policies;
    readonly string _snapshots;
    readonly Lock _writing = new();

    // In memory already, and not on disk yet: it is written with whatever is written next.
    readonly Dictionary<string, byte[]> _unsavedPolicies = [];
    bool _isUnsaved;
    HistoryFile _current;

    /// <summary>Reads what is there. A file that cannot be read is put aside, and history begins anew; see <see cref="Damage"/>.</summary>
    public SnapshotHistory(string stateFolder)
    {
        var folder = Path.GetFullPath(stateFolder);
        (_file, _policies, _snapshots) = (Path.Combine(folder, "history.json"), Path.Combine(folder, "policies"), Path.Combine(folder, "snapshots"));
        _current = Read();
    }

    /// <summary>The name of a policy: of its bytes, so that one that was edited is another.</summary>
    public static string IdOfPolicy(byte[] json) => Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16));

    /// <summary>Why the file of before could not be read; null where it could, or there was none.</summary>
    public string? Damage { get; private set; }

    /// <summary>The oldest first; the last one is of what is live.</summary>
    public IReadOnlyList<LivePeriod> Periods => Volatile.Read(ref _current).Periods;

    /// <summary>Null where the newest snapshot is to be live.</summary>
    public SnapshotPin? Pin => Volatile.Read(ref _current).Pin;

    public string PathOf(string snapshotId) => Path.Combine(_snapshots, snapshotId + ".snapshot");

    public bool IsKept(string snapshotId) => File.Exists(PathOf(snapshotId));

    /// <summary>The period that a time lies in: its index in <see cref="Periods"/>; -1 before the first.</summary>
    public static int IndexOf(IReadOnlyList<LivePeriod> periods, DateTimeOffset at)
    {
        var (from, to) = (0, periods.Count);
        while (from < to)
        {
            var middle = from + (to - from) / 2;
            (from, to) = periods[middle].From <= at ? (middle + 1, to) : (from, middle);
        }
        return from - 1;
    }

    /// <summary>The JSON of a policy that was in use.</summary>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public byte[] PolicyOf(string policyId) => File.ReadAllBytes(PolicyFile(policyId));

    /// <summary>Begins a period, unless it would go on as it is. The policy is on disk before the period that names it.</summary>
    /// <exception cref="IOException">The state folder cannot be written; the period is remembered, and written with the next.</exception>
    public void Begin(LivePeriod period, byte[] policyJson)
    {
        lock (_writing)
        {
            if (Periods is [.., var last] && (last.SnapshotId, last.PolicyId) == (period.SnapshotId, period.PolicyId))
            {
                return;
            }
            // A clock that was put back must not unsort them; and a file that is there again can be read for earlier times too.
            var from = Periods is [.., var latest] && period.From <= latest.From ? latest.From.AddTicks(1) : period.From;
            var earlier = Periods.Skip(Periods.Count + 1 - MaxPeriods).Select(one => one.SnapshotId == period.SnapshotId ? one with { DeletedBecause = null } : one);
            _unsavedPolicies.TryAdd(period.PolicyId, policyJson);
            Change(_current with { Periods = [.. earlier, period with { From = from }] });
            Save();
        }
    }

    /// <param name="pin">Null to let the newest snapshot go live again.</param>
    /// <exception cref="IOException">The state folder cannot be written; the pin is as it was.</exception>
    public void SetPin(SnapshotPin? pin)
    {
        lock (_writing)
        {
            var before = _current;
            try
            {
                Change(_current with { Pin = pin });
                Save();
            }
            catch
            {
                Change(before); // a choice that is not on disk is not made
                throw;
            }
        }
    }

    /// <summary>
    /// Deletes the snapshots that are not to be kept: those that a licence lets nobody keep, those past their days, and where they take
    /// too many bytes first all but the last of each day and then the oldest.
    /// </summary>
    /// <param name="spared">What is live or will be.</param>
    /// <returns>Ids of what was deleted, and why.</returns>
    /// <exception cref="IOException">The folder cannot be read, or the history not written.</exception>
    public IReadOnlyList<(string SnapshotId, string Because)> Prune(HistoryLimits limits, DateTimeOffset now, IReadOnlySet<string> spared)
    {
        lock (_writing)
        {
            var files = FilesIn(_snapshots, FilePattern).Select(path => new FileInfo(path))
                .ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name), file => new SnapshotOnDisk(file.Length, file.LastWriteTimeUtc));
            var deleted = ToDelete(Periods, files, limits, now, spared);
            if (deleted.Count > 0)
            {
                // Said before it is done: what a kill leaves undone is found again, and what is gone has its reason.
                var why = deleted.ToDictionary(pair => pair.SnapshotId, pair => pair.Because);
                Change(_current with { Periods = [.. Periods.Select(period => why.TryGetValue(period.SnapshotId, out var because) ? period with { DeletedBecause = because } : period)] });
            }
            Save();
            foreach (var (id, _) in deleted)
            {
                LeftoverFile.TryDelete(PathOf(id)); // safe while it is mapped: its pages live until the last reader lets go
            }
            if (deleted.Count > 0)
            {
                RemovePolicies();
            }
            return [.. deleted.Where(pair => !IsKept(pair.SnapshotId))];
        }
    }

    internal static IReadOnlyList<(string SnapshotId, string Because)> ToDelete(
        IReadOnlyList<LivePeriod> periods, IReadOnlyDictionary<string, SnapshotOnDisk> files, HistoryLimits limits, DateTimeOffset now, IReadOnlySet<string> spared)
    {
        var deleted = new List<(string, string)>();
        var kept = new List<(string Id, DateTimeOffset Until, DateTimeOffset? MayBeKeptUntil)>(); // the one that was live longest ago first
        foreach (var id in files.Keys.Where(id => !spared.Contains(id)))
        {
            var last = periods.Count - 1;
            while (last >= 0 && periods[last].SnapshotId != id)
            {
                last--;
            }
            var until = last < 0 ? files[id].WrittenAt : last + 1 < periods.Count ? periods[last + 1].From : now;
            kept.Add((id, until, last < 0 ? null : periods[last].MayBeKeptUntil)); // of the last time that its sources were confirmed
        }
        kept.Sort((one, other) => one.Until.CompareTo(other.Until));
        Delete(one => one.MayBeKeptUntil <= now, "a licence lets nobody keep its data for longer");
        Delete(one => now - one.Until > TimeSpan.FromDays(limits.Days), $"snapshots are kept for {limits.Days} days");
        var bytes = files.Where(file => !deleted.Exists(pair => pair.Item1 == file.Key)).Sum(file => file.Value.Bytes);
        var lastOfDays = kept.GroupBy(one => one.Until.UtcDateTime.Date).Select(day => day.Last().Id).ToHashSet();
        foreach (var one in kept.Where(one => !lastOfDays.Contains(one.Id)).Concat(kept.Where(one => lastOfDays.Contains(one.Id))).ToList())
        {
            if (bytes <= limits.MaxBytes)
            {
                break;
            }
            bytes -= files[one.Id].Bytes;
            deleted.Add((one.Id, $"all snapshots together may take {limits.MaxBytes} bytes"));
        }
        return deleted;

        void Delete(Predicate<(string Id, DateTimeOffset Until, DateTimeOffset? MayBeKeptUntil)> isGone, string because)
        {
            deleted.AddRange(kept.FindAll(isGone).Select(one => (one.Id, because)));
            kept.RemoveAll(isGone);
        }
    }

    void RemovePolicies()
    {
        var used = Periods.Where(period => period.DeletedBecause is null).Select(period => PolicyFile(period.PolicyId)).ToHashSet();
        foreach (var path in FilesIn(_policies, "*.json").Where(path => !used.Contains(path)))
        {
            LeftoverFile.TryDelete(path);
        }
    }

    static string[] FilesIn(string folder, string pattern) => Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];

    string PolicyFile(string policyId) => Path.Combine(_policies, policyId + ".json");

    HistoryFile Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_file), HistoryFileJson.Default.HistoryFile) ?? throw new JsonException("It is null.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new([]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            Damage = $"{_file} cannot be read, and is put aside as history.json.bad: {exception.Message}";
            PutAside();
            return new([]);
        }
    }

    void PutAside()
    {
        try
        {
            AtomicFile.Rename(_file, _file + ".bad");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // it is overwritten when it can be
        }
    }

    void Change(HistoryFile next)
    {
        Volatile.Write(ref _current, next);
        _isUnsaved = true;
    }

    void Save()
    {
        foreach (var (id, json) in _unsavedPolicies)
        {
            if (!File.Exists(PolicyFile(id)))
            {
                Directory.CreateDirectory(_policies);
                AtomicFile.Write(PolicyFile(id), stream => stream.Write(json));
            }
        }
        _unsavedPolicies.Clear();
        if (_isUnsaved)
        {
            AtomicFile.Write(_file, stream => JsonSerializer.Serialize(stream, _current, HistoryFileJson.Default.HistoryFile));
            _isUnsaved = false;
        }
    }
}

/// <param name="WrittenAt">UTC.</param>
internal readonly record struct SnapshotOnDisk(long Bytes, DateTimeOffset WrittenAt);

internal sealed record HistoryFile(IReadOnlyList<LivePeriod> Periods, SnapshotPin? Pin = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HistoryFile))]
internal sealed partial class HistoryFileJson : JsonSerializerContext;
