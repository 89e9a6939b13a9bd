using System.Globalization;
using System.Net;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>Names and addresses as DNS has them.</summary>
internal static class DnsNames
{
    /// <summary>The name under which a DNS list has an address (RFC 5782): its bytes or nibbles backwards, before the zone.</summary>
    public static string InList(Address address, string zone)
    {
        var bytes = address.ToIPAddress().GetAddressBytes();
        Array.Reverse(bytes);
        var labels = bytes.Length == 4
            ? bytes.Select(part => part.ToString(CultureInfo.InvariantCulture))
            : bytes.SelectMany(part => (string[])[(part & 15).ToString("x", CultureInfo.InvariantCulture), (part >> 4).ToString("x", CultureInfo.InvariantCulture)]);
        return $"{string.Join('.', labels)}.{zone.TrimEnd('.')}.";
    }

    public static bool IsZone(string zone) =>
        zone.Length is > 0 and <= 180 && zone.TrimEnd('.').Split('.').All(label => label.Length is > 0 and <= 63 && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'));

    /// <summary>Reads an answer of a DNS list, an address of 127.0.0.0/8 in canonical text.</summary>
    public static bool TryParseCode(string text, out Address code) =>
        AddressParser.TryParse(text, out code, out _) && IsCode(code) && code.ToString() == text;

    /// <summary>Whether an address is in 127.0.0.0/8, in which DNS lists answer.</summary>
    public static bool IsCode(Address address) => address.IsIPv4 && address.IPv4 >> 24 == 127;

    /// <summary>Reads an address, perhaps with a port, as 192.0.2.53:53 or [2001:db8::53]:53; 53 without.</summary>
    public static bool TryParseServer(string text, out IPEndPoint server)
    {
        var colon = text.StartsWith('[') || text.AsSpan().Count(':') == 1 ? text.LastIndexOf(':') : -1;
        var hasPort = colon > 0 && !text.EndsWith(']');
        var port = 53;
        var isRead = (!hasPort || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue))
            & AddressParser.TryParse((hasPort ? text[..colon] : text).Trim('[', ']'), out var address, out _);
        server = isRead ? new(address.ToIPAddress(), port) : new(IPAddress.None, 0);
        return isRead;
    }
}
