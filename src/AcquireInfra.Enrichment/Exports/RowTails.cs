using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// Rendered tails by profile: a slot of 64 bits each, and the bytes in large pinned chunks, so that a batch can ask for the memory of
/// all its tails before it copies the first. A slot is written once and whole; two threads that render the same tail waste one copy.
/// <code>
///  0..15 length   16..23 length of the network   24..47 offset in the chunk   48..63 chunk + 1
/// </code>
/// </summary>
internal sealed class RowTails(int profileCount)
{
    const int ChunkBytes = 1 << 24;

    readonly ulong[] _slots = new ulong[profileCount];
    readonly List<byte[]> _chunks = [];
    readonly Lock _adding = new();
    byte[]?[] _published = [];
    int _used = ChunkBytes;

    /// <summary>0 where the profile's tail is not rendered yet.</summary>
    public ulong SlotOf(uint profile) => Volatile.Read(ref _slots[profile]);

    public static int NetworkLengthOf(ulong slot) => (int)(slot >> 16 & 0xFF);

    public static int LengthOf(ulong slot) => (int)(slot & 0xFFFF);

    public ReadOnlySpan<byte> BytesOf(ulong slot) => _published[(slot >> 48) - 1].AsSpan((int)(slot >> 24 & 0xFF_FFFF), LengthOf(slot));

    /// <summary>Asks for the memory of a tail; a tail is seldom longer than two cache lines.</summary>
    public unsafe void Prefetch(ulong slot)
    {
        if (Sse.IsSupported && slot != 0)
        {
            ref var chunk = ref MemoryMarshal.GetArrayDataReference(_published[(slot >> 48) - 1]!);
            var start = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref chunk, (int)(slot >> 24 & 0xFF_FFFF))); // pinned: it stays there
            Sse.Prefetch0(start);
            Sse.Prefetch0(start + 64);
        }
    }

    /// <summary>Keeps a rendered tail.</summary>
    /// <exception cref="ArgumentException">Longer than 64 KiB: no name is.</exception>
    public ulong Add(ReadOnlySpan<byte> tail, int networkLength)
    {
        if (tail.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A row of {tail.Length} bytes.", nameof(tail));
        }
        lock (_adding)
        {
            if (ChunkBytes - _used < tail.Length)
            {
                _chunks.Add(GC.AllocateUninitializedArray<byte>(ChunkBytes, pinned: true));
                _published = [.. _chunks];
                _used = 0;
            }
            tail.CopyTo(_chunks[^1].AsSpan(_used));
            var slot = (uint)tail.Length | (ulong)(uint)networkLength << 16 | (ulong)(uint)_used << 24 | (ulong)(uint)_chunks.Count << 48;
            _used += tail.Length;
            return slot;
        }
    }

    public void Publish(uint profile, ulong slot) => Volatile.Write(ref _slots[profile], slot);
}
