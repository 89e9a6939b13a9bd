using System.Globalization;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Times as text: ISO 8601 in UTC, strictly, with the T, to the minute at least, and with the Z.</summary>
public static class UtcTime
{
    static readonly string[] Formats = ["yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", "yyyy-MM-ddTHH:mmZ"];

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Utc, out time);
    }

    /// <summary>To the second.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
