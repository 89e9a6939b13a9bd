using System.Buffers.Binary;
using System.Text;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>
/// A plain writer of MaxMind DB files (format 2.0) for what our own writer never writes: other fields and types, other record
/// sizes, aliases, broken trees. No pointers, one data record a call, nodes in the order they are made.
/// </summary>
internal sealed class MmdbBuilder(int recordBits = 24, int ipVersion = 6)
{
    const int Nothing = -1;

    readonly List<int[]> _nodes = [[Nothing, Nothing]];
    readonly List<byte> _data = [];

    /// <summary>Branches: a node's number, -1 for nothing, or -2 - offset of a data record.</summary>
    public List<int[]> Nodes => _nodes;

    public ulong BuildEpoch { get; set; } = 1_787_367_845UL; // 2026-08-22T03:04:05Z

    public int AddData(object value)
    {
        var offset = _data.Count;
        Encode(value, _data);
        return -2 - offset;
    }

    public MmdbBuilder Add(string prefix, object value) => Point(prefix, AddData(value));

    /// <summary>Makes a prefix lead into the IPv4 tree.</summary>
    public MmdbBuilder Alias(string prefix) => Point(prefix, NodeAt(UInt128.Zero, 96));

    MmdbBuilder Point(string text, int branch)
    {
        var (bits, length) = BitsOf(text);
        var node = NodeAt(bits, length - 1);
        _nodes[node][BitAt(bits, length - 1)] = branch;
        return this;
    }

    (UInt128 Bits, int Length) BitsOf(string text)
    {
        // ::ffff:0:0/96 is the IPv4 prefix 0.0.0.0/0 to us, and a place of its own in the tree.
        if (text == "::ffff:0:0/96")
        {
            return ((UInt128)0xFFFF << 32, 96);
        }
        var prefix = Prefix.Parse(text);
        var shift = ipVersion == 4 ? 96 : 0;
        return prefix.IsIPv4
            ? ((UInt128)prefix.Network.IPv4 << shift, prefix.Length + 96 - shift)
            : (prefix.Network.Value, prefix.Length);
    }

    int NodeAt(UInt128 bits, int depth)
    {
        var node = 0;
        for (var at = 0; at < depth; at++)
        {
            var bit = BitAt(bits, at);
            if (_nodes[node][bit] < 0)
            {
                _nodes.Add([Nothing, Nothing]);
                _nodes[node][bit] = _nodes.Count - 1;
            }
            node = _nodes[node][bit];
        }
        return node;
    }

    static int BitAt(UInt128 bits, int at) => (int)(bits >> (127 - at) & 1);

    public byte[] ToBytes()
    {
        var file = new List<byte>();
        foreach (var node in _nodes)
        {
            var (zero, one) = (ValueOf(node[0]), ValueOf(node[1]));
            file.AddRange(recordBits switch
            {
                24 => [.. BigEndian(zero)[1..], .. BigEndian(one)[1..]],
                28 => [.. BigEndian(zero)[1..], (byte)((zero >> 24 << 4) | (one >> 24)), .. BigEndian(one)[1..]],
                _ => [.. BigEndian(zero), .. BigEndian(one)],
            });
        }
        file.AddRange(new byte[16]);
        file.AddRange(_data);
        file.AddRange([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Encode(new Dictionary<string, object>
        {
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = BuildEpoch,
            ["database_type"] = "Test",
            ["description"] = new Dictionary<string, object> { ["en"] = "Test" },
            ["ip_version"] = (ushort)ipVersion,
            ["languages"] = Array.Empty<object>(),
            ["node_count"] = (uint)_nodes.Count,
            ["record_size"] = (ushort)recordBits,
        }, file);
        return [.. file];
    }

    uint ValueOf(int branch) => branch switch
    {
        Nothing => (uint)_nodes.Count,
        < 0 => (uint)(_nodes.Count + 16 + -2 - branch),
        _ => (uint)branch,
    };

    static void Encode(object value, List<byte> to)
    {
        switch (value)
        {
            case string text:
                Control(2, Encoding.UTF8.GetByteCount(text), to);
                to.AddRange(Encoding.UTF8.GetBytes(text));
                break;
            case double number:
                Control(3, 8, to);
                to.AddRange(BitConverter.GetBytes(number).Reverse());
                break;
            case ushort number:
                Number(5, number, to);
                break;
            case uint number:
                Number(6, number, to);
                break;
            case ulong number:
                Number(9, number, to);
                break;
            case bool flag:
                Control(14, flag ? 1 : 0, to);
                break;
            case object[] elements:
                Control(11, elements.Length, to);
                Array.ForEach(elements, element => Encode(element, to));
                break;
            case Dictionary<string, object> map:
                Control(7, map.Count, to);
                foreach (var (key, element) in map)
                {
                    Encode(key, to);
                    Encode(element, to);
                }
                break;
            default:
                throw new ArgumentException($"No type for {value}.", nameof(value));
        }
    }

    static void Number(int type, ulong value, List<byte> to)
    {
        byte[] octets = [.. BitConverter.GetBytes(value).Reverse().SkipWhile(octet => octet == 0)];
        Control(type, octets.Length, to);
        to.AddRange(octets);
    }

    static void Control(int type, int size, List<byte> to)
    {
        var sizeBits = Math.Min(size, 29);
        to.Add((byte)((type < 8 ? type << 5 : 0) | sizeBits));
        if (type >= 8)
        {
            to.Add((byte)(type - 7));
        }
        if (sizeBits == 29)
        {
            to.Add(checked((byte)(size - 29)));
        }
    }

    static byte[] BigEndian(uint value)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }
}
