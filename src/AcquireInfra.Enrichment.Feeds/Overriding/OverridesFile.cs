using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AcquireInfra.Enrichment.Overriding;

namespace AcquireInfra.Enrichment.Feeds.Overriding;

/// <summary>
/// <c>overrides.csv</c> beside the log: the overrides of whoever can write the state folder. All of its rows are in force as one revision, or
/// none of a change is; their ids begin with <c>csv-</c>, and the API does not touch them. It is looked at again and again, and read when it
/// has been still for one look: editors write a file in more than one step.
/// </summary>
public sealed class OverridesFile(OverrideStore store, TimeProvider time)
{
    public const string IdPrefix = "csv-";

    /// <summary>Who changes overrides by it.</summary>
    public const string Who = "overrides.csv";

    const long MaxBytes = 64 << 20;

    (DateTime WrittenAt, long Bytes)? _seen;
    (DateTime WrittenAt, long Bytes)? _read;
    string _hash = "";
    bool _isRead;
    IReadOnlyList<OverrideRowFault> _faults = [];

    /// <summary>What is wrong with the file as it is; while there is anything, what it said before is in force.</summary>
    public IReadOnlyList<OverrideRowFault> Faults => Volatile.Read(ref _faults);

    /// <summary>Looks at the file; one thread at a time.</summary>
    /// <returns>Whether it was read, with faults or without.</returns>
    /// <exception cref="IOException">The file cannot be read, or what it says cannot be written to the log; the next look tries again.</exception>
    public bool Look()
    {
        var file = new FileInfo(store.CsvPath);
        (DateTime, long)? stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
        var isStill = stamp == _seen;
        var isFirst = !_isRead && stamp is not null && _seen is null; // at the start nobody waits for it to be still
        _seen = stamp;
        if ((!isStill && !isFirst) || (_isRead && stamp == _read))
        {
            return false;
        }
        var bytes = stamp is null ? [] : Read(file);
        var hash = bytes is null ? "too long" : Convert.ToHexStringLower(SHA256.HashData(bytes));
        var isNews = !_isRead || hash != _hash;
        if (isNews)
        {
            Use(bytes, stamp is not null);
        }
        (_read, _hash, _isRead) = (stamp, hash, true);
        return isNews;
    }

    static byte[]? Read(FileInfo file) => file.Length > MaxBytes ? null : File.ReadAllBytes(file.FullName);

    void Use(byte[]? bytes, bool isThere)
    {
        var (faults, wanted) = (new List<OverrideRowFault>(), new Dictionary<string, Override>());
        if (bytes is null)
        {
            faults.Add(new(1, new("file", "", string.Create(CultureInfo.InvariantCulture, $"has more than {MaxBytes} bytes"))));
        }
        else if (isThere)
        {
            wanted = Read(bytes, time.GetUtcNow(), isOurs: true, faults).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        }
        if (faults.Count == 0)
        {
            try
            {
                store.Change(Who, OverrideAction.Csv, (current, revision) => ChangesTo(wanted, current, revision));
            }
            catch (OverridesFullException full)
            {
                faults.Add(new(1, new("file", "", "has too many rows: " + full.Message.TrimEnd('.'))));
            }
        }
        Volatile.Write(ref _faults, faults);
    }

    /// <summary>Reads the overrides of a table that are in force at a time, each with an id; their revision is 0.</summary>
    /// <param name="isOurs">Whether ids must begin with <see cref="IdPrefix"/>.</param>
    /// <param name="faults">Told every fault.</param>
    public static IReadOnlyCollection<Override> Read(ReadOnlySpan<byte> bytes, DateTimeOffset now, bool isOurs, ICollection<OverrideRowFault> faults)
    {
        var wanted = new Dictionary<string, Override>(StringComparer.Ordinal);
        foreach (var (line, entry) in OverridesCsv.Read(bytes, faults))
        {
            var rowFaults = new List<OverrideFault>();
            var id = entry.Id ?? IdOf(entry);
            var read = OverrideRules.Read(entry, id, revision: 0, rowFaults);
            if (isOurs && !id.StartsWith(IdPrefix, StringComparison.Ordinal))
            {
                rowFaults.Add(new("id", id, $"does not begin with {IdPrefix}; leave the field empty, or begin it so"));
            }
            if (read is not null && read.ExpiresAt > now && OverrideRules.ExpiryFault(read.ExpiresAt, now) is { } fault)
            {
                rowFaults.Add(fault);
            }
            // A row whose time is over is no fault: it was right when it was written.
            if (rowFaults.Count == 0 && read!.ExpiresAt > now && !wanted.TryAdd(id, read))
            {
                rowFaults.Add(new("id", id, "is there twice; take out one of both rows, or give it another id"));
            }
            foreach (var rowFault in rowFaults)
            {
                faults.Add(new(line, rowFault));
            }
        }
        return wanted.Values;
    }

    static List<(Override? Before, Override? After)> ChangesTo(Dictionary<string, Override> wanted, OverrideSet current, long revision)
    {
        var changes = new List<(Override? Before, Override? After)>();
        foreach (var before in current.Entries.Where(entry => entry.Id.StartsWith(IdPrefix, StringComparison.Ordinal)))
        {
            if (!wanted.TryGetValue(before.Id, out var after))
            {
                changes.Add((before, null));
            }
            else if (after with { Revision = before.Revision } != before)
            {
                changes.Add((before, after with { Revision = revision }));
            }
        }
        changes.AddRange(wanted.Values.Where(after => current.Find(after.Id) is null).Select(after => ((Override?)null, (Override?)(after with { Revision = revision }))));
        return changes;
    }

    // The same row has the same id, so that an override keeps its own when others are put before it.
    static string IdOf(OverrideEntry entry) => IdPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{entry.Target?.Ip}|{entry.Target?.Prefix}|{entry.Target?.Asn}|{entry.Target?.Provider?.ToUpperInvariant()}|{entry.Effect}|{entry.Tag}")).AsSpan(0, 6));
}
