namespace AcquireInfra.Enrichment.Addressing;

/// <summary>First and last address, both included, of one family.</summary>
public readonly record struct AddressRange
{
    AddressRange(Address first, Address last) => (First, Last) = (first, last);

    /// <summary>All of IPv4.</summary>
    public static AddressRange IPv4 { get; } = new(Address.FromIPv4(0), Address.FromIPv4(uint.MaxValue));

    /// <summary>All of IPv6; the IPv4-mapped space inside it is IPv4 and no part of it.</summary>
    public static AddressRange IPv6 { get; } = new(default, Address.FromUInt128(UInt128.MaxValue));

    public Address First { get; }

    public Address Last { get; }

    /// <returns>False when the ends are of different families or the last lies before the first.</returns>
    public static bool TryCreate(Address first, Address last, out AddressRange range)
    {
        var valid = first.IsIPv4 == last.IsIPv4 && first <= last;
        range = valid ? new AddressRange(first, last) : default;
        return valid;
    }

    public static AddressRange Of(Prefix prefix) => new(prefix.First, prefix.Last);

    public bool Contains(Address address) => address.IsIPv4 == First.IsIPv4 && First <= address && address <= Last;

    /// <summary>
    /// The fewest prefixes that cover the range exactly, in order: at each step the largest one that is aligned at the start and
    /// ends within the range. At most 62 for IPv4 and 254 for IPv6. The IPv4-mapped space inside an IPv6 range is IPv4 and no part of it.
    /// </summary>
    public IEnumerable<Prefix> ToPrefixes()
    {
        var bits = First.Bits;
        var start = First.Value;
        while (true)
        {
            var aligned = Math.Min((int)UInt128.TrailingZeroCount(start), bits);
            var rest = Last.Value - start; // one less than the addresses left, so that all of IPv6 fits
            var fitting = rest == UInt128.MaxValue ? 128 : 127 - (int)UInt128.LeadingZeroCount(rest + 1);
            var hostBits = Math.Min(Math.Min(aligned, fitting), bits);
            var prefix = Prefix.Create(Address.FromUInt128(start), bits - hostBits);
            yield return prefix;
            if (prefix.Last == Last)
            {
                yield break;
            }
            start = prefix.Last.Value + 1;
            if (bits == 128 && start == Address.FromIPv4(0).Value)
            {
                start += UInt128.One << 32;
            }
        }
    }

    public override string ToString() => $"{First}-{Last}";
}
