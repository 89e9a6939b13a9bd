using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>The part of a row that all addresses of a profile share.</summary>
internal readonly ref struct RowFacts(
    Verdict verdict, uint asn, ReadOnlySpan<byte> asnName, AsnRole role, ReadOnlySpan<byte> provider, IReadOnlyList<Category> order)
{
    static readonly byte[][] CategoryWords = [.. Categories.All.Select(Encoding.ASCII.GetBytes)];
    static readonly (string Name, Category Category)[] Flags =
    [
        ("isHosting", Category.Hosting), ("isVpn", Category.Vpn), ("isProxy", Category.Proxy), ("isResidentialProxy", Category.ResidentialProxy),
        ("isTor", Category.Tor), ("isRelay", Category.Relay), ("isBulletproof", Category.Bulletproof), ("isCdn", Category.Cdn),
        ("isCrawler", Category.Crawler), ("isMobile", Category.Mobile),
    ];

    readonly Verdict _verdict = verdict;
    readonly uint _asn = asn;
    readonly ReadOnlySpan<byte> _asnName = asnName;
    readonly AsnRole _role = role;
    readonly ReadOnlySpan<byte> _provider = provider;
    readonly IReadOnlyList<Category> _order = order;

    /// <summary>",asn,asnName,asnRole,verdict,level,score,rawScore,confidence,categories,provider,error,errorReason" and a line end.</summary>
    public void WriteCsv(ArrayBufferWriter<byte> row)
    {
        var judged = !_verdict.IsSpecial;
        row.Write(","u8);
        if (_asn != 0)
        {
            Number(row, _asn);
        }
        Field(row, _asnName);
        Word(row, _role == AsnRole.Unknown ? "" : _role.Word());
        Word(row, _verdict.Kind.Word());
        Word(row, judged ? _verdict.Level.Word() : "");
        foreach (var number in (ReadOnlySpan<int>)[_verdict.Score, _verdict.RawScore, _verdict.Confidence])
        {
            row.Write(","u8);
            if (judged)
            {
                Number(row, (uint)number);
            }
        }
        var separator = ","u8;
        foreach (var category in _order)
        {
            if (_verdict.Present.Has(category))
            {
                row.Write(separator);
                row.Write(CategoryWords[(int)category]);
                separator = " "u8;
            }
        }
        row.Write(_verdict.Present.IsEmpty ? ","u8 : default);
        Field(row, _provider);
        row.Write(",,\n"u8);
    }

    /// <summary>The members of a flat verdict after the network, with a comma before and the closing brace and a line end after.</summary>
    public void WriteJson(ArrayBufferWriter<byte> row)
    {
        var judged = !_verdict.IsSpecial;
        using var json = new Utf8JsonWriter(row);
        json.WriteStartObject();
        WriteNumber(json, "asn", _asn == 0 ? null : _asn);
        WriteText(json, "asnName", _asnName);
        json.WriteString("asnRole", _role == AsnRole.Unknown ? null : _role.Word());
        json.WriteString("verdict", _verdict.Kind.Word());
        json.WriteString("level", judged ? _verdict.Level.Word() : null);
        WriteNumber(json, "score", judged ? _verdict.Score : null);
        WriteNumber(json, "rawScore", judged ? _verdict.RawScore : null);
        WriteNumber(json, "confidence", judged ? _verdict.Confidence : null);
        json.WriteStartArray("categories");
        foreach (var category in _order)
        {
            if (_verdict.Present.Has(category))
            {
                json.WriteStringValue(CategoryWords[(int)category]);
            }
        }
        json.WriteEndArray();
        WriteText(json, "provider", _provider);
        foreach (var (name, category) in Flags)
        {
            if (judged && _verdict.Is(category) is { } flag)
            {
                json.WriteBoolean(name, flag);
            }
            else
            {
                json.WriteNull(name);
            }
        }
        json.WriteEndObject();
        json.Flush();
        row.Write("\n"u8);
        OpenBraceToComma(row);
    }

    // The head of the row has opened the object already.
    static void OpenBraceToComma(ArrayBufferWriter<byte> row) =>
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(row.WrittenMemory).Span[0] = (byte)',';

    static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
            return;
        }
        json.WriteNull(name);
    }

    static void WriteText(Utf8JsonWriter json, string name, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteString(name, text);
    }

    static void Word(ArrayBufferWriter<byte> row, string word)
    {
        row.Write(","u8);
        row.Advance(Encoding.ASCII.GetBytes(word, row.GetSpan(word.Length)));
    }

    static void Field(ArrayBufferWriter<byte> row, ReadOnlySpan<byte> text)
    {
        row.Write(","u8);
        SafeText.WriteCsvField(text, row);
    }

    static void Number(ArrayBufferWriter<byte> row, uint value)
    {
        Utf8Formatter.TryFormat(value, row.GetSpan(10), out var written);
        row.Advance(written);
    }
}
