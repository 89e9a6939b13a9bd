using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>One row on its way: the item, what its address is, and the texts that the row is put together from.</summary>
internal struct Row
{
    public Item Item;
    public Address Address;
    public AddressFault Fault;
    public AddressScope Scope;
    public uint Profile;
    public ulong Slot;
    public ulong Asn;
    public ulong Verdict;

    public readonly bool IsFault => Fault != AddressFault.None || Item.Fault != ItemFault.None;

    public readonly bool IsOfOtherHour => Item.AtTicksPlus1 != 0;
}
