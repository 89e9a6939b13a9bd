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

public static class AddressScopes
{
    static readonly string[] Words = [.. Enum.GetNames<AddressScope>().Select(name => char.ToLowerInvariant(name[0]) + name[1..])];

    /// <summary>All words, in the order of the enum.</summary>
    public static IReadOnlyList<string> All => Words;

    /// <summary>The fixed word, as answers show it.</summary>
    public static string Word(this AddressScope scope) => Words[(int)scope];
}
