using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>One item of a bulk request: places in the bytes it was read from.</summary>
internal struct Item
{
    /// <summary>The address as text; where it was escaped, it is no more.</summary>
    public int Offset;
    public int Length;

    public bool HasId;
    public int IdOffset;
    public int IdLength;

    /// <summary>The whole line.</summary>
    public int LineOffset;
    public int LineLength;

    /// <summary>Fields of a CSV line.</summary>
    public int FieldCount;

    /// <summary>The time to judge at, in ticks, plus 1; 0 for the present.</summary>
    public long AtTicksPlus1;

    public ItemFault Fault;

    public readonly ReadOnlySpan<byte> TextIn(ReadOnlySpan<byte> bytes) => bytes.Slice(Offset, Length);

    public readonly ReadOnlySpan<byte> IdIn(ReadOnlySpan<byte> bytes) => bytes.Slice(IdOffset, IdLength);

    public readonly DateTimeOffset? At => AtTicksPlus1 == 0 ? null : new(AtTicksPlus1 - 1, TimeSpan.Zero);
}

/// <summary>Why an item is none; what stands where its address should is not looked at then.</summary>
internal enum ItemFault : byte
{
    None,
    TooLong,
    NotJson,
    NotAnItem,
    BadTime,
    OpenQuote,
    LongId,
    TooManyFields,
}

internal static class ItemFaults
{
    static readonly string[] Words = ["", "line_too_long", "not_json", "not_an_item", "bad_time", "open_quote", "id_too_long", "too_many_fields"];

    /// <summary>Fixed word.</summary>
    public static string Word(this ItemFault fault) => Words[(int)fault];

    public static string Explain(this ItemFault fault) => fault switch
    {
        ItemFault.TooLong => "The line is longer than lines may be.",
        ItemFault.NotJson => "The line is no JSON text.",
        ItemFault.BadTime => "\"at\" is a time like 2026-11-24T12:00:00Z, in UTC.",
        ItemFault.LongId => $"An id has at most {ItemAnswer.MaxIdBytes} bytes.",
        ItemFault.TooManyFields => "The line has more fields than the header.",
        ItemFault.OpenQuote => "A quoted field does not end on its line.",
        _ => "An item is a text, or an object with \"ip\" and, if wanted, \"id\" and \"at\", each once.",
    };
}

/// <summary>Reads items where they lie. Escapes are undone in place: what is escaped is never shorter than what it stands for.</summary>
internal static class ItemReader
{
    const int MaxDepth = 8;

    public static Item Read(Span<byte> bytes, int offset, int length, in LineLayout layout)
    {
        var item = new Item { Offset = offset, Length = length, LineOffset = offset, LineLength = length };
        if (length > layout.MaxLineBytes)
        {
            item.Fault = layout.Format == LineFormat.Text ? ItemFault.None : ItemFault.TooLong;
        }
        else if (layout.Format == LineFormat.Ndjson)
        {
            ReadJson(bytes, ref item);
        }
        else if (layout.Format == LineFormat.Csv)
        {
            ReadCsv(bytes, layout, ref item);
        }
        if (item.IdLength > ItemAnswer.MaxIdBytes)
        {
            (item.HasId, item.IdLength, item.Fault) = (false, 0, ItemFault.LongId); // what is echoed is bounded
        }
        return item;
    }

    static void ReadCsv(Span<byte> bytes, in LineLayout layout, ref Item item)
    {
        var fields = new CsvLine(bytes.Slice(item.LineOffset, item.LineLength));
        (item.Offset, item.Length) = (item.LineOffset, 0); // a line without the column has the empty address
        for (; fields.TryNext(out var field); item.FieldCount++)
        {
            if (item.FieldCount == layout.IpColumn)
            {
                (item.Offset, item.Length) = (item.LineOffset + fields.Offset, field.Length);
            }
            if (item.FieldCount == layout.IdColumn)
            {
                (item.HasId, item.IdOffset, item.IdLength) = (true, item.LineOffset + fields.Offset, field.Length);
            }
        }
        item.Fault = fields.IsOpen ? ItemFault.OpenQuote : item.FieldCount > layout.ColumnCount ? ItemFault.TooManyFields : ItemFault.None;
        if (item.HasId && item.IdOffset > item.LineOffset && bytes[item.IdOffset - 1] == (byte)'"')
        {
            item.IdLength = Undouble(bytes.Slice(item.IdOffset, item.IdLength));
        }
    }

    // A quote inside a quoted field stands there twice.
    static int Undouble(Span<byte> field)
    {
        var length = 0;
        for (var at = 0; at < field.Length; at++)
        {
            field[length++] = field[at];
            at += field[at] == (byte)'"' ? 1 : 0;
        }
        return length;
    }

    /// <summary>Reads one JSON value: a text, or an object with "ip" and perhaps "id" and "at".</summary>
    public static void ReadJson(Span<byte> bytes, ref Item item)
    {
        var value = bytes.Slice(item.LineOffset, item.LineLength);
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                (item.Offset, item.Length) = TextOf(ref reader, bytes, item.LineOffset);
            }
            else
            {
                item.Fault = reader.TokenType == JsonTokenType.StartObject ? ReadObject(ref reader, bytes, ref item) : ItemFault.NotAnItem;
                reader.TrySkip();
            }
            while (reader.Read())
            {
                // A fault in an object may leave members unread; what is no JSON is said to be none.
            }
        }
        catch (JsonException)
        {
            (item.Offset, item.Length, item.Fault) = (item.LineOffset, item.LineLength, ItemFault.NotJson);
        }
    }

    static ItemFault ReadObject(ref Utf8JsonReader reader, Span<byte> bytes, ref Item item)
    {
        var fault = ItemFault.None;
        var (hasIp, hasAt) = (false, false);
        var whole = (item.Offset, item.Length);
        (item.Offset, item.Length) = (item.LineOffset, 0); // without "ip" the address is the empty one
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isIp, isId, isAt) = (reader.ValueTextEquals("ip"u8), reader.ValueTextEquals("id"u8), reader.ValueTextEquals("at"u8));
            reader.Read();
            var isText = reader.TokenType == JsonTokenType.String;
            if (isIp && isText && !hasIp)
            {
                hasIp = true;
                (item.Offset, item.Length) = TextOf(ref reader, bytes, item.LineOffset);
            }
            else if (isId && isText && !item.HasId)
            {
                item.HasId = true;
                (item.IdOffset, item.IdLength) = TextOf(ref reader, bytes, item.LineOffset);
            }
            else if (isAt && !hasAt)
            {
                hasAt = true;
                fault = isText && TryReadTicks(Encoding.UTF8.GetString(reader.ValueSpan), out item.AtTicksPlus1) ? fault : ItemFault.BadTime;
                reader.Skip();
            }
            else
            {
                fault = ItemFault.NotAnItem;
                reader.Skip();
            }
        }
        if (fault == ItemFault.NotAnItem && !hasIp)
        {
            (item.Offset, item.Length) = whole; // what was sent stands for it
        }
        return fault;
    }

    // Half a surrogate pair and bytes that are no UTF-8 have no text: what was sent stands for it, and no address has either.
    static (int Offset, int Length) TextOf(ref Utf8JsonReader reader, Span<byte> bytes, int start)
    {
        var offset = start + (int)reader.TokenStartIndex + 1;
        var length = reader.ValueSpan.Length;
        if (!reader.ValueIsEscaped)
        {
            return (offset, length);
        }
        try
        {
            var text = length <= 512 ? stackalloc byte[length] : new byte[length];
            length = reader.CopyString(text);
            text[..length].CopyTo(bytes[offset..]);
        }
        catch (InvalidOperationException)
        {
            // as it was sent
        }
        return (offset, length);
    }

    static bool TryReadTicks(string text, out long ticksPlus1)
    {
        var isTime = UtcTime.TryParse(text, out var time);
        ticksPlus1 = isTime ? time.UtcTicks + 1 : 0;
        return isTime;
    }
}
