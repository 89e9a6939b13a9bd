using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

public enum RowFormat
{
    Csv,

    /// <summary>A JSON object a line.</summary>
    Ndjson,

    /// <summary>Elements of a JSON array, each with a comma before it.</summary>
    Json,
}

/// <summary>
/// One row an item, for bulk jobs. All of a row but the address and its network is the same for many addresses, so it is rendered once
/// and copied afterwards; what then costs time is waiting for memory, so items go through in batches that ask for theirs together.
/// Thread-safe.
/// </summary>
public sealed class RowRenderer
{
    const int BatchRows = 128;

    // Hours that items have asked for; each costs a judge that remembers nothing.
    const int MaxHours = 256;

    // Longest text of an address, its network and the punctuation round them; input and id come on top.
    const int MaxHeadBytes = 2 * AddressFormatter.MaxBytes + 128;

    // A byte of an id is at most \u001f.
    const int MaxEscapedBytes = 6;

    static readonly byte[][] ScopeWords = [.. AddressScopes.All.Select(Encoding.ASCII.GetBytes)];

    readonly Judge _judge;
    readonly RowFormat _format;
    readonly RowFields _fields;
    readonly RowFacts _facts;
    readonly RowParts _parts;
    readonly ConcurrentDictionary<DateTimeOffset, Judge> _hours = [];

    // Profile 0 belongs to both families, which differ in what is assessed, and to every scope.
    readonly ulong[] _slotsWithoutProfile = new ulong[ScopeWords.Length + 1];

    public RowRenderer(Judge judge, RowFormat format, RowFields? fields = null)
    {
        _judge = judge;
        _format = format;
        _fields = fields ?? DefaultFields(format);
        _facts = new RowFacts(format, _fields, judge.Policy.Order);
        _parts = new RowParts(judge.Snapshot.ProfileCount, judge.Snapshot.AsnCount);
    }

    public static RowFields DefaultFields(RowFormat format) => format == RowFormat.Csv ? RowFields.Table : RowFields.All;

    public RowFormat Format => _format;

    /// <summary>What stands before the first row.</summary>
    /// <param name="headerLine">That of CSV input, whose columns are repeated; its line end does not matter.</param>
    public byte[] Header(in LineLayout layout, ReadOnlySpan<byte> headerLine = default)
    {
        if (_format != RowFormat.Csv)
        {
            return _format == RowFormat.Json ? "{\"results\":["u8.ToArray() : [];
        }
        var repeats = layout.Format == LineFormat.Csv;
        var names = (repeats ? _fields.Without(RowField.Input) : _fields).ToNames().Select(name => repeats && name == "ip" ? "canonicalIp" : name).ToList();
        if (layout.HasIds && !repeats)
        {
            names.Insert(_fields.Has(RowField.Input) ? 1 : 0, "id");
        }
        names = [.. names, "error", "errorReason"];
        return [.. repeats ? headerLine.TrimEnd("\r\n"u8) : default, .. repeats ? ","u8 : default, .. Encoding.ASCII.GetBytes(string.Join(',', names)), (byte)'\n'];
    }

    /// <summary>A CSV row for an error that ended the job: what follows is missing.</summary>
    public byte[] CsvEnd(in LineLayout layout, ProblemKind problem)
    {
        var repeats = layout.Format == LineFormat.Csv;
        var columns = repeats ? layout.ColumnCount + _fields.Without(RowField.Input).Count : _fields.Count + (layout.HasIds ? 1 : 0);
        return Encoding.ASCII.GetBytes($"{new string(',', columns)}{problem.Code},truncated\n");
    }

    /// <summary>Writes the rows of whole lines, in order. Blank lines have none.</summary>
    /// <param name="lines">Escaped texts in it are unescaped where they lie.</param>
    /// <returns>Rows written, and how many of them are faults.</returns>
    public (long Rows, long Faults) WriteLines(Span<byte> lines, in LineLayout layout, IBufferWriter<byte> destination)
    {
        Span<Row> batch = stackalloc Row[BatchRows];
        var (rows, faults) = (0L, 0L);
        for (var at = 0; at < lines.Length;)
        {
            var count = 0;
            while (count < BatchRows && at < lines.Length)
            {
                var newline = lines[at..].IndexOf((byte)'\n');
                var length = newline < 0 ? lines.Length - at : newline;
                var line = lines.Slice(at, length).TrimEnd((byte)'\r');
                if (line.IndexOfAnyExcept(" \t"u8) >= 0 || line.Length > layout.MaxLineBytes)
                {
                    batch[count++] = Read(lines, at, line.Length, layout);
                }
                at += length + 1;
            }
            faults += WriteBatch(lines, batch[..count], layout, destination);
            rows += count;
        }
        return (rows, faults);
    }

    /// <summary>Writes the rows of JSON values, in order.</summary>
    /// <param name="bytes">That holds them; escaped texts in it are unescaped where they lie.</param>
    /// <param name="values">Where each lies.</param>
    /// <returns>How many rows are faults.</returns>
    public long WriteValues(Span<byte> bytes, ReadOnlySpan<(int Offset, int Length)> values, IBufferWriter<byte> destination)
    {
        var layout = new LineLayout(LineFormat.Ndjson, int.MaxValue);
        Span<Row> batch = stackalloc Row[BatchRows];
        var faults = 0L;
        for (; !values.IsEmpty; values = values[Math.Min(BatchRows, values.Length)..])
        {
            var count = Math.Min(BatchRows, values.Length);
            for (var index = 0; index < count; index++)
            {
                batch[index] = Read(bytes, values[index].Offset, values[index].Length, layout);
            }
            faults += WriteBatch(bytes, batch[..count], layout, destination);
        }
        return faults;
    }

    struct Row
    {
        public Item Item;
        public Address Address;
        public AddressFault Fault;
        public AddressScope Scope;
        public uint Profile;
        public ulong Slot;
        public ulong Asn;
        public ulong Verdict;

        public readonly bool IsFault => Fault != AddressFault.None || Item.Fault != ItemFault.None;
    }

    static Row Read(Span<byte> bytes, int offset, int length, in LineLayout layout)
    {
        var row = new Row { Item = ItemReader.Read(bytes, offset, length, layout) };
        if (layout.Format == LineFormat.Text && length > layout.MaxLineBytes)
        {
            row.Fault = AddressFault.TooLong; // all of a line of text is the address
        }
        else if (row.Item.Fault == ItemFault.None && AddressParser.TryParse(row.Item.TextIn(bytes), out row.Address, out row.Fault))
        {
            row.Scope = SpecialPurpose.ScopeOf(row.Address);
        }
        return row;
    }

    int WriteBatch(ReadOnlySpan<byte> bytes, Span<Row> batch, in LineLayout layout, IBufferWriter<byte> destination)
    {
        FindParts(batch);
        return WriteRows(bytes, batch, layout, destination);
    }

    // Look-ups first, then slots, then texts: within each pass the reads do not depend on one another.
    void FindParts(Span<Row> batch)
    {
        foreach (ref var row in batch)
        {
            row.Profile = row.IsFault ? 0 : _judge.Snapshot.Find(row.Address);
        }
        foreach (ref var row in batch)
        {
            row.Slot = row.IsFault ? 0
                : row.Item.AtHourPlus1 != 0 ? SlotAt(row)
                : row.Profile == 0 ? SlotWithoutProfile(row)
                : row.Scope != AddressScope.Global ? MakeSlot(_judge, row) // few are announced; the profile's own slot is for global ones
                : _parts.SlotOf(row.Profile);
            if (row.Slot == 0 && !row.IsFault)
            {
                row.Slot = MakeSlot(_judge, row);
                _parts.Publish(row.Profile, row.Slot);
            }
        }
        foreach (ref var row in batch)
        {
            (row.Asn, row.Verdict) = row.IsFault ? default : _parts.TextsOf(row.Slot);
        }
    }

    ulong SlotWithoutProfile(in Row row)
    {
        ref var slot = ref _slotsWithoutProfile[row.Scope == AddressScope.Global && !row.Address.IsIPv4 ? ScopeWords.Length : (int)row.Scope];
        if (Volatile.Read(ref slot) == 0)
        {
            Volatile.Write(ref slot, MakeSlot(_judge, row));
        }
        return slot;
    }

    // Another hour, the same snapshot: its verdicts are other ones, but the texts of verdicts say all of them alike.
    ulong SlotAt(in Row row)
    {
        var hour = row.Item.At!.Value;
        if (!_hours.TryGetValue(hour, out var judge))
        {
            if (_hours.Count >= MaxHours)
            {
                _hours.Clear();
            }
            judge = _hours.GetOrAdd(hour, _judge.AtTime(hour));
        }
        return MakeSlot(judge, row);
    }

    ulong MakeSlot(Judge judge, in Row row)
    {
        var snapshot = judge.Snapshot;
        var word = snapshot.ProfileAt(row.Profile).Word;
        var isGlobal = row.Scope == AddressScope.Global;
        var verdict = isGlobal ? judge.VerdictOf(row.Profile, !row.Address.IsIPv4) : Verdict.Special;
        var provider = isGlobal ? judge.ProviderOf(word, verdict.Present) : 0;
        if (!_parts.HasAsn(word.AsnPlus1))
        {
            var (asn, name) = snapshot.AsnNumberAndName(word);
            _parts.AddAsn(word.AsnPlus1, _facts.Asn(asn, snapshot.Utf8(name), snapshot.RoleOf(word)));
        }
        if (!_parts.TryFindVerdict(verdict.ToBits(), provider, out var index))
        {
            index = _parts.AddVerdict(verdict.ToBits(), provider, _facts.Verdict(verdict, snapshot.Utf8(provider)));
        }
        GC.KeepAlive(snapshot);
        return RowParts.Slot(word.AsnPlus1, word.NetworkLength, index);
    }

    // Returns the number of faults. Valid rows are collected in one span; a fault, which is rare and of any length, interrupts it.
    int WriteRows(ReadOnlySpan<byte> bytes, ReadOnlySpan<Row> batch, in LineLayout layout, IBufferWriter<byte> destination)
    {
        var most = 0;
        foreach (ref readonly var row in batch)
        {
            most += row.Item.LineLength + MaxEscapedBytes * row.Item.IdLength + MaxHeadBytes + TextArena.LengthOf(row.Asn) + TextArena.LengthOf(row.Verdict);
        }
        var rows = destination.GetSpan(most);
        var (at, faults) = (0, 0);
        foreach (ref readonly var row in batch)
        {
            if (!row.IsFault)
            {
                at += Write(bytes, row, layout, rows[at..]);
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

    // A valid address holds no character that CSV or JSON quotes and none that a spreadsheet runs, once what is trimmed is gone.
    int Write(ReadOnlySpan<byte> bytes, in Row row, in LineLayout layout, Span<byte> to)
    {
        var isCsv = _format == RowFormat.Csv;
        var repeats = isCsv && layout.Format == LineFormat.Csv;
        var at = Copy(repeats ? bytes.Slice(row.Item.LineOffset, row.Item.LineLength) : isCsv ? default : _format == RowFormat.Json ? ",{"u8 : "{"u8, to);
        var isFirst = !repeats;
        if (_fields.Has(RowField.Input) && !repeats)
        {
            at += Begin(ref isFirst, "\"input\":\""u8, to[at..]);
            at += Copy(Trimmed(row.Item.TextIn(bytes)), to[at..]);
            at += Copy(isCsv ? default : "\""u8, to[at..]);
        }
        if (layout.HasIds && !repeats)
        {
            at += WriteId(bytes, row.Item, ref isFirst, to[at..]);
        }
        if (_fields.Has(RowField.Ip))
        {
            at += Begin(ref isFirst, "\"ip\":\""u8, to[at..]);
            at += AddressFormatter.Format(row.Address, to[at..]);
            at += Copy(isCsv ? default : "\""u8, to[at..]);
        }
        if (_fields.Has(RowField.Scope))
        {
            at += Begin(ref isFirst, "\"scope\":\""u8, to[at..]);
            at += Copy(ScopeWords[(int)row.Scope], to[at..]);
            at += Copy(isCsv ? default : "\""u8, to[at..]);
        }
        if (_fields.Has(RowField.Network))
        {
            at += Begin(ref isFirst, "\"network\":"u8, to[at..]);
            at += WriteNetwork(row, to[at..]);
        }
        foreach (var part in (ReadOnlySpan<ulong>)[row.Asn, row.Verdict])
        {
            var text = _parts.BytesOf(part);
            var skipped = isFirst && !text.IsEmpty && text[0] == (byte)',' ? 1 : 0;
            at += Copy(text[skipped..], to[at..]);
            isFirst &= text.IsEmpty;
        }
        return at;
    }

    int WriteId(ReadOnlySpan<byte> bytes, in Item item, ref bool isFirst, Span<byte> to)
    {
        var isCsv = _format == RowFormat.Csv;
        if (!isCsv && !item.HasId)
        {
            return 0;
        }
        var at = Begin(ref isFirst, "\"id\":\""u8, to);
        var id = item.HasId ? item.IdIn(bytes) : default;
        if (isCsv)
        {
            return at + CopyCsvField(id, to[at..]);
        }
        if (id.ContainsAnyExcept(PlainIdBytes))
        {
            JavaScriptEncoder.Default.EncodeUtf8(id, to[at..], out _, out var written);
            at += written;
        }
        else
        {
            at += Copy(id, to[at..]);
        }
        return at + Copy("\""u8, to[at..]);
    }

    static readonly SearchValues<byte> PlainIdBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_.:,;/@#!?()[]{}=*%$"u8);

    static int CopyCsvField(ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (!text.ContainsAnyExcept(PlainIdBytes) && !text.Contains((byte)',') && (text.IsEmpty || !"=-@"u8.Contains(text[0])))
        {
            return Copy(text, to);
        }
        var field = new ArrayBufferWriter<byte>(2 * text.Length + 3);
        SafeText.WriteCsvField(text, field);
        return Copy(field.WrittenSpan, to);
    }

    int WriteNetwork(in Row row, Span<byte> to)
    {
        var isCsv = _format == RowFormat.Csv;
        var length = row.Profile == 0 ? 0 : RowParts.NetworkLengthOf(row.Slot);
        if (length == 0)
        {
            return Copy(isCsv ? default : "null"u8, to);
        }
        var at = Copy(isCsv ? default : "\""u8, to);
        at += AddressFormatter.Format(Prefix.Create(row.Address, length).Network, to[at..]);
        to[at++] = (byte)'/';
        Utf8Formatter.TryFormat((byte)length, to[at..], out var digits);
        at += digits;
        return at + Copy(isCsv ? default : "\""u8, to[at..]);
    }

    int Begin(ref bool isFirst, ReadOnlySpan<byte> jsonName, Span<byte> to)
    {
        var at = Copy(isFirst ? default : ","u8, to);
        isFirst = false;
        return at + Copy(_format == RowFormat.Csv ? default : jsonName, to[at..]);
    }

    static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> input)
    {
        var start = input.IndexOfAnyInRange((byte)'!', (byte)'~');
        var end = input.LastIndexOfAnyInRange((byte)'!', (byte)'~');
        return input[start..(end + 1)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    void WriteFault(ReadOnlySpan<byte> bytes, in Row row, in LineLayout layout, IBufferWriter<byte> destination)
    {
        var fault = FaultResponse.Of(row.Item, row.Fault, bytes);
        if (_format == RowFormat.Csv)
        {
            WriteCsvFault(bytes, row.Item, layout, fault, destination);
            return;
        }
        destination.Write(_format == RowFormat.Json ? ","u8 : default);
        destination.Write(JsonSerializer.SerializeToUtf8Bytes(fault, VerdictJson.Default.FaultResponse));
        destination.Write(_format == RowFormat.Json ? default : "\n"u8);
    }

    void WriteCsvFault(ReadOnlySpan<byte> bytes, in Item item, in LineLayout layout, FaultResponse fault, IBufferWriter<byte> destination)
    {
        var repeats = layout.Format == LineFormat.Csv;
        var columns = _fields.Count - (_fields.Has(RowField.Input) ? 1 : 0);
        if (repeats)
        {
            WriteLineOfFault(bytes.Slice(item.LineOffset, item.LineLength), item.Fault, layout, destination);
        }
        else
        {
            if (_fields.Has(RowField.Input))
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
        destination.Write(Encoding.ASCII.GetBytes($"{new string(',', columns)}{fault.Error.Code},{fault.Error.Reason}\n"));
    }

    // Of a line that is too long, or does not end its quotes, what can be shown is the first column.
    static void WriteLineOfFault(ReadOnlySpan<byte> line, ItemFault fault, in LineLayout layout, IBufferWriter<byte> destination)
    {
        if (fault == ItemFault.None)
        {
            destination.Write(line);
            destination.Write(","u8);
            return;
        }
        SafeText.WriteCsvField(Encoding.UTF8.GetBytes(SafeText.Shown(line)), destination);
        destination.Write(Encoding.ASCII.GetBytes(new string(',', layout.ColumnCount)));
    }
}
