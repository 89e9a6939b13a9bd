using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Tests.Lookup;

/// <summary>Seeded prefixes that nest and crowd, and addresses on and beside their edges.</summary>
public static class RandomPrefixes
{
    /// <summary>Distinct prefixes; half of them inside or beside one drawn before, so that they nest as routes do.</summary>
    public static List<Prefix> Distinct(Random random, int count, bool isIPv6)
    {
        var prefixes = new HashSet<Prefix>();
        var drawn = new List<Prefix>();
        while (drawn.Count < count)
        {
            var bits = isIPv6 ? 128 : 32;
            var near = drawn.Count > 0 && random.Next(2) == 0 ? drawn[random.Next(drawn.Count)].Network : RandomAddress(random, isIPv6);
            var length = random.Next(8) switch
            {
                0 => bits,
                1 => bits - 1,
                2 => random.Next(0, 8),
                _ => random.Next(bits / 4, bits + 1),
            };
            var address = Address.FromUInt128(isIPv6 ? near.Value ^ (UInt128)random.Next(1 << 16) << random.Next(0, 112) : near.Value ^ (uint)random.Next(1 << 12));
            if (address.IsIPv4 != isIPv6 && Prefix.TryCreate(address, length, out var prefix) && prefix.IsIPv4 != isIPv6 && prefixes.Add(prefix))
            {
                drawn.Add(prefix);
            }
        }
        return drawn;
    }

    /// <summary>Half on an edge or one off it, a quarter inside a prefix, a quarter anywhere.</summary>
    public static Address Near(Random random, List<Prefix> prefixes, bool isIPv6)
    {
        var prefix = prefixes[random.Next(prefixes.Count)];
        var address = random.Next(8) switch
        {
            0 => prefix.First,
            1 => prefix.Last,
            2 => Address.FromUInt128(prefix.First.Value - 1),
            3 => Address.FromUInt128(prefix.Last.Value + 1),
            4 or 5 => Address.FromUInt128(prefix.First.Value + ((RandomAddress(random, isIPv6: true).Value) % (prefix.Last.Value - prefix.First.Value + 1 is var size && size == 0 ? 1 : size))),
            _ => RandomAddress(random, isIPv6),
        };
        return address.IsIPv4 != isIPv6 ? address : RandomAddress(random, isIPv6);
    }

    public static Address RandomAddress(Random random, bool isIPv6)
    {
        if (!isIPv6)
        {
            return Address.FromIPv4((uint)random.NextInt64(1L << 32));
        }
        Span<byte> octets = stackalloc byte[16];
        random.NextBytes(octets);
        octets[0] |= 0x20; // never ::ffff:0:0/96, which is IPv4
        return Address.FromBytes(octets);
    }
}
