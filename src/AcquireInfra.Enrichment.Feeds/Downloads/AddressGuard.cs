using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>Which addresses a download may connect to: the public Internet, and what the operator lists.</summary>
internal static class AddressGuard
{
    // Azure's wire server and resolver: a public number that answers inside every virtual machine.
    static readonly Address AzureWireServer = Address.FromIPv4(0xA83F_8110);

    public static bool Allows(Address address, IReadOnlyList<Prefix> listed) =>
        listed.Any(prefix => prefix.Contains(address)) || (IsPublic(address) && (EmbeddedIPv4.In(address) is not { } inner || IsPublic(inner.Address)));

    static bool IsPublic(Address address) => SpecialPurpose.ScopeOf(address) == AddressScope.Global && address != AzureWireServer;
}
