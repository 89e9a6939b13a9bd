using AcquireInfra.Enrichment.Addressing;

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

    // The first word; "first - last" with blanks round the dash is one value too, "address - remark" is not.
    static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny(" \t"u8);
        if (end < 0)
        {
            return text;
        }
        var rest = text[end..].TrimStart(" \t"u8);
        var next = rest.StartsWith("-"u8) ? FirstWord(rest[1..].TrimStart(" \t"u8)) : default;
        return Prefix.Parse(next, out _) == PrefixFault.None ? text[..(text.Length - rest.Length + rest.IndexOf(next) + next.Length)] : text[..end];
    }

    static ReadOnlySpan<byte> FirstWord(ReadOnlySpan<byte> text) => text.IndexOfAny(" \t"u8) is var end and >= 0 ? text[..end] : text;
}
