using System.Buffers;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
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

    // Each hour has verdicts of its own, and each snapshot ASNs; past so many their texts are made anew.
    const int MaxTextsOfOtherHours = 16 * 1024;

    readonly Judge _judge;
    readonly RowFormat _format;
    readonly RowFields _fields;
    readonly RowFacts _facts;
    readonly RowParts _parts;
    readonly RowWriter _writer;

    // Profile 0 belongs to both families, which differ in what is assessed, and to every scope.
    readonly ulong[] _slotsWithoutProfile = new ulong[AddressScopes.All.Count + 1];
    RowParts _partsOfOtherHours;

    public RowRenderer(Judge judge, RowFormat format, RowFields? fields = null)
    {
        _judge = judge;
        _format = format;
        _fields = fields ?? DefaultFields(format);
        _facts = new RowFacts(format, _fields, judge.Policy.Order);
        _parts = new RowParts(judge.Snapshot, judge.Snapshot.ProfileCount);
        _partsOfOtherHours = NewPartsOfOtherHours();
        _writer = new RowWriter(format, _fields);
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
        var repeats = _writer.Repeats(layout);
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
        var reading = _writer.Repeats(layout) ? layout with { IdColumn = -1 } : layout; // a line that is repeated has its id already
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
                    batch[count++] = Read(lines, at, line.Length, reading);
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

    // One set of texts of other hours for the whole batch: the next one may begin with an empty set.
    int WriteBatch(ReadOnlySpan<byte> bytes, Span<Row> batch, in LineLayout layout, IBufferWriter<byte> destination)
    {
        var others = Volatile.Read(ref _partsOfOtherHours);
        FindParts(batch, others);
        var faults = _writer.Write(bytes, batch, layout, _parts, others, destination);
        if (others.Count > MaxTextsOfOtherHours)
        {
            Volatile.Write(ref _partsOfOtherHours, NewPartsOfOtherHours());
        }
        return faults;
    }

    RowParts NewPartsOfOtherHours() => new(_judge.Snapshot, profileCount: 0);

    // Look-ups first, then slots, then texts: within each pass the reads do not depend on one another.
    void FindParts(Span<Row> batch, RowParts others)
    {
        foreach (ref var row in batch)
        {
            row.Profile = row.IsFault ? 0 : _judge.Snapshot.Find(row.Address);
        }
        var hasOverrides = !_judge.Overrides.IsEmpty;
        foreach (ref var row in batch)
        {
            row.Slot = row.IsFault ? 0
                : row.IsOfOtherHour ? MakeSlotOfOtherHour(ref row, others)
                : hasOverrides && OverriddenSlot(row) is var overridden and not 0 ? overridden
                : row.Profile == 0 ? SlotWithoutProfile(row)
                : row.Scope != AddressScope.Global ? MakeSlot(_judge, row, _parts) // few are announced; the profile's own slot is for global ones
                : _parts.SlotOf(row.Profile);
            if (row.Slot == 0 && !row.IsFault)
            {
                row.Slot = MakeSlot(_judge, row, _parts);
                _parts.Publish(row.Profile, row.Slot);
            }
        }
        foreach (ref var row in batch)
        {
            (row.Asn, row.Verdict) = row.IsFault ? default : (row.IsOfOtherHour ? others : _parts).TextsOf(row.Slot);
        }
    }

    // What was live then may be another snapshot, with other profiles, and under other overrides.
    ulong MakeSlotOfOtherHour(ref Row row, RowParts others)
    {
        var judge = _judge.AtTime(row.Item.At!.Value);
        row.Profile = judge.Snapshot == _judge.Snapshot ? row.Profile : judge.Snapshot.Find(row.Address);
        return MakeSlot(judge, row, others, row.Scope == AddressScope.Global ? judge.MatchOf(row.Address, row.Profile) : null);
    }

    // The slot of a row that overrides touch is never its profile's; 0 where they do not.
    ulong OverriddenSlot(in Row row) => row.Scope == AddressScope.Global && _judge.MatchOf(row.Address, row.Profile) is { } match
        ? MakeSlot(_judge, row, _parts, match)
        : 0;

    ulong SlotWithoutProfile(in Row row)
    {
        ref var slot = ref _slotsWithoutProfile[row.Scope == AddressScope.Global && !row.Address.IsIPv4 ? AddressScopes.All.Count : (int)row.Scope];
        if (Volatile.Read(ref slot) == 0)
        {
            Volatile.Write(ref slot, MakeSlot(_judge, row, _parts));
        }
        return slot;
    }

    ulong MakeSlot(Judge judge, in Row row, RowParts parts, OverrideMatch? match = null)
    {
        var snapshot = judge.Snapshot;
        var word = snapshot.ProfileAt(row.Profile).Word;
        var isGlobal = row.Scope == AddressScope.Global;
        var verdict = isGlobal ? judge.VerdictOf(row.Profile, !row.Address.IsIPv4) : Verdict.Special;
        var provider = isGlobal ? judge.ProviderOf(word, verdict.Present) : 0;
        var points = 0;
        if (match is not null)
        {
            (verdict, points) = judge.Overridden(row.Profile, !row.Address.IsIPv4, match);
        }
        var asnHere = parts.AsnOf(snapshot, word.AsnPlus1);
        if (!parts.HasAsn(asnHere))
        {
            var (asn, name) = snapshot.AsnNumberAndName(word);
            parts.AddAsn(asnHere, _facts.Asn(asn, snapshot.Utf8(name), snapshot.RoleOf(word)));
        }
        var text = new VerdictText(verdict.ToBits(), provider, match, points);
        if (!parts.TryFindVerdict(snapshot, text, out var index))
        {
            index = parts.AddVerdict(snapshot, text, _facts.Verdict(verdict, snapshot.Utf8(provider), match is null ? null : new(match, points)));
        }
        GC.KeepAlive(snapshot);
        return RowParts.Slot(asnHere, word.NetworkLength, index);
    }
}
