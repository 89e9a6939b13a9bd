using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Lookup;

/// <summary>
/// Longest-prefix match over disjoint segments: a multibit radix trie whose nodes are compressed by rank. One look-up is a
/// chain of two to four dependent reads for IPv4, and of two or three for each level that IPv6 goes down.
/// <code>
///  IPv4     octet 1            octets 2-3                octet 4
///           dense block n  --  65,536 slots of a /24 --  sparse node
///  IPv6     dense block 0  --  16 bits a level: dense block or sparse node, at most eight levels
///
///  dense block (many changes)    bits  1,024 x u64   1 where a slot's entry differs from the slot before; slot 0 is always 1
///                                ranks 1,024 x u16   ones in this block before each word
///                                base  u32           index of the block's first entry
///  sparse node (few changes)     u16 count, u32 base, then count keys u16: the slots where the entry changes, padded with
///                                0xFFFF to units of eight u16
///  entry u32                     label, or 1 in bit 31 and a child: 1 in bit 30 and a dense block, else the unit of a sparse node
/// </code>
/// The pointers are raw because a mapped file is raw memory, and because a bounds check on each of the four reads costs 10 to
/// 30 % of a batch (README, "Figures"); <c>SnapshotVerifier</c> has proved every index before the first look-up.
/// </summary>
internal readonly unsafe partial struct RadixTrie
{
    internal const int SlotsPerBlock = 65_536;
    internal const int WordsPerBlock = SlotsPerBlock / 64;
    internal const int IPv4Blocks = 256;
    internal const int UnitLanes = 8;
    internal const int HeaderLanes = 3;
    internal const uint ChildFlag = 1u << 31;
    internal const uint DenseFlag = 1u << 30;
    internal const uint IndexMask = DenseFlag - 1;

    readonly ulong* _bits;
    readonly ushort* _ranks;
    readonly uint* _bases;
    readonly uint* _entries;
    readonly ushort* _sparse;

    internal RadixTrie(ulong* bits, ushort* ranks, uint* bases, uint* entries, ushort* sparse)
    {
        _bits = bits;
        _ranks = ranks;
        _bases = bases;
        _entries = entries;
        _sparse = sparse;
    }

    /// <summary>Finds the segment that holds an IPv4 address. Only on a trie built for IPv4. Allocates nothing.</summary>
    /// <returns>The segment's label; 0 where nothing is known.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FindIPv4(uint address)
    {
        var entry = _entries[DenseIndexIPv4(address)];
        return (int)entry >= 0 ? entry : _entries[SparseIndex(entry, (ushort)(address & 0xFF))];
    }

    /// <summary>Finds the segment that holds an IPv6 address. Only on a trie built for IPv6. Allocates nothing.</summary>
    /// <returns>The segment's label; 0 where nothing is known.</returns>
    public uint FindIPv6(Address address)
    {
        var entry = _entries[DenseIndex(0, (uint)(address.High >> 48))];
        for (var shift = 32; (int)entry < 0 && shift >= 0; shift -= 16)
        {
            entry = _entries[ChildIndex(entry, (ushort)(address.High >> shift))];
        }
        for (var shift = 48; (int)entry < 0; shift -= 16)
        {
            entry = _entries[ChildIndex(entry, (ushort)(address.Low >> shift))];
        }
        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    uint ChildIndex(uint entry, ushort slot) =>
        (entry & DenseFlag) != 0 ? DenseIndex(entry & IndexMask, slot) : SparseIndex(entry, slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    uint DenseIndex(uint block, uint slot)
    {
        var word = block * WordsPerBlock + (slot >> 6);
        return _bases[block] + _ranks[word] + OnesUpTo(_bits[word], slot) - 1;
    }

    // DenseIndex(octet 1, octets 2-3), where block and slot lie side by side in the address already.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    uint DenseIndexIPv4(uint address)
    {
        var word = address >> 14;
        return _bases[address >> 24] + _ranks[word] + OnesUpTo(_bits[word], address >> 8) - 1;
    }

    // Ones at or below bit (slot & 63): the higher ones are shifted out, and a shift count is taken modulo 64 anyway.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint OnesUpTo(ulong word, uint slot) => (uint)BitOperations.PopCount(word << ~(int)slot);

    // Keys at or below the slot, eight at a time. Padding counts only for slot 0xFFFF, and the count caps it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    uint SparseIndex(uint entry, ushort slot)
    {
        var node = _sparse + (ulong)(entry & IndexMask) * UnitLanes;
        var wanted = Vector128.Create(slot);
        uint count = node[0];
        var found = Below(Vector128.Load(node), wanted) & ~((1u << HeaderLanes) - 1);
        var below = (uint)BitOperations.PopCount(found);
        for (var seen = (uint)(UnitLanes - HeaderLanes); seen < count && below == seen; seen += UnitLanes)
        {
            node += UnitLanes;
            below += (uint)BitOperations.PopCount(Below(Vector128.Load(node), wanted));
        }
        node = _sparse + (ulong)(entry & IndexMask) * UnitLanes;
        return (node[1] | (uint)node[2] << 16) + Math.Min(below, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Below(Vector128<ushort> keys, Vector128<ushort> slot) => Vector128.LessThanOrEqual(keys, slot).ExtractMostSignificantBits();
}
