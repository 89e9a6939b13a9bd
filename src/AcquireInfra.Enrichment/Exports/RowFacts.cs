using System.Buffers;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// The two parts of a row that many addresses share: what is said of the ASN, and what is said of the verdict with the end of the row.
/// Each member has its comma before it.
/// </summary>
internal sealed class RowFacts(RowFormat format, RowFields fields, IReadOnlyList<Category> order)
{
    static readonly byte[][] CategoryWords = [.. Categories.All.Select(Encoding.ASCII.GetBytes)];
    static readonly (RowField Field, Category Category)[] Flags =
    [
        (RowField.IsHosting, Category.Hosting), (RowField.IsVpn, Category.Vpn), (RowField.IsProxy, Category.Proxy),
        (RowField.IsResidentialProxy, Category.ResidentialProxy), (RowField.IsTor, Category.Tor), (RowField.IsRelay, Category.Relay),
        (RowField.IsBulletproof, Category.Bulletproof), (RowField.IsCdn, Category.Cdn), (RowField.IsCrawler, Category.Crawler),
        (RowField.IsMobile, Category.Mobile),
    ];

    readonly bool _isCsv = format == RowFormat.Csv;
    readonly byte[] _end = format switch
    {
        RowFormat.Csv => ",,\n"u8.ToArray(), // no error, and no reason for one
        RowFormat.Ndjson => "}\n"u8.ToArray(),
        _ => "}"u8.ToArray(),
    };

    public ReadOnlySpan<byte> Asn(uint asn, ReadOnlySpan<byte> name, AsnRole role)
    {
        using var row = new Members(_isCsv, fields);
        row.Number(RowField.Asn, asn == 0 ? null : asn);
        row.Text(RowField.AsnName, name);
        row.Word(RowField.AsnRole, role.WordIfKnown());
        return row.End(default);
    }

    public ReadOnlySpan<byte> Verdict(Verdict verdict, ReadOnlySpan<byte> provider, AppliedOverride? applied)
    {
        var judged = !verdict.IsSpecial;
        using var row = new Members(_isCsv, fields);
        row.Word(RowField.Verdict, verdict.Kind.Word());
        row.Word(RowField.Level, judged ? verdict.Level.Word() : null);
        row.Number(RowField.Score, judged ? verdict.Score : null);
        row.Number(RowField.RawScore, judged ? verdict.RawScore : null);
        row.Number(RowField.Confidence, judged ? verdict.Confidence : null);
        row.Words(RowField.Categories, [.. order.Where(category => verdict.Present.Has(category)).Select(category => CategoryWords[(int)category])]);
        row.Text(RowField.Provider, provider);
        row.Override(applied);
        foreach (var (field, category) in Flags)
        {
            row.Flag(field, judged ? verdict.Is(category) : null);
        }
        return row.End(_end);
    }

    /// <summary>Members one after another, in either format; those that are not asked for are left out.</summary>
    sealed class Members(bool isCsv, RowFields fields) : IDisposable
    {
        readonly ArrayBufferWriter<byte> _row = new(256);
        readonly ArrayBufferWriter<byte> _inner = new(256);
        Utf8JsonWriter? _json;

        Utf8JsonWriter Json
        {
            get
            {
                if (_json is null)
                {
                    _json = new(_inner);
                    _json.WriteStartObject();
                }
                return _json;
            }
        }

        public void Number(RowField field, long? value)
        {
            if (!Begin(field))
            {
                return;
            }
            if (!isCsv)
            {
                WriteJson(value);
            }
            else if (value is { } number)
            {
                _row.WriteNumber((uint)number);
            }
        }

        public void Word(RowField field, string? word) => Text(field, Encoding.ASCII.GetBytes(word ?? ""));

        /// <summary>Empty is unknown.</summary>
        public void Text(RowField field, ReadOnlySpan<byte> text)
        {
            if (!Begin(field))
            {
                return;
            }
            if (isCsv)
            {
                SafeText.WriteCsvField(text, _row);
            }
            else if (text.IsEmpty)
            {
                Json.WriteNullValue();
            }
            else
            {
                Json.WriteStringValue(text);
            }
        }

        public void Words(RowField field, byte[][] words)
        {
            if (!Begin(field))
            {
                return;
            }
            if (isCsv)
            {
                _row.Write(Encoding.ASCII.GetBytes(string.Join(' ', words.Select(Encoding.ASCII.GetString))));
                return;
            }
            Json.WriteStartArray();
            foreach (var word in words)
            {
                Json.WriteStringValue(word);
            }
            Json.WriteEndArray();
        }

        // In a table the words alone: who asks why has the reasons in JSON.
        public void Override(AppliedOverride? applied)
        {
            if (isCsv || applied is null)
            {
                Word(RowField.Override, applied?.Match.Words);
                return;
            }
            if (Begin(RowField.Override))
            {
                JsonSerializer.Serialize(Json, OverrideResponse.From(applied), VerdictJson.Default.OverrideResponse);
            }
        }

        public void Flag(RowField field, bool? value)
        {
            if (!Begin(field))
            {
                return;
            }
            if (isCsv)
            {
                _row.Write(value is { } known ? known ? "true"u8 : "false"u8 : default);
            }
            else if (value is { } flag)
            {
                Json.WriteBooleanValue(flag);
            }
            else
            {
                Json.WriteNullValue();
            }
        }

        public ReadOnlySpan<byte> End(ReadOnlySpan<byte> end)
        {
            if (_json is not null)
            {
                _json.WriteEndObject();
                _json.Flush();
                _row.Write(","u8);
                _row.Write(_inner.WrittenSpan[1..^1]); // the head of the row has opened the object already
            }
            _row.Write(end);
            return _row.WrittenSpan;
        }

        public void Dispose() => _json?.Dispose();

        bool Begin(RowField field)
        {
            if (!fields.Has(field))
            {
                return false;
            }
            if (isCsv)
            {
                _row.Write(","u8);
            }
            else
            {
                Json.WritePropertyName(RowFields.NameOf(field));
            }
            return true;
        }

        void WriteJson(long? value)
        {
            if (value is { } number)
            {
                Json.WriteNumberValue(number);
                return;
            }
            Json.WriteNullValue();
        }
    }
}
