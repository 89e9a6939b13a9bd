using System.Text;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>
/// The one reader of address text, for every door. Strict on what an address is, helpful about what logs wrap round one:
/// white space at the ends, a port, a zone on a link-local address, /32 or /128, and defanged dots and colons. It never
/// guesses and never resolves a name. The rules R1 to R10 and their cases stand in <c>tests/…/Addressing/address-cases.tsv</c>.
/// </summary>
public static class AddressParser
{
    /// <summary>Longest input in characters, counted before trimming (rule R10).</summary>
    public const int MaxCharacters = 128;

    const int MaxUtf8Bytes = MaxCharacters * 3;
    const int MaxZoneCharacters = 32;

    /// <summary>Reads one address from UTF-16 text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address, out AddressFault fault)
    {
        address = default;
        if (text.Length > MaxCharacters)
        {
            fault = AddressFault.TooLong;
            return false;
        }
        Span<byte> utf8 = stackalloc byte[MaxUtf8Bytes];
        // An unpaired surrogate becomes U+FFFD, which the ASCII check refuses.
        return TryParse(utf8[..Encoding.UTF8.GetBytes(text, utf8)], out address, out fault);
    }

    /// <summary>Reads one address from UTF-8 text. Allocates nothing.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Address address, out AddressFault fault)
    {
        if (IPv4Text.TryParse(utf8, out var value))
        {
            address = Address.FromIPv4(value);
            fault = AddressFault.None;
            return true;
        }
        if (IsTooLong(utf8))
        {
            address = default;
            fault = AddressFault.TooLong;
            return false;
        }
        fault = ParseTrimmed(Trim(utf8), out address);
        return fault == AddressFault.None;
    }

    static bool IsTooLong(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= MaxCharacters)
        {
            return false;
        }
        if (utf8.Length > MaxUtf8Bytes)
        {
            return true;
        }
        var characters = 0;
        foreach (var octet in utf8)
        {
            characters += (octet & 0xC0) != 0x80 ? 1 : 0;
        }
        return characters > MaxCharacters;
    }

    // R2: space, tab, CR, LF, no-break space U+00A0 (C2 A0), byte order mark U+FEFF (EF BB BF).
    static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            if (text.IsEmpty)
            {
                return text;
            }
            if (text[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                text = text[1..];
            }
            else if (text[^1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                text = text[..^1];
            }
            else if (text.StartsWith("\u00A0"u8))
            {
                text = text[2..];
            }
            else if (text.EndsWith("\u00A0"u8))
            {
                text = text[..^2];
            }
            else if (text.StartsWith("\uFEFF"u8))
            {
                text = text[3..];
            }
            else if (text.EndsWith("\uFEFF"u8))
            {
                text = text[..^3];
            }
            else
            {
                return text;
            }
        }
    }

    static AddressFault ParseTrimmed(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        if (text.IsEmpty)
        {
            return AddressFault.Empty;
        }
        if (text.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
        {
            return AddressFault.BadCharacter;
        }
        if (text.IndexOf("[.]"u8) < 0 && text.IndexOf("[:]"u8) < 0)
        {
            return ParseRefanged(text, out address);
        }
        Span<byte> refanged = stackalloc byte[MaxCharacters];
        return ParseRefanged(refanged[..Refang(text, refanged)], out address);
    }

    static AddressFault ParseRefanged(ReadOnlySpan<byte> text, out Address address) =>
        text[0] == '[' ? ParseBracketed(text, out address) : ParseBare(text, out address);

    // R8: "[.]" and "[:]" become the character inside; nothing else is turned back.
    static int Refang(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var written = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '[' && at + 2 < text.Length && text[at + 1] is (byte)'.' or (byte)':' && text[at + 2] == ']')
            {
                at++;
                destination[written++] = text[at++];
            }
            else
            {
                destination[written++] = text[at];
            }
        }
        return written;
    }

    // [v6], [v6%zone], [v6]:port
    static AddressFault ParseBracketed(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        var close = text.IndexOf((byte)']');
        if (close < 0)
        {
            return AddressFault.BadBracket;
        }
        var rest = text[(close + 1)..];
        if (!rest.IsEmpty && rest[0] != ':')
        {
            return AddressFault.BadBracket;
        }
        if (!rest.IsEmpty && !IsPort(rest[1..]))
        {
            return AddressFault.BadPort;
        }
        var inner = text[1..close];
        return inner.Contains((byte)':') ? ParseIPv6WithZone(inner, out address) : AddressFault.BadBracket;
    }

    static AddressFault ParseBare(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        if (text.Contains((byte)'%'))
        {
            return text.Contains((byte)':') ? ParseIPv6WithZone(text, out address) : AddressFault.BadZone;
        }
        var slash = text.LastIndexOf((byte)'/');
        if (slash >= 0)
        {
            return ParseWithLength(text[..slash], text[(slash + 1)..], out address);
        }
        var colons = text.Count((byte)':');
        if (colons == 0)
        {
            return ParseIPv4(text, out address);
        }
        var lastDot = text.LastIndexOf((byte)'.');
        var portColon = lastDot < 0 ? -1 : text[(lastDot + 1)..].IndexOf((byte)':');
        return portColon < 0 ? IPv6Text.Parse(text, out address) : ParseWithPort(text, lastDot + 1 + portColon, out address);
    }

    // R5: a port after IPv4, or after an IPv4-mapped address with a dotted tail: nothing else that colon could be.
    static AddressFault ParseWithPort(ReadOnlySpan<byte> text, int colon, out Address address)
    {
        var host = text[..colon];
        var fault = host.Contains((byte)':') ? IPv6Text.Parse(host, out address) : ParseIPv4(host, out address);
        if (fault != AddressFault.None)
        {
            return fault;
        }
        return address.IsIPv4 && IsPort(text[(colon + 1)..]) ? AddressFault.None : AddressFault.BadPort;
    }

    // R7: /32 after IPv4 and /128 after IPv6 text name one address; any other length is a range.
    static AddressFault ParseWithLength(ReadOnlySpan<byte> host, ReadOnlySpan<byte> length, out Address address)
    {
        var isIPv6 = host.Contains((byte)':');
        var fault = isIPv6 ? IPv6Text.Parse(host, out address) : ParseIPv4(host, out address);
        if (fault != AddressFault.None)
        {
            return fault;
        }
        if (length.SequenceEqual(isIPv6 ? "128"u8 : "32"u8))
        {
            return AddressFault.None;
        }
        return length.Length is > 0 and <= 3 && !length.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? AddressFault.IsARange
            : AddressFault.NotAnAddress;
    }

    // R6: a zone is accepted and dropped on fe80::/10 only, and never matched to this machine's interfaces.
    static AddressFault ParseIPv6WithZone(ReadOnlySpan<byte> text, out Address address)
    {
        var percent = text.IndexOf((byte)'%');
        if (percent < 0)
        {
            return IPv6Text.Parse(text, out address);
        }
        var fault = IPv6Text.Parse(text[..percent], out address);
        if (fault != AddressFault.None)
        {
            return fault;
        }
        var zone = text[(percent + 1)..];
        var isLinkLocal = address.High >> 54 == 0xFE80 >> 6;
        return isLinkLocal && zone.Length is > 0 and <= MaxZoneCharacters && IsZoneText(zone) ? AddressFault.None : AddressFault.BadZone;
    }

    static bool IsZoneText(ReadOnlySpan<byte> zone)
    {
        foreach (var octet in zone)
        {
            if (!char.IsAsciiLetterOrDigit((char)octet) && octet is not ((byte)'.' or (byte)'_' or (byte)'-'))
            {
                return false;
            }
        }
        return true;
    }

    static bool IsPort(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 5)
        {
            return false;
        }
        var port = 0;
        foreach (var octet in text)
        {
            if (!char.IsAsciiDigit((char)octet))
            {
                return false;
            }
            port = port * 10 + (octet - '0');
        }
        return port <= ushort.MaxValue;
    }

    static AddressFault ParseIPv4(ReadOnlySpan<byte> text, out Address address)
    {
        var fault = IPv4Text.Parse(text, out var value);
        address = fault == AddressFault.None ? Address.FromIPv4(value) : default;
        return fault;
    }
}
