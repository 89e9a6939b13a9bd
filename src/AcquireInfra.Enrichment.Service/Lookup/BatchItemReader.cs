using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>One item of a batch as it was sent.</summary>
/// <param name="Fault">Why it is none; the address is not looked at then.</param>
internal readonly record struct SentItem(string Ip, string? Id, DateTimeOffset? At, string? Fault);

/// <summary>Reads an item: a text, or an object with "ip" and perhaps "id" and "at".</summary>
internal static class BatchItemReader
{
    const string Expected = "An item is a text, or an object with \"ip\" and, if wanted, \"id\" and \"at\".";

    public static SentItem Read(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.String)
        {
            return new(Text(item), null, null, null);
        }
        if (item.ValueKind != JsonValueKind.Object)
        {
            return new(RawText(item), null, null, Expected);
        }
        var (ip, id, at, fault) = ("", (string?)null, (DateTimeOffset?)null, (string?)null);
        foreach (var member in item.EnumerateObject())
        {
            var isText = member.Value.ValueKind == JsonValueKind.String;
            switch (NameOf(member))
            {
                case "ip" when isText:
                    ip = Text(member.Value);
                    break;
                case "id" when isText:
                    id = Text(member.Value);
                    break;
                case "at" when isText && TryReadTime(Text(member.Value), out var time):
                    at = time;
                    break;
                case "at":
                    fault = "\"at\" is a time like 2026-11-24T12:00:00Z, in UTC.";
                    break;
                default:
                    fault = Expected;
                    break;
            }
        }
        return new(ip, id, at, fault);
    }

    // Compared as bytes: a name that is no UTF-8 has no text either.
    static string NameOf(JsonProperty member) =>
        member.NameEquals("ip"u8) ? "ip" : member.NameEquals("id"u8) ? "id" : member.NameEquals("at"u8) ? "at" : "";

    // Half a surrogate pair, or bytes that are no UTF-8, have no text; what was sent stands for it, and no address has one.
    static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return RawText(element).Trim('"');
        }
    }

    // GetRawText throws on bytes that are no UTF-8, which the JSON reader lets through; here they become U+FFFD.
    static string RawText(JsonElement element) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element));

    internal static bool TryReadTime(string text, out DateTimeOffset time)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] formats = ["yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", "yyyy-MM-ddTHH:mmZ"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, Utc, out time);
    }
}
