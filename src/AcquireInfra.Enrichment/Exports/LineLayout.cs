using System.Text;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>How the lines of a bulk job are written.</summary>
public enum LineFormat
{
    /// <summary>An address a line.</summary>
    Text,

    /// <summary>A JSON string a line, or an object with "ip" and perhaps "id" and "at".</summary>
    Ndjson,

    /// <summary>RFC 4180 with a header line; a record is one line. The column "ip" is the address, "id" the id.</summary>
    Csv,
}

/// <summary>Where the lines of one job have what.</summary>
/// <param name="MaxLineBytes">A longer line is a fault.</param>
public readonly record struct LineLayout(LineFormat Format, int MaxLineBytes)
{
    /// <summary>Longest line that may be allowed, in bytes; it bounds what is kept of one.</summary>
    public const int MostLineBytes = 64 * 1024;

    public int IpColumn { get; private init; }

    /// <summary>-1 where there is none.</summary>
    public int IdColumn { get; internal init; } = -1;

    /// <summary>Columns of CSV input.</summary>
    public int ColumnCount { get; private init; }

    /// <summary>Whether items may have ids that answers repeat; in CSV the line itself is repeated.</summary>
    internal bool HasIds => Format == LineFormat.Ndjson || IdColumn >= 0;

    /// <summary>Finds the columns of CSV input.</summary>
    /// <param name="headerLine">The first line, without its line end.</param>
    /// <returns>False where no column is called "ip", or a quoted name has no end.</returns>
    public static bool TryReadCsvHeader(ReadOnlySpan<byte> headerLine, int maxLineBytes, out LineLayout layout)
    {
        var (ip, id) = (-1, -1);
        var fields = new CsvLine(headerLine);
        var column = 0;
        for (; fields.TryNext(out var name); column++)
        {
            ip = ip < 0 && Ascii.EqualsIgnoreCase(name.Trim((byte)' '), "ip"u8) ? column : ip;
            id = id < 0 && Ascii.EqualsIgnoreCase(name.Trim((byte)' '), "id"u8) ? column : id;
        }
        layout = new(LineFormat.Csv, maxLineBytes) { IpColumn = ip, IdColumn = id, ColumnCount = column };
        return ip >= 0 && !fields.IsOpen;
    }
}

/// <summary>The fields of one CSV line. A quoted field is given without its quotes, a quote inside it still doubled.</summary>
internal ref struct CsvLine(ReadOnlySpan<byte> line)
{
    readonly ReadOnlySpan<byte> _line = line;
    int _at;

    /// <summary>A quoted field has no end on the line.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Where the field that was given last begins.</summary>
    public int Offset { get; private set; }

    public bool TryNext(out ReadOnlySpan<byte> field)
    {
        field = default;
        if (_at > _line.Length)
        {
            return false;
        }
        var rest = _line[_at..];
        if (!rest.IsEmpty && rest[0] == (byte)'"')
        {
            return TryNextQuoted(rest[1..], out field);
        }
        var comma = rest.IndexOf((byte)',');
        field = comma < 0 ? rest : rest[..comma];
        Offset = _at;
        _at += field.Length + 1;
        return true;
    }

    bool TryNextQuoted(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        var length = 0;
        while (length < rest.Length && (rest[length] != (byte)'"' || (length + 1 < rest.Length && rest[length + 1] == (byte)'"')))
        {
            length += rest[length] == (byte)'"' ? 2 : 1;
        }
        IsOpen |= length >= rest.Length;
        field = rest[..Math.Min(length, rest.Length)];
        Offset = _at + 1;
        var comma = rest[field.Length..].IndexOf((byte)',');
        _at = comma < 0 ? _line.Length + 1 : Offset + field.Length + comma + 1;
        return true;
    }
}
