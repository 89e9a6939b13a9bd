using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

public enum RowFormat
{
    Csv,
    Ndjson,
}

/// <summary>
/// One row an address, for bulk jobs. All of a row but the address and its network is the same for every address of a profile, so
/// that part is rendered once and copied afterwards; what then costs time is waiting for memory, so lines go through in batches that
/// ask for theirs together. Thread-safe.
/// </summary>
public sealed class RowRenderer
{
    const string CsvColumns = "input,ip,scope,network,asn,asnName,asnRole,verdict,level,score,rawScore,confidence,categories,provider,error,errorReason\n";
    const int BatchLines = 128;

    // Longest text of an address, its network and the punctuation round them; the input comes on top.
    const int MaxHeadBytes = 2 * AddressFormatter.MaxBytes + 96;

    static readonly byte[][] ScopeWords = [.. AddressScopes.All.Select(Encoding.ASCII.GetBytes)];

    readonly Judge _judge;
    readonly RowFormat _format;
    readonly RowTails _tails;

    // Profile 0 belongs to both families, which differ in what is assessed; special-purpose space has no profile at all.
    readonly ulong[] _tailsWithoutProfile = new ulong[ScopeWords.Length + 1];

    public RowRenderer(Judge judge, RowFormat format)
    {
        _judge = judge;
        _format = format;
        _tails = new RowTails(judge.Snapshot.ProfileCount);
    }

    /// <summary>What stands before the first row.</summary>
    public ReadOnlySpan<byte> Header => _format == RowFormat.Csv ? Encoding.ASCII.GetBytes(CsvColumns) : default;

    /// <summary>Writes the rows of whole lines, in order. Blank lines have none.</summary>
    /// <returns>Rows written, and how many of them are faults.</returns>
    public (long Rows, long Faults) WriteLines(ReadOnlySpan<byte> lines, IBufferWriter<byte> destination)
    {
        Span<Line> batch = stackalloc Line[BatchLines];
        var (rows, faults) = (0L, 0L);
        for (var rest = lines; !rest.IsEmpty;)
        {
            var count = 0;
            var from = lines.Length - rest.Length;
            while (count < BatchLines && !rest.IsEmpty)
            {
                var newline = rest.IndexOf((byte)'\n');
                var length = newline < 0 ? rest.Length : newline;
                var line = rest[..length].TrimEnd((byte)'\r');
                if (line.IndexOfAnyExcept(" \t"u8) >= 0)
                {
                    batch[count++] = ReadLine(line, lines.Length - rest.Length);
                }
                rest = rest[Math.Min(length + 1, rest.Length)..];
            }
            FindTails(batch[..count]);
            faults += WriteBatch(lines, batch[..count], lines.Length - rest.Length - from, destination);
            rows += count;
        }
        return (rows, faults);
    }

    /// <summary>Writes the row of one input.</summary>
    /// <returns>False where the input is no address; its row says why.</returns>
    public bool Write(ReadOnlySpan<byte> input, IBufferWriter<byte> destination)
    {
        var line = ReadLine(input, 0);
        FindTails(new Span<Line>(ref line));
        return WriteBatch(input, new Span<Line>(ref line), input.Length, destination) == 0;
    }

    struct Line
    {
        public int Offset;
        public int Length;
        public Address Address;
        public AddressFault Fault;
        public AddressScope Scope;
        public uint Profile;
        public ulong Tail;
    }

    static Line ReadLine(ReadOnlySpan<byte> text, int offset)
    {
        var line = new Line { Offset = offset, Length = text.Length };
        if (AddressParser.TryParse(text, out line.Address, out line.Fault))
        {
            line.Scope = SpecialPurpose.ScopeOf(line.Address);
        }
        return line;
    }

    // Look-ups first, then slots, then bytes: within each pass the reads do not depend on one another.
    void FindTails(Span<Line> lines)
    {
        foreach (ref var line in lines)
        {
            line.Profile = line.Fault == AddressFault.None && line.Scope == AddressScope.Global ? _judge.Snapshot.Find(line.Address) : 0;
        }
        foreach (ref var line in lines)
        {
            line.Tail = _tails.SlotOf(line.Profile);
            _tails.Prefetch(line.Tail);
        }
        foreach (ref var line in lines)
        {
            if (line.Profile == 0 && line.Fault == AddressFault.None)
            {
                line.Tail = TailWithoutProfile(line.Scope, !line.Address.IsIPv4);
            }
            else if (line.Tail == 0 && line.Fault == AddressFault.None)
            {
                line.Tail = RenderTail(isGlobal: true, line.Profile, !line.Address.IsIPv4);
                _tails.Publish(line.Profile, line.Tail);
            }
        }
    }

    ulong TailWithoutProfile(AddressScope scope, bool isIPv6)
    {
        ref var slot = ref _tailsWithoutProfile[scope == AddressScope.Global && isIPv6 ? ScopeWords.Length : (int)scope];
        if (Volatile.Read(ref slot) == 0)
        {
            Volatile.Write(ref slot, RenderTail(scope == AddressScope.Global, 0, isIPv6));
        }
        return slot;
    }

    // Of special-purpose space a row says the scope alone, so that one tail fits every address of the scope.
    ulong RenderTail(bool isGlobal, uint profile, bool isIPv6)
    {
        var snapshot = _judge.Snapshot;
        var word = snapshot.ProfileAt(profile).Word;
        var verdict = isGlobal ? _judge.VerdictOf(profile, isIPv6) : Verdict.Special;
        var (asn, name) = snapshot.AsnNumberAndName(word);
        var provider = isGlobal ? _judge.ProviderOf(word, verdict.Present) : 0;
        var bytes = new ArrayBufferWriter<byte>(256);
        var facts = new RowFacts(verdict, asn, snapshot.Utf8(name), snapshot.RoleOf(word), snapshot.Utf8(provider), _judge.Policy.Order);
        if (_format == RowFormat.Csv)
        {
            facts.WriteCsv(bytes);
        }
        else
        {
            facts.WriteJson(bytes);
        }
        GC.KeepAlive(snapshot);
        return _tails.Add(bytes.WrittenSpan, word.NetworkLength);
    }

    // Returns the number of faults. Valid rows are collected in one span; a fault, which is rare and of any length, interrupts it.
    int WriteBatch(ReadOnlySpan<byte> lines, Span<Line> batch, int inputBytes, IBufferWriter<byte> destination)
    {
        var most = inputBytes + batch.Length * MaxHeadBytes;
        foreach (ref readonly var line in batch)
        {
            most += RowTails.LengthOf(line.Tail);
        }
        var rows = destination.GetSpan(most);
        var (at, faults) = (0, 0);
        foreach (ref readonly var line in batch)
        {
            var input = lines.Slice(line.Offset, line.Length);
            if (line.Fault == AddressFault.None)
            {
                at += WriteHead(input, line, rows[at..]);
                at += Copy(_tails.BytesOf(line.Tail), rows[at..]);
                continue;
            }
            destination.Advance(at);
            WriteFault(input, line.Fault, destination);
            rows = destination.GetSpan(most);
            at = 0;
            faults++;
        }
        destination.Advance(at);
        return faults;
    }

    // A valid address holds no character that CSV or JSON quotes and none that a spreadsheet runs, once what is trimmed is gone.
    int WriteHead(ReadOnlySpan<byte> input, in Line line, Span<byte> row)
    {
        var isCsv = _format == RowFormat.Csv;
        var networkLength = line.Profile == 0 ? 0 : RowTails.NetworkLengthOf(line.Tail);
        var at = Copy(isCsv ? default : "{\"input\":\""u8, row);
        at += Copy(Trimmed(input), row[at..]);
        at += Copy(isCsv ? ","u8 : "\",\"ip\":\""u8, row[at..]);
        at += AddressFormatter.Format(line.Address, row[at..]);
        at += Copy(isCsv ? ","u8 : "\",\"scope\":\""u8, row[at..]);
        at += Copy(ScopeWords[(int)line.Scope], row[at..]);
        at += Copy(isCsv ? ","u8 : "\",\"network\":"u8, row[at..]);
        if (networkLength == 0)
        {
            return at + Copy(isCsv ? default : "null"u8, row[at..]);
        }
        at += Copy(isCsv ? default : "\""u8, row[at..]);
        at += AddressFormatter.Format(Prefix.Create(line.Address, networkLength).Network, row[at..]);
        row[at++] = (byte)'/';
        Utf8Formatter.TryFormat((byte)networkLength, row[at..], out var digits);
        at += digits;
        return at + Copy(isCsv ? default : "\""u8, row[at..]);
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

    void WriteFault(ReadOnlySpan<byte> input, AddressFault fault, IBufferWriter<byte> destination)
    {
        var shown = SafeText.Shown(input);
        if (_format == RowFormat.Csv)
        {
            SafeText.WriteCsvField(Encoding.UTF8.GetBytes(shown), destination);
            destination.Write(Encoding.ASCII.GetBytes($",,,,,,,,,,,,,,{ProblemKind.BadAddress.Code},{fault.Word()}\n"));
            return;
        }
        using (var json = new Utf8JsonWriter(destination))
        {
            json.WriteStartObject();
            json.WriteString("input", shown);
            json.WriteStartObject("error");
            json.WriteString("code", ProblemKind.BadAddress.Code);
            json.WriteString("reason", fault.Word());
            json.WriteString("detail", ProblemKind.Explain(Encoding.UTF8.GetString(input), fault));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        destination.Write("\n"u8);
    }
}
