using System.Buffers.Binary;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// Writes an ASN table as a MaxMind DB with the fields of GeoLite2-ASN, for any reader of the format: IPv4 under ::/96, only
/// ::ffff:0:0/96 aliased to it (the table has rows of its own in 2001::/32 and 2002::/16). Equal input gives equal bytes.
/// </summary>
public static class AsnMmdbWriter
{
    const int SeparatorBytes = 16;

    static ReadOnlySpan<byte> MetadataMarker => [0xAB, 0xCD, 0xEF];

    /// <param name="ranges">Sorted and disjoint, as <see cref="AsnTableParser"/> gives them.</param>
    /// <param name="builtAt">The date of the table, not of the call.</param>
    public static void Write(IReadOnlyList<AsnRange> ranges, string description, DateTimeOffset builtAt, Stream destination) =>
        Write(ranges, description, builtAt, destination, leastRecordBits: 24);

    /// <param name="leastRecordBits">24, 28 or 32; the size that the table needs is taken if it is larger. For tests of the larger ones.</param>
    internal static void Write(
        IReadOnlyList<AsnRange> ranges, string description, DateTimeOffset builtAt, Stream destination, int leastRecordBits)
    {
        var data = new MmdbData();
        var offsets = new List<uint>();
        var numbers = new Dictionary<(Asn, string), int>();
        var rows = new List<(UInt128, UInt128, int)>(ranges.Count);
        foreach (var row in ranges)
        {
            if (!numbers.TryGetValue((row.Asn, row.Name), out var number))
            {
                number = offsets.Count;
                numbers.Add((row.Asn, row.Name), number);
                offsets.Add(data.Length);
                WriteRecord(data, row);
            }
            rows.Add((NumberOf(row.Range.First), NumberOf(row.Range.Last), number));
        }
        rows.Sort();
        var tree = new MmdbTree(rows);
        tree.AliasMappedIPv4();
        var recordBits = Math.Max(leastRecordBits, RecordBits(tree.Nodes.Count, data.Length));
        WriteTree(tree, offsets, recordBits, destination);
        destination.Write(new byte[SeparatorBytes]);
        destination.Write(data.Written);
        WriteMetadata(tree.Nodes.Count, recordBits, description, builtAt, destination);
    }

    static UInt128 NumberOf(Address address) => address.IsIPv4 ? address.IPv4 : address.Value;

    static void WriteRecord(MmdbData data, AsnRange row)
    {
        data.BeginMap(2);
        data.Key("autonomous_system_number");
        data.Number32(row.Asn.Number);
        data.Key("autonomous_system_organization");
        data.String(row.Name);
    }

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
        uint ValueOf(long branch) => branch switch
        {
            MmdbTree.Nothing => nothing,
            < 0 => nothing + SeparatorBytes + offsets[(int)(-2 - branch)],
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

    static void WriteMetadata(int nodes, int recordBits, string description, DateTimeOffset builtAt, Stream destination)
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
        metadata.String("AcquireInfra-ASN");
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
