namespace AcquireInfra.Enrichment.Parsing;

/// <summary>One value a line: the first word, be it a prefix, an address, a range, an endpoint or an ASN. The rest is remark.</summary>
internal static class TextParser
{
    public static void Parse(Stream stream, FeedFormat format, FeedLimits limits, FeedContent content)
    {
        if (format.Asn.Count == 0)
        {
            format = format with { Prefix = ["value"] };
        }
        var map = new FieldMap(format);
        var mapper = new RecordMapper(format, map, limits, content);
        var comments = new CommentReader(format, format.Comments ?? ["#", ";"], content);
        var slot = (int)(format.Asn.Count > 0 ? FieldSlot.Asn : FieldSlot.Prefix);
        var record = new FeedRecord();
        var lines = new LineReader(stream, limits, content);
        while (lines.TryRead(out var line))
        {
            var text = comments.Strip(line);
            var start = text.IndexOfAnyExcept(" \t"u8);
            if (start < 0)
            {
                continue;
            }
            record.Begin(lines.Line, start + 1);
            record.Add(slot, Value(text[start..]), lines.Line, start + 1);
            mapper.Map(record);
        }
    }

    // The first word; "first - last" with blanks round the dash is one value too.
    static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny(" \t"u8);
        if (end < 0)
        {
            return text;
        }
        var rest = text[end..].TrimStart(" \t"u8);
        return rest.StartsWith("-"u8) ? text.TrimEnd(" \t"u8) : text[..end];
    }
}
