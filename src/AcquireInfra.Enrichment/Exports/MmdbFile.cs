using System.Buffers.Binary;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// Puts a MaxMind DB together: search tree, data, metadata. IPv4 lies under ::/96, and only ::ffff:0:0/96 is aliased to it. Equal input
/// gives equal bytes.
/// </summary>
/// <param name="type">What kind of database it is; readers show it.</param>
/// <param name="builtAt">The date of the data, not of the call.</param>
/// <param name="leastRecordBits">24, 28 or 32; the size that the data needs is taken if it is larger.</param>
internal sealed class MmdbFile(string type, string description, DateTimeOffset builtAt, int leastRecordBits = 24)
{
    const int SeparatorBytes = 16;

    static ReadOnlySpan<byte> MetadataMarker => [0xAB, 0xCD, 0xEF];

    /// <param name="rows">Sorted and disjoint, by <see cref="NumberOf"/>; each names its record.</param>
    /// <param name="offsets">Where in the data each record begins.</param>
    public void Write(IReadOnlyList<(UInt128 First, UInt128 Last, int Record)> rows, List<uint> offsets, MmdbData data, Stream destination)
    {
        var tree = new MmdbTree(rows);
        tree.AliasMappedIPv4();
        var recordBits = Math.Max(leastRecordBits, RecordBits(tree.Nodes.Count, data.Length));
        WriteTree(tree, offsets, recordBits, destination);
        destination.Write(new byte[SeparatorBytes]);
        destination.Write(data.Written);
        WriteMetadata(tree.Nodes.Count, recordBits, destination);
    }

    /// <summary>The number that an address has in the tree.</summary>
    public static UInt128 NumberOf(Address address) => address.IsIPv4 ? address.IPv4 : address.Value;

    // The smallest size that holds the largest value: the last byte of the data.
    static int RecordBits(int nodes, uint dataBytes) => ((ulong)nodes + SeparatorBytes + dataBytes) switch
    {
        < 1 << 24 => 24,
        < 1 << 28 => 28,
        _ => 32,
    };

    static void WriteTree(MmdbTree tree, List<uint> offsets, int recordBits, Stream destination)
    {
        var nothing = (uint)tree.Nodes.Count;
        uint ValueOf(int branch) => branch switch
        {
            MmdbTree.Nothing => nothing,
            < 0 => nothing + SeparatorBytes + offsets[-2 - branch],
            _ => (uint)branch,
        };
        Span<byte> node = stackalloc byte[8];
        foreach (var (zero, one) in tree.Nodes)
        {
            destination.Write(node[..Pack(ValueOf(zero), ValueOf(one), recordBits, node)]);
        }
    }

    static int Pack(uint zero, uint one, int recordBits, Span<byte> node)
    {
        switch (recordBits)
        {
            case 24:
                BinaryPrimitives.WriteUInt32BigEndian(node, zero << 8);
                BinaryPrimitives.WriteUInt32BigEndian(node[3..], one << 8);
                return 6;
            case 28: // the top four bits of both share the middle byte
                BinaryPrimitives.WriteUInt32BigEndian(node, zero << 8);
                BinaryPrimitives.WriteUInt32BigEndian(node[4..], one << 8);
                node[3] = (byte)(zero >> 24 << 4 | one >> 24);
                return 7;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(node, zero);
                BinaryPrimitives.WriteUInt32BigEndian(node[4..], one);
                return 8;
        }
    }

    void WriteMetadata(int nodes, int recordBits, Stream destination)
    {
        var metadata = new MmdbData();
        metadata.BeginMap(9);
        metadata.Key("binary_format_major_version", mayPoint: false);
        metadata.Number16(2);
        metadata.Key("binary_format_minor_version", mayPoint: false);
        metadata.Number16(0);
        metadata.Key("build_epoch", mayPoint: false);
        metadata.Number64((ulong)builtAt.ToUnixTimeSeconds());
        metadata.Key("database_type", mayPoint: false);
        metadata.String(type);
        metadata.Key("description", mayPoint: false);
        metadata.BeginMap(1);
        metadata.Key("en", mayPoint: false);
        metadata.String(description);
        metadata.Key("ip_version", mayPoint: false);
        metadata.Number16(6);
        metadata.Key("languages", mayPoint: false);
        metadata.BeginArray(0);
        metadata.Key("node_count", mayPoint: false);
        metadata.Number32((uint)nodes);
        metadata.Key("record_size", mayPoint: false);
        metadata.Number16((ushort)recordBits);
        destination.Write(MetadataMarker);
        destination.Write("MaxMind.com"u8);
        destination.Write(metadata.Written);
    }
}
