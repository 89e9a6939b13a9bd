using System.Buffers;
using System.Globalization;
using System.Text;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>A row of <c>overrides.csv</c>.</summary>
/// <param name="Line">Of the file, from 1.</param>
public readonly record struct OverrideRow(int Line, OverrideEntry Entry);

/// <summary>What is wrong with a row.</summary>
/// <param name="Line">Of the file, from 1.</param>
public sealed record OverrideRowFault(int Line, OverrideFault Fault)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Line {Line}, {Fault}");
}

/// <summary>
/// Overrides as a table that people edit: UTF-8, RFC 4180 with one record a line, a header line, and blank lines and lines that begin with
/// # passed over. A target is an address, a prefix, <c>AS64500</c> or <c>provider:Name</c>; categories have spaces between them.
/// </summary>
public static class OverridesCsv
{
    public const string Header = "id,target,effect,categories,tag,reason,owner,expiresAt";

    static readonly string[] Columns = Header.Split(',');

    // What a spreadsheet would run; see SafeText.
    static readonly SearchValues<char> FormulaMarks = SearchValues.Create("=+-@");

    public static byte[] Write(IEnumerable<Override> entries)
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write(Encoding.ASCII.GetBytes(Header));
        foreach (var entry in entries)
        {
            string[] fields =
            [
                entry.Id, entry.Target.ToString(), entry.Effect.Word(), string.Join(' ', entry.Categories.Members().Select(category => category.Word())),
                entry.Tag ?? "", entry.Reason, entry.Owner, UtcTime.Text(entry.ExpiresAt),
            ];
            for (var at = 0; at < fields.Length; at++)
            {
                text.Write(at == 0 ? "\n"u8 : ","u8);
                SafeText.WriteCsvField(Encoding.UTF8.GetBytes(fields[at]), text);
            }
        }
        text.Write("\n"u8);
        return text.WrittenSpan.ToArray();
    }

    /// <summary>Reads rows; whether they are overrides is <see cref="OverrideRules"/>' to say.</summary>
    /// <param name="faults">Told of rows that are none. Where there is no header, of that alone.</param>
    public static IReadOnlyList<OverrideRow> Read(ReadOnlySpan<byte> csv, ICollection<OverrideRowFault> faults)
    {
        var rows = new List<OverrideRow>();
        csv = csv.StartsWith("\uFEFF"u8) ? csv[3..] : csv; // spreadsheets begin a file so
        var hasHeader = false;
        for (var line = 1; !csv.IsEmpty; line++)
        {
            var newline = csv.IndexOf((byte)'\n');
            var text = (newline < 0 ? csv : csv[..newline]).TrimEnd("\r \t"u8);
            csv = newline < 0 ? default : csv[(newline + 1)..];
            if (text.IsEmpty || text[0] == (byte)'#')
            {
                continue;
            }
            var fields = FieldsOf(text, out var wrong);
            if (!hasHeader)
            {
                hasHeader = wrong is null && fields.SequenceEqual(Columns, StringComparer.OrdinalIgnoreCase);
                if (!hasHeader)
                {
                    faults.Add(new(line, new("header", Encoding.UTF8.GetString(text), $"is no header; begin the table with {Header}")));
                    return [];
                }
                continue;
            }
            wrong ??= fields.Count == Columns.Length ? null : string.Create(CultureInfo.InvariantCulture, $"has {fields.Count} fields and not {Columns.Length}: {Header}");
            if (wrong is not null)
            {
                faults.Add(new(line, new("row", Encoding.UTF8.GetString(text), wrong)));
                continue;
            }
            ReadRow(line, fields, rows, faults);
        }
        return rows;
    }

    static void ReadRow(int line, List<string> fields, List<OverrideRow> rows, ICollection<OverrideRowFault> faults)
    {
        if (OverrideTarget.Read(fields[1], out var wrong) is not { } target)
        {
            faults.Add(new(line, new("target", fields[1], wrong!)));
            return;
        }
        static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
        rows.Add(new(line, new(
            NullIfEmpty(fields[0]), TargetEntry.From(target), fields[2], fields[3].Split(' ', StringSplitOptions.RemoveEmptyEntries), NullIfEmpty(fields[4]),
            fields[5], fields[6], fields[7])));
    }

    static List<string> FieldsOf(ReadOnlySpan<byte> line, out string? wrong)
    {
        var texts = new List<string>();
        var fields = new CsvLine(line);
        wrong = null;
        while (fields.TryNext(out var field))
        {
            var isQuoted = fields.Offset > 0 && line[fields.Offset - 1] == (byte)'"';
            var text = TextOf(field);
            if (text is null)
            {
                wrong = "is not UTF-8";
                return [];
            }
            text = isQuoted ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text.Trim(' ');
            texts.Add(text.Length > 1 && text[0] == '\'' && FormulaMarks.Contains(text[1]) ? text[1..] : text);
        }
        wrong = fields.IsOpen ? "has a quoted field that does not end on its line" : null;
        return texts;
    }

    static string? TextOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
