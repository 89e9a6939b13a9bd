using AcquireInfra.Enrichment.Overriding;

namespace AcquireInfra.Enrichment.Feeds.Overriding;

/// <summary>All revisions of the overrides, and what was in force after each. Thread-safe.</summary>
internal sealed class OverrideHistory
{
    // Sets are made again from the records; those asked for last are kept.
    const int MaxKept = 64;

    readonly Lock _making = new();
    readonly Dictionary<int, OverrideSet> _kept = [];
    OverrideRecord[] _records = [];

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<OverrideRecord> Records => Volatile.Read(ref _records);

    public void Add(OverrideRecord record) => Volatile.Write(ref _records, [.. _records, record]);

    public void Use(IEnumerable<OverrideRecord> records)
    {
        lock (_making)
        {
            _kept.Clear();
            Volatile.Write(ref _records, [.. records]);
        }
    }

    public OverrideSet AsOf(DateTimeOffset at)
    {
        lock (_making)
        {
            var records = Volatile.Read(ref _records);
            var count = CountUpTo(records, at);
            if (!_kept.TryGetValue(count, out var set))
            {
                if (_kept.Count == MaxKept)
                {
                    _kept.Clear();
                }
                _kept.Add(count, set = After(records.AsSpan(0, count)));
            }
            return set;
        }
    }

    /// <exception cref="FormatException">The record does not fit to what was before it.</exception>
    public static void Apply(OverrideRecord record, Dictionary<string, Override> entries)
    {
        foreach (var (before, after) in record.Changes)
        {
            if (before is not null && !(entries.Remove(before.Id ?? "", out var was) && was == OverrideRules.Parse(before)))
            {
                throw new FormatException($"Override {before.Id} was not so before.");
            }
            if (after is not null && !entries.TryAdd(after.Id ?? "", OverrideRules.Parse(after)))
            {
                throw new FormatException($"Override {after.Id} was there before.");
            }
        }
    }

    static OverrideSet After(ReadOnlySpan<OverrideRecord> records)
    {
        var entries = new Dictionary<string, Override>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            Apply(record, entries);
        }
        return records.IsEmpty ? OverrideSet.Empty : new(records[^1].Revision, entries.Values);
    }

    static int CountUpTo(OverrideRecord[] records, DateTimeOffset at)
    {
        var (from, to) = (0, records.Length);
        while (from < to)
        {
            var middle = from + (to - from) / 2;
            (from, to) = records[middle].Time <= at ? (middle + 1, to) : (from, middle);
        }
        return from;
    }
}
