using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// A snapshot as a file for those who do not ask us: what its exportable sources say, judged at the date of the data. The same snapshot and
/// policy give the same bytes.
/// </summary>
public sealed class SnapshotExport
{
    readonly Action<Judge, Stream> _write;

    SnapshotExport(string name, string fileName, string contentType, Action<Judge, Stream> write) =>
        (Name, FileName, ContentType, _write) = (name, fileName, contentType, write);

    /// <summary>CSV for a Sentinel watchlist: what detection looks for.</summary>
    public static SnapshotExport Watchlist { get; } = new("watchlist", "watchlist.csv", "text/csv; charset=utf-8", WatchlistCsv.Write);

    /// <summary>CSV of all space in any category.</summary>
    public static SnapshotExport Ranges { get; } = new("ranges", "ranges.csv", "text/csv; charset=utf-8", RangesCsv.Write);

    /// <summary>One prefix a line, for firewalls; see <see cref="AddressList"/> for other levels than high.</summary>
    public static SnapshotExport Edl { get; } = new(
        "edl", "edl.txt", "text/plain; charset=utf-8", (judge, stream) => AddressList.Write(judge, AddressListFilter.Default, stream));

    /// <summary>MaxMind DB of all space with an ASN or a category.</summary>
    public static SnapshotExport Mmdb { get; } = new("mmdb", "enrichment.mmdb", "application/octet-stream", EnrichmentMmdb.Write);

    public static IReadOnlyList<SnapshotExport> All { get; } = [Watchlist, Ranges, Edl, Mmdb];

    /// <summary>What callers name it by.</summary>
    public string Name { get; }

    public string FileName { get; }

    public string ContentType { get; }

    /// <param name="judge">Any judge of the snapshot and the policy.</param>
    public void Write(Judge judge, Stream destination) => _write(judge.ForExport(), destination);
}
