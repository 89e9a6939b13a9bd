using System.Runtime.CompilerServices;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>
/// RFC 4291 text: eight groups of one to four hexadecimal digits, at most one "::", optionally an IPv4 tail (rule R3).
/// An IPv4-mapped address comes out as the IPv4 address, since the two are one value.
/// </summary>
internal static class IPv6Text
{
    const int Groups = 8;
    const byte NotHex = 0xFF;

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
        // Groups are shifted in from the right; those before "::" are lifted to their place at the end.
        UInt128 all = default;
        UInt128 beforeGap = default;
        var (count, countBeforeGap) = (0, -1);
        var at = 0;
        if (text.StartsWith("::"u8))
        {
            countBeforeGap = 0;
            at = 2;
        }
        while (at < text.Length)
        {
            var start = at;
            var group = 0u;
            while (at < text.Length && Hex(text[at]) is var digit && digit != NotHex)
            {
                group = group << 4 | digit;
                at++;
            }
            if (at < text.Length && text[at] == '.')
            {
                var fault = IPv4Text.Parse(text[start..], out var tail);
                if (fault != AddressFault.None)
                {
                    return fault;
                }
                all = all << 32 | tail;
                count += 2;
                break;
            }
            if (at - start is 0 or > 4)
            {
                return AddressFault.IPv6Groups;
            }
            all = all << 16 | group;
            if (++count > Groups)
            {
                return AddressFault.IPv6Groups;
            }
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
                if (countBeforeGap >= 0)
                {
                    return AddressFault.IPv6Groups; // a second "::"
                }
                (beforeGap, countBeforeGap, all) = (all, count, default);
                at++;
            }
        }
        if (countBeforeGap < 0 ? count != Groups : count >= Groups)
        {
            return AddressFault.IPv6Groups;
        }
        if (countBeforeGap > 0)
        {
            all |= beforeGap << 16 * (Groups - countBeforeGap);
        }
        address = Address.FromUInt128(all);
        return AddressFault.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static byte Hex(byte character) => character < 128 ? HexValues[character] : NotHex;
}
