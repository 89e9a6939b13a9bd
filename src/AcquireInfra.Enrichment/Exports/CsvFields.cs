using System.Buffers;
using System.Buffers.Text;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Fields of the CSV exports.</summary>
internal static class CsvFields
{
    /// <summary>A comma, and text of ours or of others, safe for spreadsheets.</summary>
    public static void Field(this ArrayBufferWriter<byte> row, string? text)
    {
        row.Write(","u8);
        SafeText.WriteCsvField(Encoding.UTF8.GetBytes(text ?? ""), row);
    }

    public static void Field(this ArrayBufferWriter<byte> row, uint? number)
    {
        row.Write(","u8);
        if (number is { } value)
        {
            row.WriteNumber(value);
        }
    }

    /// <summary>A comma, and categories with spaces between them.</summary>
    public static void Field(this ArrayBufferWriter<byte> row, IReadOnlyList<Category> categories) =>
        row.Field(string.Join(' ', categories.Select(category => category.Word())));

    public static void WriteNumber(this ArrayBufferWriter<byte> row, uint value)
    {
        Utf8Formatter.TryFormat(value, row.GetSpan(10), out var written);
        row.Advance(written);
    }

    public static void WriteAddress(this ArrayBufferWriter<byte> row, Address address) =>
        row.Advance(AddressFormatter.Format(address, row.GetSpan(AddressFormatter.MaxBytes)));

    public static void WritePrefix(this ArrayBufferWriter<byte> row, Prefix prefix)
    {
        row.WriteAddress(prefix.Network);
        row.Write("/"u8);
        row.WriteNumber((uint)prefix.Length);
    }
}
