namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// Texts that are kept for good, in large chunks: no object each. A text is named by 64 bits, never 0:
/// <code>
///  0..15 length   16..39 offset in the chunk   40..62 chunk   63 set
/// </code>
/// </summary>
internal sealed class TextArena
{
    const int ChunkBytes = 1 << 20;
    const ulong SetBit = 1UL << 63;

    readonly Lock _adding = new();
    byte[][] _chunks = [];
    int _used;

    public static int LengthOf(ulong text) => (int)(text & 0xFFFF);

    public ReadOnlySpan<byte> BytesOf(ulong text) => ChunkOf(text).AsSpan(OffsetOf(text), LengthOf(text));

    /// <exception cref="ArgumentException">Longer than 64 KiB: no name is.</exception>
    public ulong Add(ReadOnlySpan<byte> text)
    {
        if (text.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A text of {text.Length} bytes.", nameof(text));
        }
        lock (_adding)
        {
            if (_chunks.Length == 0 || ChunkBytes - _used < text.Length)
            {
                Volatile.Write(ref _chunks, [.. _chunks, GC.AllocateUninitializedArray<byte>(ChunkBytes)]);
                _used = 0;
            }
            text.CopyTo(_chunks[^1].AsSpan(_used));
            var added = (uint)text.Length | (ulong)(uint)_used << 16 | (ulong)(uint)(_chunks.Length - 1) << 40 | SetBit;
            _used += text.Length;
            return added;
        }
    }

    static int OffsetOf(ulong text) => (int)(text >> 16 & 0xFF_FFFF);

    byte[] ChunkOf(ulong text) => Volatile.Read(ref _chunks)[text >> 40 & 0x7F_FFFF];
}
