using System.Runtime.InteropServices;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Lookup;

namespace AcquireInfra.Enrichment.Tests.Lookup;

/// <summary>A trie over arrays in memory, where the product maps a file.</summary>
public sealed unsafe class PinnedTrie : IDisposable
{
    readonly GCHandle[] _handles;

    public PinnedTrie(TrieArrays arrays)
    {
        _handles = [Pin(arrays.Bits), Pin(arrays.Ranks), Pin(arrays.Bases), Pin(arrays.Entries), Pin(arrays.Sparse)];
        Trie = new RadixTrie((ulong*)At(0), (ushort*)At(1), (uint*)At(2), (uint*)At(3), (ushort*)At(4));
        Bytes = arrays.Bytes;
    }

    internal RadixTrie Trie { get; }

    public long Bytes { get; }

    public void Dispose()
    {
        foreach (var handle in _handles)
        {
            handle.Free();
        }
    }

    nint At(int index) => _handles[index].AddrOfPinnedObject();

    static GCHandle Pin(Array array) => GCHandle.Alloc(array, GCHandleType.Pinned);
}
