using System.Runtime.CompilerServices;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>The space of every ASN, counted when it is first asked for and kept as long as its snapshot.</summary>
internal sealed class AddressSpaces
{
    readonly ConditionalWeakTable<Snapshot, Lazy<AddressSpace>> _counted = [];

    public AddressSpace Of(Snapshot snapshot) => _counted.GetValue(snapshot, static counted => new(() => new(counted))).Value;
}
