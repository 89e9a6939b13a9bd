using System.Buffers;
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
/// that part is rendered once and copied afterwards. Thread-safe.
/// </summary>
public sealed class RowRenderer
{
    const string CsvColumns = "input,ip,scope,network,asn,asnName,asnRole,verdict,level,score,rawScore,confidence,categories,provider,error\n";

    // Longest text of an address, its network and the punctuation round them.
    const int MaxHeadBytes = 4 * (AddressFormatter.MaxBytes + 24);

    readonly Judge _judge;
    readonly RowFormat _format;
    readonly byte[]?[] _tails;
    readonly byte[]?[] _specialTails = new byte[]?[Enum.GetValues<AddressScope>().Length];

    // Profile 0 belongs to both families, and they differ in what is assessed.
    byte[]? _unknownIPv6Tail;

    public RowRenderer(Judge judge, RowFormat format)
    {
        _judge = judge;
        _format = format;
        _tails = new byte[]?[judge.Snapshot.ProfileCount];
    }

    /// <summary>What stands before the first row.</summary>
    public ReadOnlySpan<byte> Header => _format == RowFormat.Csv ? Encoding.ASCII.GetBytes(CsvColumns) : default;

    /// <summary>Writes the row of one input.</summary>
    /// <returns>False where the input is no address; its row says why.</returns>
    public bool Write(ReadOnlySpan<byte> input, IBufferWriter<byte> destination)
    {
        if (!AddressParser.TryParse(input, out var address, out var fault))
        {
            WriteFault(input, fault, destination);
            return false;
        }
        var scope = SpecialPurpose.ScopeOf(address);
        var profile = scope == AddressScope.Global ? _judge.Snapshot.Find(address) : 0;
        var tail = TailOf(address, scope, profile);
        var networkLength = profile == 0 ? 0 : _judge.Snapshot.ProfileAt(profile).NetworkLength;
        var row = destination.GetSpan(MaxHeadBytes + 6 * input.Length + tail.Length);
        var at = _format == RowFormat.Csv
            ? WriteCsvHead(input, address, scope, networkLength, row)
            : WriteJsonHead(input, address, scope, networkLength, row);
        tail.CopyTo(row[at..]);
        destination.Advance(at + tail.Length);
        return true;
    }

    // A valid address holds no character that CSV quotes, and none that a spreadsheet runs; only what is trimmed round it could.
    static int WriteCsvHead(ReadOnlySpan<byte> input, Address address, AddressScope scope, int networkLength, Span<byte> row)
    {
        var at = Copy(Trimmed(input), row);
        row[at++] = (byte)',';
        at += AddressFormatter.Format(address, row[at..]);
        row[at++] = (byte)',';
        at += Copy(ScopeWords[(int)scope], row[at..]);
        row[at++] = (byte)',';
        return at + WriteNetwork(address, networkLength, row[at..]);
    }

    static int WriteJsonHead(ReadOnlySpan<byte> input, Address address, AddressScope scope, int networkLength, Span<byte> row)
    {
        var at = Copy("{\"input\":\""u8, row);
        at += Copy(Trimmed(input), row[at..]);
        at += Copy("\",\"ip\":\""u8, row[at..]);
        at += AddressFormatter.Format(address, row[at..]);
        at += Copy("\",\"scope\":\""u8, row[at..]);
        at += Copy(ScopeWords[(int)scope], row[at..]);
        at += Copy("\",\"network\":"u8, row[at..]);
        if (networkLength == 0)
        {
            return at + Copy("null"u8, row[at..]);
        }
        row[at++] = (byte)'"';
        at += WriteNetwork(address, networkLength, row[at..]);
        row[at++] = (byte)'"';
        return at;
    }

    static int WriteNetwork(Address address, int length, Span<byte> destination)
    {
        if (length == 0)
        {
            return 0;
        }
        var at = AddressFormatter.Format(Prefix.Create(address, length).Network, destination);
        destination[at++] = (byte)'/';
        System.Buffers.Text.Utf8Formatter.TryFormat(length, destination[at..], out var digits);
        return at + digits;
    }

    // The parser trims white space that CSV or JSON would have to escape; between the first and last printable ASCII lies the address.
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

    byte[] TailOf(Address address, AddressScope scope, uint profile)
    {
        ref var slot = ref scope != AddressScope.Global ? ref _specialTails[(int)scope]
            : ref profile == 0 && !address.IsIPv4 ? ref _unknownIPv6Tail
            : ref _tails[profile];
        return slot ??= RenderTail(address, scope);
    }

    byte[] RenderTail(Address address, AddressScope scope)
    {
        var response = VerdictResponse.From(scope == AddressScope.Global ? _judge.Explain(address) : SpecialOf(address, scope), _judge);
        return _format == RowFormat.Csv ? CsvTail(response) : JsonTail(response);
    }

    // Of special-purpose space a row says the scope alone, so that one tail fits every address of the scope.
    static VerdictReport SpecialOf(Address address, AddressScope scope) =>
        new(address, scope, null, null, Verdict.Special, null, [], "", [], [], [], null, TimeSpan.Zero);

    static byte[] CsvTail(VerdictResponse row) => Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $",{row.Asn},{SafeText.CsvField(row.AsnName ?? "")},{row.AsnRole},{row.Verdict},{row.Level},{row.Score},{row.RawScore},{row.Confidence}," +
        $"{SafeText.CsvField(string.Join(' ', row.Categories))},{SafeText.CsvField(row.Provider ?? "")},\n"));

    static byte[] JsonTail(VerdictResponse row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteFlat(json, row);
            json.WriteEndObject();
        }
        // The object's own brace gives way to a comma: the head has opened it.
        byte[] tail = [.. bytes.WrittenSpan, (byte)'\n'];
        tail[0] = (byte)',';
        return tail;
    }

    static void WriteFlat(Utf8JsonWriter json, VerdictResponse row)
    {
        Number(json, "asn", row.Asn);
        json.WriteString("asnName", row.AsnName);
        json.WriteString("asnRole", row.AsnRole);
        json.WriteString("verdict", row.Verdict);
        json.WriteString("level", row.Level);
        Number(json, "score", row.Score);
        Number(json, "rawScore", row.RawScore);
        Number(json, "confidence", row.Confidence);
        json.WriteStartArray("categories");
        foreach (var category in row.Categories)
        {
            json.WriteStringValue(category);
        }
        json.WriteEndArray();
        json.WriteString("provider", row.Provider);
        Flag(json, "isHosting", row.IsHosting);
        Flag(json, "isVpn", row.IsVpn);
        Flag(json, "isProxy", row.IsProxy);
        Flag(json, "isResidentialProxy", row.IsResidentialProxy);
        Flag(json, "isTor", row.IsTor);
        Flag(json, "isRelay", row.IsRelay);
        Flag(json, "isBulletproof", row.IsBulletproof);
        Flag(json, "isCdn", row.IsCdn);
        Flag(json, "isCrawler", row.IsCrawler);
        Flag(json, "isMobile", row.IsMobile);
    }

    static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
            return;
        }
        json.WriteNull(name);
    }

    static void Flag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
            return;
        }
        json.WriteNull(name);
    }

    void WriteFault(ReadOnlySpan<byte> input, AddressFault fault, IBufferWriter<byte> destination)
    {
        var shown = SafeText.Shown(input);
        if (_format == RowFormat.Csv)
        {
            destination.Write(Encoding.UTF8.GetBytes($"{SafeText.CsvField(shown)},,,,,,,,,,,,,,{fault.Word()}\n"));
            return;
        }
        using (var json = new Utf8JsonWriter(destination))
        {
            json.WriteStartObject();
            json.WriteString("input", shown);
            json.WriteStartObject("error");
            json.WriteString("code", fault.Word());
            json.WriteString("detail", $"'{shown}' {fault.Explain()}.");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        destination.Write("\n"u8);
    }

    static readonly byte[][] ScopeWords = [.. Enum.GetNames<AddressScope>().Select(name => Encoding.ASCII.GetBytes(char.ToLowerInvariant(name[0]) + name[1..]))];
}
