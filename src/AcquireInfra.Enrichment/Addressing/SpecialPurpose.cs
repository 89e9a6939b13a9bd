namespace AcquireInfra.Enrichment.Addressing;

/// <summary>
/// The IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), entry by entry, with the multicast blocks and the
/// IPv6 space that IANA holds back (everything outside 2000::/3). What a registry marks "globally reachable" is
/// <see cref="AddressScope.Global"/>, so that an entry inside a wider special one is taken out of it by the longer prefix.
/// </summary>
public static class SpecialPurpose
{
    public readonly record struct Entry(Prefix Prefix, AddressScope Scope, string Name);

    /// <summary>All entries, longest prefix first, so that the first that holds an address decides.</summary>
    public static IReadOnlyList<Entry> Entries => Sorted;

    static readonly Entry[] Sorted = [.. Registry().OrderByDescending(entry => entry.Prefix.Length)];
    static readonly (uint Network, uint Mask, AddressScope Scope)[] IPv4 = [.. Sorted.Where(entry => entry.Prefix.IsIPv4)
        .Select(entry => (entry.Prefix.Network.IPv4, (uint)(0xFFFF_FFFF_0000_0000 >> entry.Prefix.Length), entry.Scope))];
    static readonly Entry[] IPv6 = [.. Sorted.Where(entry => !entry.Prefix.IsIPv4)];

    // Whether any entry lies in the /8 of a first octet: spares ordinary addresses the walk.
    static readonly bool[] IPv4FirstOctets = FirstOctets();

    public static AddressScope ScopeOf(Address address) => address.IsIPv4 ? ScopeOfIPv4(address.IPv4) : ScopeOfIPv6(address);

    /// <summary>The registry entry that decides, or null where none covers the address.</summary>
    public static Entry? EntryOf(Address address)
    {
        foreach (var entry in Sorted)
        {
            if (entry.Prefix.Contains(address))
            {
                return entry;
            }
        }
        return null;
    }

    /// <summary>Whether any address of a prefix is not global.</summary>
    public static bool Overlaps(Prefix prefix)
    {
        foreach (var entry in Sorted)
        {
            if (entry.Prefix.Length > prefix.Length && prefix.Contains(entry.Prefix.Network))
            {
                var (low, high) = prefix.Halves();
                return Overlaps(low) || Overlaps(high);
            }
        }
        return ScopeOf(prefix.Network) != AddressScope.Global; // nothing inside it differs from the rest
    }

    static AddressScope ScopeOfIPv4(uint address)
    {
        if (!IPv4FirstOctets[address >> 24])
        {
            return AddressScope.Global;
        }
        foreach (var (network, mask, scope) in IPv4)
        {
            if ((address & mask) == network)
            {
                return scope;
            }
        }
        return AddressScope.Global;
    }

    static AddressScope ScopeOfIPv6(Address address)
    {
        // Almost all of 2000::/3 has no entry: they lie in 2001::/16, 2002::/16, 2620::/16 and 3fff::/16.
        var top = address.High >> 48;
        if (top >> 13 == 1 && top is not (0x2001 or 0x2002 or 0x2620 or 0x3FFF))
        {
            return AddressScope.Global;
        }
        foreach (var entry in IPv6)
        {
            if (entry.Prefix.Contains(address))
            {
                return entry.Scope;
            }
        }
        return AddressScope.Global;
    }

    static bool[] FirstOctets()
    {
        var marked = new bool[256];
        foreach (var entry in Sorted.Where(entry => entry.Prefix.IsIPv4))
        {
            var last = entry.Prefix.Last.IPv4 >> 24;
            for (var octet = entry.Prefix.Network.IPv4 >> 24; octet <= last; octet++)
            {
                marked[octet] = true;
            }
        }
        return marked;
    }

    static IEnumerable<Entry> Registry()
    {
        Entry Row(string prefix, AddressScope scope, string name) => new(Prefix.Parse(prefix), scope, name);

        // IANA IPv4 Special-Purpose Address Registry
        yield return Row("0.0.0.0/8", AddressScope.ThisNetwork, "this network (RFC 791)");
        yield return Row("0.0.0.0/32", AddressScope.Unspecified, "this host on this network (RFC 1122)");
        yield return Row("10.0.0.0/8", AddressScope.Private, "private use (RFC 1918)");
        yield return Row("100.64.0.0/10", AddressScope.Shared, "shared address space of carrier NAT (RFC 6598)");
        yield return Row("127.0.0.0/8", AddressScope.Loopback, "loopback (RFC 1122)");
        yield return Row("169.254.0.0/16", AddressScope.LinkLocal, "link local (RFC 3927)");
        yield return Row("172.16.0.0/12", AddressScope.Private, "private use (RFC 1918)");
        yield return Row("192.0.0.0/24", AddressScope.Protocol, "IETF protocol assignments (RFC 6890)");
        yield return Row("192.0.0.0/29", AddressScope.Protocol, "IPv4 service continuity (RFC 7335)");
        yield return Row("192.0.0.8/32", AddressScope.Protocol, "IPv4 dummy address (RFC 7600)");
        yield return Row("192.0.0.9/32", AddressScope.Global, "port control protocol anycast (RFC 7723)");
        yield return Row("192.0.0.10/32", AddressScope.Global, "TURN anycast (RFC 8155)");
        yield return Row("192.0.0.170/32", AddressScope.Protocol, "NAT64/DNS64 discovery (RFC 8880)");
        yield return Row("192.0.0.171/32", AddressScope.Protocol, "NAT64/DNS64 discovery (RFC 8880)");
        yield return Row("192.0.2.0/24", AddressScope.Documentation, "documentation (RFC 5737)");
        yield return Row("192.31.196.0/24", AddressScope.Global, "AS112-v4 (RFC 7535)");
        yield return Row("192.52.193.0/24", AddressScope.Global, "automatic multicast tunnelling (RFC 7450)");
        yield return Row("192.88.99.0/24", AddressScope.Deprecated, "6to4 relay anycast, deprecated (RFC 7526)");
        yield return Row("192.88.99.2/32", AddressScope.Deprecated, "6a44 relay anycast (RFC 6751)");
        yield return Row("192.168.0.0/16", AddressScope.Private, "private use (RFC 1918)");
        yield return Row("192.175.48.0/24", AddressScope.Global, "direct delegation AS112 service (RFC 7534)");
        yield return Row("198.18.0.0/15", AddressScope.Benchmarking, "benchmarking (RFC 2544)");
        yield return Row("198.51.100.0/24", AddressScope.Documentation, "documentation (RFC 5737)");
        yield return Row("203.0.113.0/24", AddressScope.Documentation, "documentation (RFC 5737)");
        yield return Row("240.0.0.0/4", AddressScope.Reserved, "reserved (RFC 1112)");
        yield return Row("255.255.255.255/32", AddressScope.Broadcast, "limited broadcast (RFC 8190)");
        // IANA IPv4 Multicast Address Space Registry
        yield return Row("224.0.0.0/4", AddressScope.Multicast, "multicast (RFC 5771)");

        // IANA IPv6 Special-Purpose Address Registry; ::ffff:0:0/96 does not occur, since it is the IPv4 address
        yield return Row("::/128", AddressScope.Unspecified, "unspecified (RFC 4291)");
        yield return Row("::1/128", AddressScope.Loopback, "loopback (RFC 4291)");
        yield return Row("64:ff9b::/96", AddressScope.Global, "IPv4-IPv6 translation (RFC 6052)");
        yield return Row("64:ff9b:1::/48", AddressScope.Translation, "local-use IPv4-IPv6 translation (RFC 8215)");
        yield return Row("100::/64", AddressScope.Discard, "discard only (RFC 6666)");
        yield return Row("100:0:0:1::/64", AddressScope.Discard, "dummy prefix (RFC 9780)");
        yield return Row("2001::/23", AddressScope.Protocol, "IETF protocol assignments (RFC 2928)");
        yield return Row("2001::/32", AddressScope.Teredo, "Teredo (RFC 4380)");
        yield return Row("2001:1::1/128", AddressScope.Global, "port control protocol anycast (RFC 7723)");
        yield return Row("2001:1::2/128", AddressScope.Global, "TURN anycast (RFC 8155)");
        yield return Row("2001:1::3/128", AddressScope.Global, "DNS-SD service registration anycast (RFC 9665)");
        yield return Row("2001:2::/48", AddressScope.Benchmarking, "benchmarking (RFC 5180)");
        yield return Row("2001:3::/32", AddressScope.Global, "automatic multicast tunnelling (RFC 7450)");
        yield return Row("2001:4:112::/48", AddressScope.Global, "AS112-v6 (RFC 7535)");
        yield return Row("2001:10::/28", AddressScope.Deprecated, "ORCHID, deprecated (RFC 4843)");
        yield return Row("2001:20::/28", AddressScope.Global, "ORCHIDv2 (RFC 7343)");
        yield return Row("2001:30::/28", AddressScope.Global, "drone remote id (RFC 9374)");
        yield return Row("2001:db8::/32", AddressScope.Documentation, "documentation (RFC 3849)");
        yield return Row("2002::/16", AddressScope.SixToFour, "6to4 (RFC 3056)");
        yield return Row("2620:4f:8000::/48", AddressScope.Global, "direct delegation AS112 service (RFC 7534)");
        yield return Row("3fff::/20", AddressScope.Documentation, "documentation (RFC 9637)");
        yield return Row("5f00::/16", AddressScope.SegmentRouting, "segment routing SIDs (RFC 9602)");
        yield return Row("fc00::/7", AddressScope.Private, "unique local (RFC 4193)");
        yield return Row("fe80::/10", AddressScope.LinkLocal, "link local (RFC 4291)");
        // IANA IPv6 Address Space: multicast, and what is not global unicast 2000::/3
        yield return Row("ff00::/8", AddressScope.Multicast, "multicast (RFC 4291)");
        yield return Row("::/3", AddressScope.Reserved, "reserved by the IETF (RFC 4291)");
        yield return Row("4000::/2", AddressScope.Reserved, "reserved by the IETF (RFC 4291)");
        yield return Row("8000::/1", AddressScope.Reserved, "reserved by the IETF (RFC 4291)");
    }
}
