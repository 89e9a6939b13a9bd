using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>Where the sections of a mapped file lie. Making one proves header, table and hash; what the sections hold is proved after.</summary>
internal readonly ref struct SectionTable
{
    readonly ReadOnlySpan<byte> _file;
    readonly Span<(int Offset, int Bytes)> _sections;

    /// <exception cref="SnapshotException">Not a whole, unchanged snapshot of this format version.</exception>
    public SectionTable(ReadOnlySpan<byte> file)
    {
        const int TableEnd = SnapshotLayout.HeaderBytes + SnapshotLayout.SectionBytes * SnapshotLayout.SectionCount;
        Require(file.Length >= TableEnd + SnapshotLayout.HashBytes, $"it has {file.Length} bytes, fewer than a header");
        Require(file.StartsWith(SnapshotLayout.Magic), "it does not begin as one");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        Require(version == SnapshotLayout.FormatVersion, $"its format version is {version}, and this program reads {SnapshotLayout.FormatVersion}");
        Require(BinaryPrimitives.ReadUInt32LittleEndian(file[12..]) == SnapshotLayout.SectionCount, "its section count is another");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file[16..]);
        Require(length == (ulong)file.Length, $"it should have {length} bytes and has {file.Length}");

        var content = file[..^SnapshotLayout.HashBytes];
        Hash = SHA256.HashData(content);
        Require(file[^SnapshotLayout.HashBytes..].SequenceEqual(Hash), "its SHA-256 does not match its content");

        _file = file;
        _sections = new (int, int)[SnapshotLayout.SectionCount];
        var end = (ulong)TableEnd;
        for (var id = 0; id < SnapshotLayout.SectionCount; id++)
        {
            var row = file[(SnapshotLayout.HeaderBytes + SnapshotLayout.SectionBytes * id)..];
            var elementBytes = BinaryPrimitives.ReadUInt32LittleEndian(row[4..]);
            var offset = BinaryPrimitives.ReadUInt64LittleEndian(row[8..]);
            var count = BinaryPrimitives.ReadUInt64LittleEndian(row[16..]);
            Require(BinaryPrimitives.ReadUInt32LittleEndian(row) == id && elementBytes == SnapshotLayout.ElementBytes[id], $"section {id} is another");
            Require(offset % SnapshotLayout.Alignment == 0 && offset >= end && offset <= (ulong)content.Length, $"section {id} begins at {offset}");
            Require(count <= ((ulong)content.Length - offset) / elementBytes, $"section {id} reaches past the end");
            end = offset + count * elementBytes;
            _sections[id] = ((int)offset, (int)(count * elementBytes));
        }
    }

    /// <summary>SHA-256 of the content.</summary>
    public byte[] Hash { get; }

    public int FileBytes => _file.Length;

    public ReadOnlySpan<T> Get<T>(Section section)
        where T : unmanaged
    {
        var (offset, bytes) = _sections[(int)section];
        return MemoryMarshal.Cast<byte, T>(_file.Slice(offset, bytes));
    }

    public int OffsetOf(Section section) => _sections[(int)section].Offset;

    /// <exception cref="SnapshotException">The condition does not hold.</exception>
    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new SnapshotException($"Not a sound snapshot: {otherwise}.");
        }
    }
}
