using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Overriding;

namespace AcquireInfra.Enrichment.Feeds.Overriding;

/// <summary>
/// The overrides of a state folder, in its subfolder <c>overrides</c>: <c>log.ndjson</c> says how they came to be, line by line, and what is in
/// force is what comes of it. A change is on disk before anyone sees it. What expires is out of force in that very second, whether or not the
/// disk can be written then. Thread-safe.
/// </summary>
public sealed class OverrideStore : IDisposable
{
    /// <summary>Who lets overrides expire.</summary>
    public const string Service = "service";

    // More is not needed at once, and timers have a longest time.
    static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    readonly string _folder;
    readonly int _maxEntries;
    readonly TimeProvider _time;
    readonly Action<OverrideRecord> _changed;
    readonly OverrideLog _log;
    readonly ITimer _timer;
    readonly Lock _changing = new();
    readonly OverrideHistory _history = new();

    // In force already, and not on disk yet: only expiries can be.
    readonly Queue<OverrideRecord> _unsaved = [];
    OverrideSet _current = OverrideSet.Empty;
    string? _trouble;

    /// <param name="maxEntries">Most overrides at the same time.</param>
    /// <param name="changed">Told of every revision when it is in force; must not call back.</param>
    public OverrideStore(string stateFolder, int maxEntries, TimeProvider time, Action<OverrideRecord>? changed = null)
    {
        _folder = Path.Combine(Path.GetFullPath(stateFolder), "overrides");
        (_maxEntries, _time, _changed) = (maxEntries, time, changed ?? (_ => { }));
        _log = new(Path.Combine(_folder, "log.ndjson"));
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The file beside the log that people may edit.</summary>
    public string CsvPath => Path.Combine(_folder, "overrides.csv");

    /// <summary>Why there can be no changes, in one sentence; null where there can. What is in force stays so.</summary>
    public string? Trouble => Volatile.Read(ref _trouble);

    /// <summary>What is in force now.</summary>
    public OverrideSet Current
    {
        get
        {
            var current = Volatile.Read(ref _current);
            return current.NextExpiryAt <= _time.GetUtcNow() ? Expire() : current;
        }
    }

    /// <summary>All revisions, the oldest first.</summary>
    public IReadOnlyList<OverrideRecord> Records => _history.Records;

    /// <summary>What was in force at a time; now is the latest.</summary>
    public OverrideSet AsOf(DateTimeOffset at)
    {
        _ = Current; // what has expired since is in the history then
        return _history.AsOf(at);
    }

    /// <summary>Reads the log. Until then nothing is in force.</summary>
    /// <returns>Bytes of a last line that a process did not live to write to its end; it was never answered, and is cut off.</returns>
    public long Open()
    {
        lock (_changing)
        {
            return Load();
        }
    }

    /// <summary>Changes overrides: all that is asked for, or nothing.</summary>
    /// <param name="who">A caller, safe to log.</param>
    /// <param name="change">Gives the changes from what is in force, for the revision that they make; none makes no revision.</param>
    /// <returns>What is in force then.</returns>
    /// <exception cref="OverridesFullException">There would be more than there may be.</exception>
    /// <exception cref="IOException">The change is not on disk, and not in force.</exception>
    public OverrideSet Change(string who, string action, Func<OverrideSet, long, IReadOnlyList<(Override? Before, Override? After)>> change)
    {
        lock (_changing)
        {
            Directory.CreateDirectory(_folder);
            using var writing = FolderLock.Take(_folder, TimeSpan.FromSeconds(5), CancellationToken.None);
            if (_unsaved.Count == 0 && _log.IsChanged)
            {
                Load(); // another process has the same folder
            }
            ExpireWithin();
            Save();
            if (Trouble is { } trouble)
            {
                throw new IOException(trouble);
            }
            var revision = _current.Revision + 1;
            var changes = change(_current, revision);
            if (changes.Count == 0)
            {
                return _current;
            }
            var next = Next(_current, revision, changes);
            if (next.Entries.Count > _maxEntries)
            {
                throw new OverridesFullException(next.Entries.Count, _maxEntries);
            }
            var record = new OverrideRecord(revision, TimeOfNext(_time.GetUtcNow()), who, action, [.. changes.Select(Entries)]);
            _log.Append(record);
            Use(record, next);
            return next;
        }
    }

    public void Dispose() => _timer.Dispose();

    OverrideSet Expire()
    {
        lock (_changing)
        {
            ExpireWithin();
            try
            {
                Save();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // They are out of force all the same, and the timer tries again.
            }
            SetTimer();
            return _current;
        }
    }

    // A timer may come a moment early.
    void Tick() => _ = Expire();

    // Each second at which something expired is one revision, also where nobody was there to see it.
    void ExpireWithin()
    {
        while (_current.NextExpiryAt is { } expiry && expiry <= _time.GetUtcNow())
        {
            var next = _current.At(expiry);
            var record = new OverrideRecord(
                next.Revision, TimeOfNext(expiry), Service, OverrideAction.Expire,
                [.. _current.Entries.Where(entry => entry.ExpiresAt <= expiry).Select(entry => Entries((entry, null)))]);
            _unsaved.Enqueue(record);
            Use(record, next);
        }
    }

    void Save()
    {
        if (Trouble is null && _unsaved.Count > 0)
        {
            Directory.CreateDirectory(_folder);
        }
        while (Trouble is null && _unsaved.TryPeek(out var record))
        {
            _log.Append(record);
            _unsaved.Dequeue();
        }
    }

    long Load()
    {
        var set = OverrideSet.Empty;
        var (records, sets) = (new List<OverrideRecord>(), new Dictionary<string, Override>(StringComparer.Ordinal));
        long torn = 0;
        string? broken;
        try
        {
            broken = _log.Read(record => Replay(record, records, sets), out torn);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            broken = exception.Message;
        }
        if (broken is null || _history.Records.Count == 0)
        {
            set = records.Count == 0 ? set : new(records[^1].Revision, sets.Values);
            _history.Use(records);
            Volatile.Write(ref _current, set);
        }
        Volatile.Write(ref _trouble, broken is null ? null : $"The log of overrides cannot be used ({broken}). Mend or move overrides/log.ndjson in the state folder and start again.");
        ExpireWithin();
        SetTimer();
        return torn;
    }

    static void Replay(OverrideRecord record, List<OverrideRecord> records, Dictionary<string, Override> entries)
    {
        if (record.Revision != (records.Count == 0 ? 1 : records[^1].Revision + 1))
        {
            throw new FormatException($"Revision {record.Revision} does not follow the one before.");
        }
        OverrideHistory.Apply(record, entries);
        records.Add(record);
    }

    void Use(OverrideRecord record, OverrideSet next)
    {
        _history.Add(record);
        Volatile.Write(ref _current, next);
        SetTimer();
        _changed(record);
    }

    void SetTimer()
    {
        var wait = _unsaved.Count > 0 ? RetryAfter : _current.NextExpiryAt is { } expiry ? expiry - _time.GetUtcNow() : LongestWait;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, LongestWait.TotalMilliseconds)), LongestWait);
    }

    // A clock that is put back does not put the log out of order.
    DateTime TimeOfNext(DateTimeOffset now) => _history.Records is [.., var last] && last.Time > now ? last.At : now.UtcDateTime;

    static OverrideSet Next(OverrideSet current, long revision, IReadOnlyList<(Override? Before, Override? After)> changes)
    {
        var gone = changes.Select(change => change.Before?.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return new(revision, current.Entries.Where(entry => !gone.Contains(entry.Id)).Concat(changes.Select(change => change.After).OfType<Override>()));
    }

    static OverrideChange Entries((Override? Before, Override? After) change) => new(
        change.Before is null ? null : OverrideEntry.From(change.Before), change.After is null ? null : OverrideEntry.From(change.After));
}

/// <summary>A change would make more overrides than there may be.</summary>
public sealed class OverridesFullException(int count, int most) : Exception($"There would be {count} overrides, and there may be {most}.");
