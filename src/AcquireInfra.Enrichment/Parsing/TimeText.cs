using System.Globalization;
using System.Text;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>Dates as feeds write them. A text without zone is UTC.</summary>
internal static class TimeText
{
    static readonly string[] Formats =
    [
        "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd",
        "yyyy-MM-dd-HH-mm-ss", // AWS
        "ddd, dd MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm:ss zzz", "ddd, dd MMM yyyy HH:mm:ss 'GMT'", // mail and HTTP dates
    ];

    /// <returns>Null where the text is no date that any feed writes.</returns>
    public static DateTimeOffset? Read(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\""u8);
        if (text.IsEmpty || text.Length > 64)
        {
            return null;
        }
        var characters = Encoding.UTF8.GetString(text);
        if (long.TryParse(characters, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return FromNumber(characters, number);
        }
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(Zoned(characters), Formats, CultureInfo.InvariantCulture, Utc, out var time) ? time : null;
    }

    // Unix seconds (10 digits), milliseconds (13), or yyyyMMdd (8).
    static DateTimeOffset? FromNumber(string digits, long number) => digits.Length switch
    {
        10 => DateTimeOffset.FromUnixTimeSeconds(number),
        13 => DateTimeOffset.FromUnixTimeMilliseconds(number),
        8 when DateTimeOffset.TryParseExact(digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) => day,
        _ => null,
    };

    // RFC 5322 writes +0200 where .NET's zzz wants +02:00.
    static string Zoned(string text) => text.Length > 5 && text[^5] is '+' or '-' && text.Contains(',', StringComparison.Ordinal)
        ? text.Insert(text.Length - 2, ":")
        : text;
}
