namespace AcquireInfra.Enrichment.Addressing;

/// <summary>
/// An IPv4 address carried inside an IPv6 one by a transition scheme. It is judged beside the IPv6 address, never in its place:
/// the IPv6 address stays the key.
/// </summary>
/// <param name="Scheme"><c>nat64</c> (RFC 6052), <c>6to4</c> (RFC 3056) or <c>teredo</c> (RFC 4380, the client).</param>
public readonly record struct EmbeddedIPv4(Address Address, string Scheme)
{
    const ulong Nat64High = 0x0064_FF9B_0000_0000;

    public static EmbeddedIPv4? In(Address address)
    {
        if (address.High == Nat64High && address.Low >> 32 == 0)
        {
            return new(Address.FromIPv4((uint)address.Low), "nat64");
        }
        if (address.High >> 48 == 0x2002)
        {
            return new(Address.FromIPv4((uint)(address.High >> 16)), "6to4");
        }
        if (address.High >> 32 == 0x2001_0000)
        {
            return new(Address.FromIPv4(~(uint)address.Low), "teredo"); // the client's address is sent with its bits inverted
        }
        return null;
    }
}
