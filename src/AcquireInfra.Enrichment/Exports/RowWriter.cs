using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Writes rows whose parts are found: what is an item's own is rendered, the rest is copied.</summary>
internal sealed class RowWriter(RowFormat format, RowFields fields)
{
    // Longest text of an address, its network and the punctuation round them; input and id come on top.
    const int MaxHeadBytes = 2 * AddressFormatter.MaxBytes + 128;

    // A byte of a text is at most \u001f.
    const int MaxEscapedBytes = 6;

    static readonly byte[][] ScopeWords = [.. AddressScopes.All.Select(Encoding.ASCII.GetBytes)];

    static readonly SearchValues<byte> PlainBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_.:;/@#!?()[]{}=*%$"u8);

    readonly bool _isCsv = format == RowFormat.Csv;

    /// <summary>Whether the lines of CSV input come back in CSV, with our columns after theirs.</summary>
    public bool Repeats(in LineLayout layout) => _isCsv && layout.Format == LineFormat.Csv;

    /// <param name="parts">Texts of the present hour.</param>
    /// <param name="others">Texts of other hours.</param>
    /// <returns>Number of faults.</returns>
    // Valid rows are collected in one span; a fault, which is rare and of any length, interrupts it.
    public int Write(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<Row> batch, in LineLayout layout, RowParts parts, RowParts others, IBufferWriter<byte> destination)
    {
        var most = 0;
        foreach (ref readonly var row in batch)
        {
            most += MaxBytesOf(row, layout);
        }
        var rows = destination.GetSpan(most);
        var (at, faults) = (0, 0);
        foreach (ref readonly var row in batch)
        {
            if (!row.IsFault)
            {
                at += Write(bytes, row, layout, row.IsOfOtherHour ? others : parts, rows[at..]);
                continue;
            }
            destination.Advance(at);
            WriteFault(bytes, row, layout, destination);
            rows = destination.GetSpan(most);
            at = 0;
            faults++;
        }
        destination.Advance(at);
        return faults;
    }

    static int MaxBytesOf(in Row row, in LineLayout layout) =>
        row.Item.LineLength + MaxEscapedBytes * (row.Item.Length + row.Item.IdLength) + layout.ColumnCount + MaxHeadBytes
        + TextArena.LengthOf(row.Asn) + TextArena.LengthOf(row.Verdict);

    int Write(ReadOnlySpan<byte> bytes, in Row row, in LineLayout layout, RowParts parts, Span<byte> to)
    {
        var repeats = Repeats(layout);
        var at = repeats ? RepeatLine(bytes, row.Item, layout, to) : Copy(_isCsv ? default : format == RowFormat.Json ? ",{"u8 : "{"u8, to);
        var isFirst = !repeats;
        if (!repeats)
        {
            at += WriteItem(bytes, row.Item, layout, ref isFirst, to[at..]);
        }
        at += WriteAddress(row, ref isFirst, to[at..]);
        foreach (var part in (ReadOnlySpan<ulong>)[row.Asn, row.Verdict])
        {
            var text = parts.BytesOf(part);
            var skipped = isFirst && !text.IsEmpty && text[0] == (byte)',' ? 1 : 0;
            at += Copy(text[skipped..], to[at..]);
            isFirst &= text.IsEmpty;
        }
        return at;
    }

    // With the fields that the line lacks, so that our columns stand under their names.
    static int RepeatLine(ReadOnlySpan<byte> bytes, in Item item, in LineLayout layout, Span<byte> to)
    {
        var at = Copy(bytes.Slice(item.LineOffset, item.LineLength), to);
        var missing = layout.ColumnCount - item.FieldCount;
        to.Slice(at, missing).Fill((byte)',');
        return at + missing;
    }

    int WriteItem(ReadOnlySpan<byte> bytes, in Item item, in LineLayout layout, ref bool isFirst, Span<byte> to)
    {
        var at = 0;
        if (fields.Has(RowField.Input))
        {
            at += Begin(ref isFirst, "\"input\":\""u8, to);
            at += CopyText(item.TextIn(bytes), to[at..]);
            at += EndText(to[at..]);
        }
        if (layout.HasIds && (_isCsv || item.HasId))
        {
            at += Begin(ref isFirst, "\"id\":\""u8, to[at..]);
            at += CopyText(item.HasId ? item.IdIn(bytes) : default, to[at..]);
            at += EndText(to[at..]);
        }
        return at;
    }

    int WriteAddress(in Row row, ref bool isFirst, Span<byte> to)
    {
        var at = 0;
        if (fields.Has(RowField.Ip))
        {
            at += Begin(ref isFirst, "\"ip\":\""u8, to);
            at += AddressFormatter.Format(row.Address, to[at..]);
            at += EndText(to[at..]);
        }
        if (fields.Has(RowField.Scope))
        {
            at += Begin(ref isFirst, "\"scope\":\""u8, to[at..]);
            at += Copy(ScopeWords[(int)row.Scope], to[at..]);
            at += EndText(to[at..]);
        }
        if (fields.Has(RowField.Network))
        {
            at += Begin(ref isFirst, "\"network\":"u8, to[at..]);
            at += WriteNetwork(row, to[at..]);
        }
        return at;
    }

    int WriteNetwork(in Row row, Span<byte> to)
    {
        var length = row.Profile == 0 ? 0 : RowParts.NetworkLengthOf(row.Slot);
        if (length == 0)
        {
            return Copy(_isCsv ? default : "null"u8, to);
        }
        var at = EndText(to); // a quote also begins a text
        at += AddressFormatter.Format(Prefix.Create(row.Address, length).Network, to[at..]);
        to[at++] = (byte)'/';
        Utf8Formatter.TryFormat((byte)length, to[at..], out var digits);
        at += digits;
        return at + EndText(to[at..]);
    }

    int Begin(ref bool isFirst, ReadOnlySpan<byte> jsonName, Span<byte> to)
    {
        var at = Copy(isFirst ? default : ","u8, to);
        isFirst = false;
        return at + Copy(_isCsv ? default : jsonName, to[at..]);
    }

    int EndText(Span<byte> to) => Copy(_isCsv ? default : "\""u8, to);

    // Text from outside: escaped for JSON, quoted and made harmless for CSV, where it is not plain.
    int CopyText(ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (!text.ContainsAnyExcept(PlainBytes) && !(_isCsv && !text.IsEmpty && "=-@"u8.Contains(text[0])))
        {
            return Copy(text, to);
        }
        if (!_isCsv)
        {
            JavaScriptEncoder.Default.EncodeUtf8(text, to, out _, out var written);
            return written;
        }
        var field = new ArrayBufferWriter<byte>(2 * text.Length + 3);
        SafeText.WriteCsvField(text, field);
        return Copy(field.WrittenSpan, to);
    }

    static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    void WriteFault(ReadOnlySpan<byte> bytes, in Row row, in LineLayout layout, IBufferWriter<byte> destination)
    {
        var fault = FaultResponse.Of(row.Item, row.Fault, bytes);
        if (_isCsv)
        {
            WriteCsvFault(bytes, row.Item, layout, fault, destination);
            return;
        }
        destination.Write(format == RowFormat.Json ? ","u8 : default);
        destination.Write(JsonSerializer.SerializeToUtf8Bytes(fault, VerdictJson.Default.FaultResponse));
        destination.Write(format == RowFormat.Json ? default : "\n"u8);
    }

    void WriteCsvFault(ReadOnlySpan<byte> bytes, in Item item, in LineLayout layout, FaultResponse fault, IBufferWriter<byte> destination)
    {
        if (Repeats(layout))
        {
            WriteLineOfFault(bytes.Slice(item.LineOffset, item.LineLength), item, layout, destination);
        }
        else
        {
            if (fields.Has(RowField.Input))
            {
                SafeText.WriteCsvField(Encoding.UTF8.GetBytes(fault.Input), destination);
                destination.Write(","u8);
            }
            if (layout.HasIds)
            {
                SafeText.WriteCsvField(item.HasId ? item.IdIn(bytes) : default, destination);
                destination.Write(","u8);
            }
        }
        var columns = fields.Without(RowField.Input).Count;
        destination.Write(Encoding.ASCII.GetBytes($"{new string(',', columns)}{fault.Error.Code},{fault.Error.Reason}\n"));
    }

    // Of a line whose fields are not those of the header, what can be shown is the first column.
    static void WriteLineOfFault(ReadOnlySpan<byte> line, in Item item, in LineLayout layout, IBufferWriter<byte> destination)
    {
        var isWhole = item.Fault == ItemFault.None;
        if (isWhole)
        {
            destination.Write(line);
        }
        else
        {
            SafeText.WriteCsvField(Encoding.UTF8.GetBytes(SafeText.Shown(line)), destination);
        }
        destination.Write(Encoding.ASCII.GetBytes(new string(',', isWhole ? layout.ColumnCount - item.FieldCount + 1 : layout.ColumnCount)));
    }
}
