using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>Dotted decimal: exactly four parts 0 to 255, ASCII digits, no leading zero (rule R1).</summary>
internal static class IPv4Text
{
    const int MinBytes = 7;
    const int MaxBytes = 15;

    static readonly SearchValues<byte> DigitsAndDot = SearchValues.Create("0123456789."u8);

    /// <summary>
    /// Reads an address that stands alone, without branches on the lengths of its parts: the scalar twin
    /// <see cref="Parse"/> mispredicts on them and takes about three times as long (benchmark <c>AddressParsing</c>).
    /// </summary>
    /// <returns>False also for texts that <see cref="Parse"/> would explain better.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.Length is < MinBytes or > MaxBytes)
        {
            return false;
        }
        var bytes = Load(text);
        var dots = Vector128.Equals(bytes, Vector128.Create((byte)'.')).ExtractMostSignificantBits() & (1u << text.Length) - 1;
        if (uint.PopCount(dots) != 3)
        {
            return false;
        }
        var digits = bytes - Vector128.Create((byte)'0');
        var isDigit = Vector128.LessThanOrEqual(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        if ((isDigit | dots) != (1u << text.Length) - 1)
        {
            return false;
        }
        // Ends of the four parts; the text's own length ends the last one.
        var end0 = (int)uint.TrailingZeroCount(dots);
        dots &= dots - 1;
        var end1 = (int)uint.TrailingZeroCount(dots);
        dots &= dots - 1;
        var end2 = (int)uint.TrailingZeroCount(dots);
        var end3 = text.Length;
        int length0 = end0, length1 = end1 - end0 - 1, length2 = end2 - end1 - 1, length3 = end3 - end2 - 1;
        if ((uint)(length0 - 1) > 2 || (uint)(length1 - 1) > 2 || (uint)(length2 - 1) > 2 || (uint)(length3 - 1) > 2)
        {
            return false;
        }
        // Byte indices of the last digit of each part, then of the one and two before it; an index below the part's start
        // becomes 0x80 or more, for which Shuffle gives zero.
        var units = Vector128.Create(end0 - 1, end1 - 1, end2 - 1, end3 - 1);
        var lengths = Vector128.Create(length0, length1, length2, length3);
        var tensMissing = Vector128.LessThan(lengths, Vector128.Create(2));
        var hundredsMissing = Vector128.LessThan(lengths, Vector128.Create(3));
        var one = Pick(digits, units);
        var ten = Pick(digits, units - Vector128.Create(1) | tensMissing);
        var hundred = Pick(digits, units - Vector128.Create(2) | hundredsMissing);
        var parts = one + ten * 10 + hundred * 100;
        var leadingZero = Vector128.Equals(ten + hundred, Vector128<int>.Zero) & ~tensMissing
            | Vector128.Equals(hundred, Vector128<int>.Zero) & ~hundredsMissing;
        if ((leadingZero | Vector128.GreaterThan(parts, Vector128.Create(255))) != Vector128<int>.Zero)
        {
            return false;
        }
        value = (uint)(parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]);
        return true;
    }

    // The text's bytes, zero-filled: two overlapping 8-byte reads, never outside the span.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Load(ReadOnlySpan<byte> text)
    {
        ref var first = ref MemoryMarshal.GetReference(text);
        if (text.Length < 8)
        {
            var head = Unsafe.ReadUnaligned<uint>(ref first);
            var tail = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, text.Length - 4));
            return Vector128.Create(head | (ulong)tail << 8 * (text.Length - 4), 0UL).AsByte();
        }
        var low = Unsafe.ReadUnaligned<ulong>(ref first);
        var high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, text.Length - 8));
        return Vector128.Create(low, text.Length == 8 ? 0 : high >> 8 * (16 - text.Length)).AsByte();
    }

    // The byte at each index as a 32-bit number; 0 where the index is negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Pick(Vector128<byte> bytes, Vector128<int> indices)
    {
        // Index in the lowest byte of each lane, 0xFF (which picks zero) in the other three.
        var shuffle = indices | Vector128.Create(unchecked((int)0xFFFFFF00));
        return Vector128.Shuffle(bytes, shuffle.AsByte()).AsInt32();
    }

    /// <summary>The same rule with its reason: the slow twin of <see cref="TryParse"/>, and the words of a refusal.</summary>
    public static AddressFault Parse(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.ContainsAnyExcept(DigitsAndDot))
        {
            return AddressFault.NotAnAddress;
        }
        if (text.Count((byte)'.') != 3)
        {
            return AddressFault.IPv4PartCount;
        }
        foreach (var part in text.Split((byte)'.'))
        {
            var digits = text[part];
            if (digits.IsEmpty)
            {
                return AddressFault.IPv4PartCount;
            }
            if (digits.Length > 1 && digits[0] == '0')
            {
                return AddressFault.IPv4LeadingZero;
            }
            var octet = 0;
            foreach (var digit in digits[..Math.Min(digits.Length, 4)])
            {
                octet = octet * 10 + (digit - '0');
            }
            if (octet > 255)
            {
                return AddressFault.IPv4PartRange;
            }
            value = value << 8 | (uint)octet;
        }
        return AddressFault.None;
    }
}
