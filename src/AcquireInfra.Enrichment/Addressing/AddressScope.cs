namespace AcquireInfra.Enrichment.Addressing;

/// <summary>
/// What kind of space an address lies in, after the IANA special-purpose registries. Only <see cref="Global"/> addresses are
/// judged, and nothing about any other ever leaves the machine.
/// </summary>
public enum AddressScope
{
    Global = 0,
    Unspecified,
    ThisNetwork,
    Private,
    Shared,
    Loopback,
    LinkLocal,
    Protocol,
    Documentation,
    Benchmarking,
    Discard,
    Multicast,
    Broadcast,
    Translation,
    Teredo,
    SixToFour,
    SegmentRouting,
    Deprecated,
    Reserved,
}
