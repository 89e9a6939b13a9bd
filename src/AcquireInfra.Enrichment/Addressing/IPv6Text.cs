using System.Runtime.CompilerServices;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>
/// RFC 4291 text: eight groups of one to four hexadecimal digits, at most one "::", optionally an IPv4 tail (rule R3).
/// An IPv4-mapped address comes out as the IPv4 address, since the two are one value.
/// </summary>
internal static class IPv6Text
{
    const int Groups = 8;
    const uint NotHex = 0xFF;

    static ReadOnlySpan<byte> HexValues =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 255, 255, 255, 255, 255,
        255, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    public static AddressFault Parse(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[Groups];
        var (count, gap, at) = (0, -1, 0);
        if (text.StartsWith("::"u8))
        {
            (gap, at) = (0, 2);
        }
        while (at < text.Length)
        {
            var start = at;
            var group = 0u;
            for (uint digit; at < text.Length && (digit = Hex(text[at])) != NotHex; at++)
            {
                group = group << 4 | digit;
            }
            if (at < text.Length && text[at] == '.')
            {
                var fault = IPv4Text.Parse(text[start..], out var tail);
                if (fault != AddressFault.None || count > Groups - 2)
                {
                    return fault != AddressFault.None ? fault : AddressFault.IPv6Groups;
                }
                groups[count++] = (ushort)(tail >> 16);
                groups[count++] = (ushort)tail;
                break;
            }
            if (at - start is 0 or > 4 || count == Groups)
            {
                return AddressFault.IPv6Groups;
            }
            groups[count++] = (ushort)group;
            if (at == text.Length)
            {
                break;
            }
            if (text[at++] != ':' || at == text.Length)
            {
                return AddressFault.IPv6Groups; // another character, or a single colon at the end
            }
            if (text[at] == ':')
            {
                if (gap >= 0)
                {
                    return AddressFault.IPv6Groups; // a second "::"
                }
                gap = count;
                at++;
            }
        }
        if (gap < 0 ? count != Groups : count == Groups)
        {
            return AddressFault.IPv6Groups;
        }
        if (gap >= 0)
        {
            OpenGap(groups, gap, count);
        }
        address = new Address(Join(groups), Join(groups[4..]));
        return AddressFault.None;
    }

    // What was read after "::" moves to the end, and zeros stand where it was.
    static void OpenGap(Span<ushort> groups, int gap, int count)
    {
        var after = count - gap;
        groups[gap..count].CopyTo(groups[(Groups - after)..]);
        groups[gap..(Groups - after)].Clear();
    }

    static ulong Join(ReadOnlySpan<ushort> groups) => (ulong)groups[0] << 48 | (ulong)groups[1] << 32 | (ulong)groups[2] << 16 | groups[3];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Hex(byte character) => character < 128 ? HexValues[character] : NotHex;
}
