using System.Buffers.Binary;
using System.Globalization;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>Canonical text of an address: dotted decimal for IPv4, RFC 5952 for IPv6.</summary>
public static class AddressFormatter
{
    /// <summary>Room for the longest canonical text, <c>ffff:ffff:ffff:ffff:0:5efe:255.255.255.255</c>, and one byte that is scratch.</summary>
    public const int MaxBytes = 46;

    /// <summary>Writes the canonical text as ASCII.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Format(Address address, Span<byte> destination) =>
        address.IsIPv4 ? FormatIPv4(address.IPv4, destination) : FormatIPv6(address, destination);

    // Text of each octet with a dot behind it, little endian, and its length without the dot.
    static readonly (uint Text, int Length)[] Octets = [.. Enumerable.Range(0, 256).Select(OctetText)];

    static int FormatIPv4(uint value, Span<byte> destination)
    {
        // Four bytes are written for each octet and the next one overwrites what was too many; the last has 3 bytes of room.
        _ = destination[15];
        var at = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            var (text, length) = Octets[value >> shift & 0xFF];
            BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], text);
            at += length + 1;
        }
        return at - 1;
    }

    static (uint Text, int Length) OctetText(int octet)
    {
        var digits = octet.ToString(CultureInfo.InvariantCulture);
        var text = 0u;
        for (var at = 0; at < digits.Length; at++)
        {
            text |= (uint)digits[at] << 8 * at;
        }
        return (text | (uint)'.' << 8 * digits.Length, digits.Length);
    }

    static int FormatIPv6(Address address, Span<byte> destination)
    {
        var dottedTail = HasDottedTail(address);
        var groups = dottedTail ? 6 : 8;
        var (zerosStart, zerosEnd) = LongestZeroRun(address, groups);
        var at = 0;
        for (var group = 0; group < groups; group++)
        {
            if (group == zerosStart)
            {
                destination[at++] = (byte)':';
                destination[at++] = (byte)':';
                group = zerosEnd - 1;
                continue;
            }
            if (group > 0 && group != zerosEnd)
            {
                destination[at++] = (byte)':';
            }
            at += FormatGroup(Group(address, group), destination[at..]);
        }
        if (dottedTail)
        {
            if (zerosEnd != groups)
            {
                destination[at++] = (byte)':';
            }
            at += FormatIPv4((uint)address.Low, destination[at..]);
        }
        return at;
    }

    // RFC 5952 section 5 leaves open which prefixes show their IPv4 tail; these are the ones IPAddress.ToString of .NET shows:
    // IPv4-compatible ::a.b.c.d, IPv4-translated ::ffff:0:a.b.c.d, and the ISATAP interface id 0:5efe:a.b.c.d.
    static bool HasDottedTail(Address address)
    {
        var isatap = address.Low >> 32 == 0x5EFE;
        var compatible = address.High == 0 && address.Low >> 32 == 0 && (address.Low & 0xFFFF_0000) != 0;
        var translated = address.High == 0 && address.Low >> 32 == 0xFFFF_0000 && (address.Low & 0xFFFF_0000) != 0;
        return isatap || compatible || translated;
    }

    // The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2); (-1, -1) when there is none.
    static (int Start, int End) LongestZeroRun(Address address, int groups)
    {
        var (bestStart, bestEnd) = (-1, -1);
        for (var start = 0; start < groups; start++)
        {
            var end = start;
            while (end < groups && Group(address, end) == 0)
            {
                end++;
            }
            if (end - start >= 2 && end - start > bestEnd - bestStart)
            {
                (bestStart, bestEnd) = (start, end);
            }
            start = end;
        }
        return (bestStart, bestEnd);
    }

    static int Group(Address address, int index) =>
        (int)((index < 4 ? address.High >> (48 - 16 * index) : address.Low >> (112 - 16 * index)) & 0xFFFF);

    static int FormatGroup(int value, Span<byte> destination)
    {
        var at = 0;
        for (var shift = 12; shift >= 0; shift -= 4)
        {
            var digit = value >> shift & 0xF;
            if (at > 0 || digit != 0 || shift == 0)
            {
                destination[at++] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
            }
        }
        return at;
    }
}
