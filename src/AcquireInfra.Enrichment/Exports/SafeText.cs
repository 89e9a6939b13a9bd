using System.Buffers;
using System.Globalization;
using System.Text;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Text from outside, made fit to be shown.</summary>
public static class SafeText
{
    const int MaxShown = 64;

    /// <summary>At most 64 characters of an input, everything outside printable ASCII escaped as \uXXXX: for messages and logs.</summary>
    public static string Shown(string given)
    {
        var shown = new StringBuilder();
        foreach (var character in given.AsSpan(0, Math.Min(given.Length, MaxShown)))
        {
            _ = character is >= ' ' and <= '~' and not '\\'
                ? shown.Append(character)
                : shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
        }
        return given.Length > MaxShown ? shown.Append('…').ToString() : shown.ToString();
    }

    public static string Shown(ReadOnlySpan<byte> given) =>
        Shown(Encoding.UTF8.GetString(given[..Math.Min(given.Length, 4 * (MaxShown + 1))]));

    /// <summary>
    /// One CSV field, RFC 4180. A field that a spreadsheet would run as a formula gets an apostrophe before it: names of organisations
    /// and inputs come from whoever registers or sends them.
    /// </summary>
    public static void WriteCsvField(ReadOnlySpan<byte> utf8, IBufferWriter<byte> destination)
    {
        var isFormula = !utf8.IsEmpty && utf8[0] is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r';
        var prefix = isFormula ? "'"u8 : default;
        if (utf8.IndexOfAny("\",\r\n"u8) < 0)
        {
            destination.Write(prefix);
            destination.Write(utf8);
            return;
        }
        destination.Write("\""u8);
        destination.Write(prefix);
        while (utf8.IndexOf((byte)'"') is var quote and >= 0)
        {
            destination.Write(utf8[..(quote + 1)]);
            destination.Write("\""u8);
            utf8 = utf8[(quote + 1)..];
        }
        destination.Write(utf8);
        destination.Write("\""u8);
    }
}
