using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>A row of an ASN table.</summary>
public readonly record struct AsnRange(AddressRange Range, Asn Asn, string Name);

/// <summary>Reads <c>start,end,asn,"name"</c> as ranges, not split into prefixes: the input of an ASN database.</summary>
public static class AsnTableParser
{
    static readonly FeedFormat Format = new() { Syntax = FeedSyntax.Csv, Columns = ["first", "last", "asn", "name"] };

    /// <summary>
    /// Reads the tables of both families and makes their rows disjoint: where two overlap, the one that starts later wins.
    /// </summary>
    /// <returns>Sorted by family and address. Rows that cannot be read are faults.</returns>
    public static List<AsnRange> Parse(IEnumerable<Stream> tables, FeedLimits limits, out FeedContent faults)
    {
        faults = new FeedContent(limits);
        var ranges = new List<AsnRange>();
        foreach (var table in tables)
        {
            ParseTable(table, limits, faults, ranges);
        }
        return Disjoint([.. ranges.OrderBy(static row => row.Range.First)]); // stable, as List.Sort is not
    }

    static void ParseTable(Stream table, FeedLimits limits, FeedContent faults, List<AsnRange> ranges)
    {
        var reader = new CsvReader(table, Format, limits, faults);
        while (reader.TryRead())
        {
            faults.Records++;
            var fields = reader.Fields;
            if (!Address.TryParse(fields.ValueOf(0), out var first) || !Address.TryParse(fields.ValueOf(1), out var last)
                || !AddressRange.TryCreate(first, last, out var range))
            {
                faults.Fault(FeedFault.BadRange, reader.Line, 1);
            }
            else if (!Asn.TryParse(fields.ValueOf(2), out var asn))
            {
                faults.Fault(FeedFault.BadAsn, reader.Line, fields.PlaceAt(Math.Min(2, fields.ValueCount - 1)).Column);
            }
            else if (asn.Number != 0)
            {
                ranges.Add(new(range, asn, CleanText.Of(fields.ValueOf(3), limits.MaxNameCharacters)));
            }
        }
    }

    // Of rows with one start the last stands. A row that reaches past the next one's end goes on after it only in broken tables; there
    // it is cut at the next start too, since nothing says which of the two is older.
    static List<AsnRange> Disjoint(List<AsnRange> sorted)
    {
        var disjoint = new List<AsnRange>(sorted.Count);
        for (var at = 0; at < sorted.Count; at++)
        {
            var row = sorted[at];
            if (at + 1 < sorted.Count && sorted[at + 1].Range.First is var next && next.IsIPv4 == row.Range.First.IsIPv4 && next <= row.Range.Last)
            {
                if (next == row.Range.First || !AddressRange.TryCreate(row.Range.First, Address.FromUInt128(next.Value - 1), out var cut))
                {
                    continue;
                }
                row = row with { Range = cut };
            }
            disjoint.Add(row);
        }
        return disjoint;
    }
}
