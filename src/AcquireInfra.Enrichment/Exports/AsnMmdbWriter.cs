using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// Writes an ASN table as a MaxMind DB with the fields of GeoLite2-ASN, for any reader of the format. The table has rows of its own in
/// 2001::/32 and 2002::/16. Equal input gives equal bytes.
/// </summary>
public static class AsnMmdbWriter
{
    /// <param name="ranges">Sorted and disjoint, as <see cref="AsnTableParser"/> gives them.</param>
    /// <param name="builtAt">The date of the table, not of the call.</param>
    public static void Write(IReadOnlyList<AsnRange> ranges, string description, DateTimeOffset builtAt, Stream destination) =>
        Write(ranges, description, builtAt, destination, leastRecordBits: 24);

    /// <param name="leastRecordBits">24, 28 or 32; the size that the table needs is taken if it is larger. For tests of the larger ones.</param>
    internal static void Write(
        IReadOnlyList<AsnRange> ranges, string description, DateTimeOffset builtAt, Stream destination, int leastRecordBits)
    {
        var data = new MmdbData();
        var offsets = new List<uint>();
        var numbers = new Dictionary<(Asn, string), int>();
        var rows = new List<(UInt128, UInt128, int)>(ranges.Count);
        foreach (var row in ranges)
        {
            if (!numbers.TryGetValue((row.Asn, row.Name), out var number))
            {
                number = offsets.Count;
                numbers.Add((row.Asn, row.Name), number);
                offsets.Add(data.Length);
                WriteRecord(data, row);
            }
            rows.Add((MmdbFile.NumberOf(row.Range.First), MmdbFile.NumberOf(row.Range.Last), number));
        }
        rows.Sort();
        new MmdbFile("AcquireInfra-ASN", description, builtAt, leastRecordBits).Write(rows, offsets, data, destination);
    }

    static void WriteRecord(MmdbData data, AsnRange row)
    {
        data.BeginMap(2);
        data.Key("autonomous_system_number");
        data.Number32(row.Asn.Number);
        data.Key("autonomous_system_organization");
        data.String(row.Name);
    }
}
