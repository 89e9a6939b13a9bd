using System.Buffers.Text;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>A network and its length in bits; host bits are always zero. The length counts in the network's own family.</summary>
public readonly record struct Prefix : IComparable<Prefix>
{
    readonly byte _length;

    Prefix(Address network, int length) => (Network, _length) = (network, (byte)length);

    public Address Network { get; }

    /// <summary>Prefix length in bits: 0..32 IPv4, 0..128 IPv6.</summary>
    public int Length => _length;

    public bool IsIPv4 => Network.IsIPv4;

    /// <summary>First address; the network itself.</summary>
    public Address First => Network;

    public Address Last => Address.FromUInt128(Network.Value | HostMask(Network.Bits - Length));

    /// <summary>The prefix of a length that holds an address; host bits are cleared.</summary>
    /// <returns>False when the length is not 0..32 (IPv4) or 0..128 (IPv6).</returns>
    public static bool TryCreate(Address address, int length, out Prefix prefix)
    {
        prefix = default;
        if ((uint)length > (uint)address.Bits)
        {
            return false;
        }
        prefix = Create(address, length);
        return true;
    }

    /// <exception cref="ArgumentOutOfRangeException">The length is not 0..32 (IPv4) or 0..128 (IPv6).</exception>
    public static Prefix Create(Address address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)address.Bits);
        var network = Address.FromUInt128(address.Value & ~HostMask(address.Bits - length));
        return new Prefix(network, length);
    }

    /// <summary>
    /// Reads "network/length" or a bare address, strictly: no missing octets, no leading zeros, no port, no zone, and no host bits
    /// (a wider network than the one written is a guess). <c>::ffff:a.b.c.d/96+n</c> is the IPv4 prefix <c>a.b.c.d/n</c>.
    /// </summary>
    public static PrefixFault Parse(ReadOnlySpan<byte> text, out Prefix prefix)
    {
        prefix = default;
        var slash = text.LastIndexOf((byte)'/');
        var host = slash < 0 ? text : text[..slash];
        var isIPv6Text = host.Contains((byte)':');
        var parsed = isIPv6Text ? IPv6Text.Parse(host, out var address) : ParseIPv4(host, out address);
        if (parsed != AddressFault.None)
        {
            return PrefixFault.BadAddress;
        }
        var length = address.Bits;
        if (slash >= 0)
        {
            if (!TryParseLength(text[(slash + 1)..], out length))
            {
                return PrefixFault.BadLength;
            }
            length -= isIPv6Text ? 128 - address.Bits : 0;
            if ((uint)length > (uint)address.Bits)
            {
                return PrefixFault.BadLength;
            }
        }
        prefix = Create(address, length);
        return prefix.Network == address ? PrefixFault.None : PrefixFault.HostBitsSet;
    }

    /// <exception cref="FormatException">The text is no prefix.</exception>
    public static Prefix Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text), out var prefix) is PrefixFault.None
        ? prefix
        : throw new FormatException($"Not a prefix: {text}");

    public bool Contains(Address address) =>
        address.IsIPv4 == IsIPv4 && ((address.Value ^ Network.Value) & ~HostMask(Network.Bits - Length)) == 0;

    /// <summary>The two prefixes, one bit longer, that make it up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is a single address.</exception>
    public (Prefix Low, Prefix High) Halves()
    {
        var low = Create(Network, Length + 1);
        return (low, Create(Address.FromUInt128(low.Last.Value + 1), Length + 1));
    }

    /// <summary>By network, then the wider first: a prefix comes before all that lie inside it.</summary>
    public int CompareTo(Prefix other) => Network.CompareTo(other.Network) is var order and not 0 ? order : Length.CompareTo(other.Length);

    public static bool operator <(Prefix left, Prefix right) => left.CompareTo(right) < 0;

    public static bool operator >(Prefix left, Prefix right) => left.CompareTo(right) > 0;

    public static bool operator <=(Prefix left, Prefix right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Prefix left, Prefix right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Network}/{Length}";

    static UInt128 HostMask(int hostBits) => hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;

    static AddressFault ParseIPv4(ReadOnlySpan<byte> text, out Address address)
    {
        var fault = IPv4Text.TryParse(text, out var value) ? AddressFault.None : AddressFault.NotAnAddress;
        address = Address.FromIPv4(value);
        return fault;
    }

    static bool TryParseLength(ReadOnlySpan<byte> text, out int length)
    {
        var plain = text.Length is > 0 and <= 3 && char.IsAsciiDigit((char)text[0]) && (text[0] != '0' || text.Length == 1);
        length = 0;
        return plain && Utf8Parser.TryParse(text, out length, out var used) && used == text.Length;
    }
}

/// <summary>Why a text is no prefix.</summary>
public enum PrefixFault
{
    None = 0,
    BadAddress,
    BadLength,
    HostBitsSet,
}
