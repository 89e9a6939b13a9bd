using System.Numerics;
using System.Runtime.InteropServices;
using AcquireInfra.Enrichment.Lookup;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>The arrays of a <see cref="RadixTrie"/>, whose drawing explains them.</summary>
public sealed record TrieArrays(ulong[] Bits, ushort[] Ranks, uint[] Bases, uint[] Entries, ushort[] Sparse)
{
    public long Bytes => Bits.LongLength * 8 + Ranks.LongLength * 2 + Bases.LongLength * 4 + Entries.LongLength * 4 + Sparse.LongLength * 2;
}

/// <summary>
/// Builds a <see cref="RadixTrie"/> from segments that cover a whole family: sorted starts, the first of them 0, each segment
/// reaching to the address before the next start. Equal input gives equal arrays.
/// </summary>
public sealed class TrieBuilder
{
    // More changes than this make a node dense: 64 keys are nine vector compares, and 152 of the nodes of the real IPv6 tables
    // have more (1.6 MB as dense blocks).
    const int MaxSparseKeys = 64;

    readonly UInt128[] _starts;
    readonly uint[] _labels;
    readonly List<ulong> _bits = [];
    readonly List<ushort> _ranks = [];
    readonly List<uint> _bases = [];
    readonly List<uint> _entries = [];
    readonly List<ushort> _sparse = [];

    // Index of the segment that covers the address the walk stands at; only ever moves forward.
    int _segment;

    TrieBuilder(UInt128[] starts, uint[] labels) => (_starts, _labels) = (starts, labels);

    public static TrieArrays BuildIPv4(UInt128[] starts, uint[] labels)
    {
        var builder = new TrieBuilder(starts, labels);
        for (var block = 0; block < RadixTrie.IPv4Blocks; block++)
        {
            builder.ReserveBlock();
        }
        for (var block = 0u; block < RadixTrie.IPv4Blocks; block++)
        {
            builder.FillBlock(block, builder.Changes(first: (UInt128)block << 24, slotBits: 8, slots: 65_536));
        }
        return builder.Finish();
    }

    public static TrieArrays BuildIPv6(UInt128[] starts, uint[] labels)
    {
        var builder = new TrieBuilder(starts, labels);
        builder.ReserveBlock();
        builder.FillBlock(0, builder.Changes(first: 0, slotBits: 112, slots: 65_536));
        return builder.Finish();
    }

    TrieArrays Finish() => new([.. _bits], [.. _ranks], [.. _bases], [.. _entries], [.. _sparse]);

    readonly record struct Change(int Slot, uint Entry);

    // The slots of a node at which the entry changes, slot 0 first; children are built on the way.
    List<Change> Changes(UInt128 first, int slotBits, int slots)
    {
        var changes = new List<Change>();
        var slot = 0;
        while (slot < slots)
        {
            var slotFirst = first + ((UInt128)slot << slotBits);
            var slotLast = slotFirst + ((UInt128.One << slotBits) - 1);
            AdvanceTo(slotFirst);
            var next = _segment + 1 < _starts.Length ? _starts[_segment + 1] : (UInt128?)null;
            if (next is { } split && split <= slotLast)
            {
                changes.Add(new(slot, Child(slotFirst, slotBits)));
                slot++;
                continue;
            }
            if (changes.Count == 0 || changes[^1].Entry != _labels[_segment])
            {
                changes.Add(new(slot, _labels[_segment]));
            }
            var slotOfNext = next is { } start ? (start - first) >> slotBits : (UInt128)slots;
            slot = slotOfNext < (UInt128)slots ? (int)slotOfNext : slots;
        }
        return changes;
    }

    void AdvanceTo(UInt128 address)
    {
        while (_segment + 1 < _starts.Length && _starts[_segment + 1] <= address)
        {
            _segment++;
        }
    }

    uint Child(UInt128 first, int bits)
    {
        var childSlotBits = Math.Max(bits - 16, 0);
        var slots = 1 << (bits - childSlotBits);
        var changes = Changes(first, childSlotBits, slots);
        if (changes.Count - 1 <= MaxSparseKeys || slots < RadixTrie.SlotsPerBlock)
        {
            return RadixTrie.ChildFlag | AppendSparse(changes);
        }
        var block = ReserveBlock();
        FillBlock(block, changes);
        return RadixTrie.ChildFlag | RadixTrie.DenseFlag | block;
    }

    uint AppendSparse(List<Change> changes)
    {
        var unit = (uint)(_sparse.Count / RadixTrie.UnitLanes);
        var entries = AppendEntries(changes);
        _sparse.Add((ushort)(changes.Count - 1));
        _sparse.Add((ushort)entries);
        _sparse.Add((ushort)(entries >> 16));
        foreach (var change in changes.Skip(1))
        {
            _sparse.Add((ushort)change.Slot);
        }
        while (_sparse.Count % RadixTrie.UnitLanes != 0)
        {
            _sparse.Add(ushort.MaxValue);
        }
        return unit;
    }

    uint ReserveBlock()
    {
        var block = (uint)_bases.Count;
        _bases.Add(0);
        CollectionsMarshal.SetCount(_bits, _bits.Count + RadixTrie.WordsPerBlock);
        CollectionsMarshal.SetCount(_ranks, _ranks.Count + RadixTrie.WordsPerBlock);
        return block;
    }

    void FillBlock(uint block, List<Change> changes)
    {
        var at = (int)block * RadixTrie.WordsPerBlock;
        var bits = CollectionsMarshal.AsSpan(_bits).Slice(at, RadixTrie.WordsPerBlock);
        var ranks = CollectionsMarshal.AsSpan(_ranks).Slice(at, RadixTrie.WordsPerBlock);
        bits.Clear();
        foreach (var change in changes)
        {
            bits[change.Slot >> 6] |= 1UL << (change.Slot & 63);
        }
        var before = 0;
        for (var word = 0; word < RadixTrie.WordsPerBlock; word++)
        {
            ranks[word] = (ushort)before;
            before += BitOperations.PopCount(bits[word]);
        }
        _bases[(int)block] = AppendEntries(changes);
    }

    uint AppendEntries(List<Change> changes)
    {
        var first = (uint)_entries.Count;
        foreach (var change in changes)
        {
            _entries.Add(change.Entry);
        }
        return first;
    }
}
