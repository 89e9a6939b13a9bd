using System.Globalization;
using System.Text;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>
/// Names from outside are data for logs, tables and pages. What could steer those (control, format and separator characters, unpaired
/// surrogates) is replaced when it comes in; markup is escaped where it goes out.
/// </summary>
internal static class CleanText
{
    public static string Of(ReadOnlySpan<byte> utf8, int maxCharacters) => Of(Encoding.UTF8.GetString(utf8), maxCharacters);

    public static string Of(string text, int maxCharacters)
    {
        var cleaned = new StringBuilder(Math.Min(text.Length, maxCharacters));
        foreach (var rune in text.EnumerateRunes())
        {
            var isPlain = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned);
            if (cleaned.Length + rune.Utf16SequenceLength > maxCharacters)
            {
                break;
            }
            cleaned.Append(isPlain ? rune.ToString() : " ");
        }
        return cleaned.ToString().Trim();
    }
}
