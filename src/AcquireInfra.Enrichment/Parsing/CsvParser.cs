namespace AcquireInfra.Enrichment.Parsing;

/// <summary>CSV, TSV and geofeeds: columns by name, from the header line or from the format.</summary>
internal static class CsvParser
{
    static readonly string[] GeofeedColumns = ["prefix", "country", "region", "city", "postal"];

    public static void Parse(Stream stream, FeedFormat format, FeedLimits limits, FeedContent content)
    {
        if (format.Syntax == FeedSyntax.Geofeed)
        {
            format = format with { Columns = GeofeedColumns, Prefix = ["prefix"] };
        }
        var map = new FieldMap(format);
        var mapper = new RecordMapper(format, map, limits, content);
        var reader = new CsvReader(stream, format, limits, content);
        int[][]? slotsOfColumns = null;
        var record = new FeedRecord();
        while (reader.TryRead())
        {
            slotsOfColumns ??= SlotsOfColumns(reader.Columns, map);
            Fill(record, reader.Fields, slotsOfColumns, reader.Line);
            mapper.Map(record);
        }
        slotsOfColumns ??= SlotsOfColumns(reader.Columns, map); // a file that lost its rows, or never was this CSV, is no empty list
    }

    // A short row leaves its last fields empty; a long one's surplus is nobody's.
    static void Fill(FeedRecord record, FeedRecord fields, int[][] slotsOfColumns, int line)
    {
        record.Begin(line, 1);
        for (var column = 0; column < Math.Min(fields.ValueCount, slotsOfColumns.Length); column++)
        {
            var value = fields.ValueAt(column);
            foreach (var slot in slotsOfColumns[column])
            {
                if (!value.IsEmpty)
                {
                    record.Add(slot, value, line, fields.PlaceAt(column).Column);
                }
            }
        }
    }

    /// <exception cref="FormatException">A field names a column that is not there.</exception>
    static int[][] SlotsOfColumns(IReadOnlyList<string> columns, FieldMap map)
    {
        foreach (var (path, _) in map.Paths)
        {
            if (!columns.Contains(path))
            {
                throw new FormatException($"The CSV has no column '{path}'; it has {string.Join(", ", columns)}.");
            }
        }
        return [.. columns.Select(column => map.Paths.Where(path => path.Path == column).Select(path => path.Slot).ToArray())];
    }
}
