using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>Collects sections and writes the file that <see cref="SnapshotLayout"/> draws.</summary>
internal sealed class SnapshotWriter
{
    readonly (byte[] Bytes, ulong Count)[] _sections = new (byte[], ulong)[SnapshotLayout.SectionCount];

    public void Add<T>(Section section, ReadOnlySpan<T> elements) where T : unmanaged =>
        _sections[(int)section] = (MemoryMarshal.AsBytes(elements).ToArray(), (ulong)elements.Length);

    /// <summary>Adds the five sections of a trie.</summary>
    public void Add(Section first, TrieArrays trie)
    {
        Add<ulong>(first, trie.Bits);
        Add<ushort>(first + 1, trie.Ranks);
        Add<uint>(first + 2, trie.Bases);
        Add<uint>(first + 3, trie.Entries);
        Add<ushort>(first + 4, trie.Sparse);
    }

    public static byte[] Encode(List<SourceInfo> sources) => JsonSerializer.SerializeToUtf8Bytes(sources, SnapshotJson.Default.ListSourceInfo);

    public void WriteTo(Stream destination)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var position = 0L;
        void Write(ReadOnlySpan<byte> bytes)
        {
            destination.Write(bytes);
            hash.AppendData(bytes);
            position += bytes.Length;
        }
        void Pad() => Write(new byte[Aligned(position) - position]);

        Write(Header());
        foreach (var (bytes, _) in _sections)
        {
            Pad();
            Write(bytes);
        }
        destination.Write(hash.GetHashAndReset());
    }

    byte[] Header()
    {
        using var header = new MemoryStream();
        using var fields = new BinaryWriter(header); // little endian
        var offset = Aligned(SnapshotLayout.HeaderBytes + SnapshotLayout.SectionBytes * _sections.Length);
        var length = _sections.Aggregate(offset, (end, section) => Aligned(end) + section.Bytes.Length) + SnapshotLayout.HashBytes;
        fields.Write(SnapshotLayout.Magic);
        fields.Write(SnapshotLayout.FormatVersion);
        fields.Write((uint)_sections.Length);
        fields.Write((ulong)length);
        for (var id = 0; id < _sections.Length; id++)
        {
            fields.Write((uint)id);
            fields.Write((uint)SnapshotLayout.ElementBytes[id]);
            fields.Write((ulong)offset);
            fields.Write(_sections[id].Count);
            offset = Aligned(offset + _sections[id].Bytes.Length);
        }
        return header.ToArray();
    }

    static long Aligned(long offset) => (offset + SnapshotLayout.Alignment - 1) / SnapshotLayout.Alignment * SnapshotLayout.Alignment;
}
