using System.Text;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>
/// Delimited fields, one record a line. Quotes may hold delimiters and doubled quotes, blanks may stand round a field and its
/// quotes. A quoted line break is a fault: no feed has one, and letting a quote swallow lines would let one bad line eat the rest.
/// That, the exact place of each fault and the bounded line are why this is not CsvHelper.
/// </summary>
internal ref struct CsvReader(Stream stream, FeedFormat format, FeedLimits limits, FeedContent content)
{
    readonly CommentReader _comments = new(format, format.Comments ?? ["#"], content);
    readonly byte _delimiter = Encoding.UTF8.GetBytes(format.Delimiter)[0];
    byte[]? _header = null;
    LineReader _lines = new(stream, limits, content);

    /// <summary>The fields of the record last read: value n is column n, with its place.</summary>
    public FeedRecord Fields { get; } = new();

    /// <summary>Names of the columns: from the header line once it was read, else from the format.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = format.Columns;

    public readonly int Line => _lines.Line;

    /// <summary>Reads the next record; blank lines, comments and header lines are passed over, badly quoted ones are faults.</summary>
    public bool TryRead()
    {
        while (_lines.TryRead(out var line))
        {
            if (line.IndexOfAnyExcept(" \t"u8) < 0)
            {
                continue;
            }
            if (_comments.IsComment(line))
            {
                _comments.ReadDate(line);
                continue;
            }
            if (_header is not null && line.SequenceEqual(_header))
            {
                continue; // some publishers repeat it in the middle
            }
            if (!TrySplit(line, _delimiter, _lines.Line, Fields))
            {
                content.Fault(FeedFault.BadQuote, _lines.Line, Fields.Column);
                continue;
            }
            if (format.Header && _header is null)
            {
                _header = line.ToArray();
                Columns = Texts(Fields);
                continue;
            }
            return true;
        }
        return false;
    }

    static List<string> Texts(FeedRecord fields)
    {
        var texts = new List<string>();
        for (var column = 0; column < fields.ValueCount; column++)
        {
            texts.Add(Encoding.UTF8.GetString(fields.ValueAt(column)));
        }
        return texts;
    }

    // One value a field into "fields", slot = column. False: a quote is not closed, or text follows a closing quote; Column says where.
    static bool TrySplit(ReadOnlySpan<byte> line, byte delimiter, int lineNumber, FeedRecord fields)
    {
        fields.Begin(lineNumber, 1);
        Span<byte> unquoted = stackalloc byte[256];
        var at = 0;
        for (var column = 0; ; column++)
        {
            at += CountBlanks(line[at..], delimiter);
            var start = at;
            if (at < line.Length && line[at] == '"')
            {
                var length = QuotedLength(line[at..]);
                if (length < 0)
                {
                    fields.Begin(lineNumber, at + 1);
                    return false;
                }
                AddQuoted(fields, column, line.Slice(at + 1, length - 2), unquoted, lineNumber, start + 2);
                at += length;
                at += CountBlanks(line[at..], delimiter);
                if (at < line.Length && line[at] != delimiter)
                {
                    fields.Begin(lineNumber, at + 1);
                    return false;
                }
            }
            else
            {
                var length = line[at..].IndexOf(delimiter);
                length = length < 0 ? line.Length - at : length;
                fields.Add(column, line.Slice(at, length).TrimEnd(" \t"u8), lineNumber, start + 1);
                at += length;
            }
            if (at >= line.Length)
            {
                return true;
            }
            at++; // the delimiter
        }
    }

    static int CountBlanks(ReadOnlySpan<byte> text, byte delimiter)
    {
        var count = 0;
        while (count < text.Length && text[count] is (byte)' ' or (byte)'\t' && text[count] != delimiter)
        {
            count++;
        }
        return count;
    }

    // Length with both quotes of the field that begins here; -1 when it is not closed.
    static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                continue;
            }
            if (at + 1 == text.Length || text[at + 1] != '"')
            {
                return at + 1;
            }
            at++;
        }
        return -1;
    }

    static void AddQuoted(FeedRecord fields, int column, ReadOnlySpan<byte> inner, Span<byte> scratch, int line, int place)
    {
        if (inner.IndexOf((byte)'"') < 0)
        {
            fields.Add(column, inner, line, place);
            return;
        }
        var target = inner.Length <= scratch.Length ? scratch : new byte[inner.Length];
        var written = 0;
        for (var at = 0; at < inner.Length; at++)
        {
            target[written++] = inner[at];
            at += inner[at] == '"' ? 1 : 0; // the second of a doubled quote
        }
        fields.Add(column, target[..written], line, place);
    }
}
