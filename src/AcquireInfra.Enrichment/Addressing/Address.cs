using System.Buffers.Binary;
using System.Net;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>
/// One IPv4 or IPv6 address as the 128-bit number of its IPv6 form, network byte order. An IPv4 address is held as
/// <c>::ffff:a.b.c.d</c> (RFC 4291, section 2.5.5.2), so the two spellings of one host are one value: no key, override or
/// look-up can tell them apart.
/// </summary>
/// <param name="High">Bits 127..64.</param>
/// <param name="Low">Bits 63..0.</param>
public readonly record struct Address(ulong High, ulong Low) : IComparable<Address>
{
    const ulong MappedMarker = 0xFFFFUL << 32;

    public static Address FromIPv4(uint value) => new(0, MappedMarker | value);

    public static Address FromUInt128(UInt128 value) => new((ulong)(value >> 64), (ulong)value);

    /// <summary>Reads 4 bytes (IPv4) or 16 bytes (IPv6), network byte order.</summary>
    /// <exception cref="ArgumentException">Neither 4 nor 16 bytes.</exception>
    public static Address FromBytes(ReadOnlySpan<byte> octets) => octets.Length switch
    {
        4 => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(octets)),
        16 => new(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..])),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {octets.Length}.", nameof(octets)),
    };

    public static Address FromIPAddress(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        return address.TryWriteBytes(octets, out var written)
            ? FromBytes(octets[..written])
            : throw new ArgumentException("Not an IPv4 or IPv6 address.", nameof(address));
    }

    public bool IsIPv4 => High == 0 && Low >> 32 == 0xFFFF;

    /// <summary>The 32-bit number of an IPv4 address; meaningless unless <see cref="IsIPv4"/>.</summary>
    public uint IPv4 => (uint)Low;

    public UInt128 Value => new(High, Low);

    /// <summary>Bits of the family: 32 or 128. A prefix length is counted in them.</summary>
    public int Bits => IsIPv4 ? 32 : 128;

    public static bool TryParse(ReadOnlySpan<byte> utf8, out Address address) => AddressParser.TryParse(utf8, out address, out _);

    /// <exception cref="FormatException">The text is no address; the message says why.</exception>
    public static Address Parse(string text) => AddressParser.TryParse(text, out var address, out var fault)
        ? address
        : throw new FormatException($"Not an IP address ({fault.Word()}).");

    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        return new IPAddress(octets[..WriteOctets(octets)]);
    }

    /// <summary>Writes 4 or 16 bytes in network byte order.</summary>
    /// <returns>The number of bytes written.</returns>
    public int WriteOctets(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, IPv4);
            return 4;
        }
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
        return 16;
    }

    /// <summary>Dotted decimal, or RFC 5952.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[AddressFormatter.MaxBytes];
        return System.Text.Encoding.ASCII.GetString(text[..AddressFormatter.Format(this, text)]);
    }

    public int CompareTo(Address other) => Value.CompareTo(other.Value);

    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;
}
