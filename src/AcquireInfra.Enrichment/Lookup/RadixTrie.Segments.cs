using System.Numerics;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Lookup;

/// <summary>
/// How far an answer holds: a look-up that also tells the last address of the run of equal entries it ended in. A run never crosses its
/// node, so two that touch may have the same label; whoever walks joins them.
/// </summary>
internal readonly unsafe partial struct RadixTrie
{
    const uint LastSlot = SlotsPerBlock - 1;

    /// <summary>The label of an IPv4 address, and the last address up to which it surely holds. Only on a trie built for IPv4.</summary>
    public (uint Label, uint Last) RunIPv4(uint address)
    {
        var entry = _entries[DenseIndexIPv4(address)];
        if ((int)entry >= 0)
        {
            var slot = DenseRunEnd(address >> 24, address >> 8 & LastSlot);
            return (entry, address & 0xFF00_0000 | slot << 8 | 0xFF);
        }
        var octet = (ushort)(address & 0xFF);
        return (_entries[SparseIndex(entry, octet)], address & 0xFFFF_FF00 | Math.Min(SparseRunEnd(entry, octet), 0xFF));
    }

    /// <summary>The label of an IPv6 address, and the last address up to which it surely holds. Only on a trie built for IPv6.</summary>
    public (uint Label, Address Last) RunIPv6(Address address)
    {
        var node = ChildFlag | DenseFlag; // block 0
        for (var level = 0; ; level++)
        {
            var slot = Slot(address, level);
            var entry = _entries[ChildIndex(node, slot)];
            if ((int)entry >= 0)
            {
                var end = (node & DenseFlag) != 0 ? DenseRunEnd(node & IndexMask, slot) : SparseRunEnd(node, slot);
                return (entry, LastIn(address, level, end));
            }
            node = entry;
        }
    }

    // The last slot whose entry is that of a slot: the one before the next 1.
    uint DenseRunEnd(uint block, uint slot)
    {
        var words = _bits + block * WordsPerBlock;
        var word = slot >> 6;
        var later = words[word] & ~1UL << (int)slot; // the ones above the slot; a shift count is taken modulo 64
        while (later == 0 && ++word < WordsPerBlock)
        {
            later = words[word];
        }
        return later == 0 ? LastSlot : (word << 6) + (uint)BitOperations.TrailingZeroCount(later) - 1;
    }

    uint SparseRunEnd(uint entry, ushort slot)
    {
        var node = _sparse + (ulong)(entry & IndexMask) * UnitLanes;
        var below = SparseIndex(entry, slot) - (node[1] | (uint)node[2] << 16);
        return below == node[0] ? LastSlot : node[HeaderLanes + below] - 1u;
    }

    // The last address that shares all levels above one, and has a slot there.
    static Address LastIn(Address address, int level, uint slot)
    {
        var bits = 112 - 16 * level;
        var below = (UInt128.One << bits) - 1;
        var above = level == 0 ? UInt128.Zero : address.Value >> (bits + 16) << (bits + 16);
        return Address.FromUInt128(above | (UInt128)slot << bits | below);
    }
}
