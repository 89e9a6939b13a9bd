using System.Buffers.Binary;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>
/// Counts the ways through the search tree of a MaxMind DB before anyone walks it. The reader takes every way and comes back with
/// data alone, so a tree of 128 nodes that name the next one twice and end in nothing keeps it for ever: 2^128 ways, and not one
/// chance to look at a clock. Here each node is counted once, however many ways lead to it.
/// </summary>
internal sealed class MmdbTreeCheck
{
    // A tree without sharing has one way more than nodes; the usual aliases of the IPv4 tree make up to six of each.
    const uint WaysPerNode = 64;
    const uint MaxWays = 1 << 26;

    readonly byte[] _nodes;
    readonly int _recordBits;
    readonly int _addressBits;
    readonly uint[] _ways; // of each node; 0 where it is not known yet
    readonly uint _maxWays;

    MmdbTreeCheck(byte[] nodes, int recordBits, int addressBits)
    {
        (_nodes, _recordBits, _addressBits) = (nodes, recordBits, addressBits);
        _ways = new uint[nodes.Length * 8L / (recordBits * 2)];
        _maxWays = (uint)Math.Min(MaxWays, (_ways.Length + 1_024L) * WaysPerNode);
    }

    /// <param name="nodeCount">As the database's metadata says, like the next two.</param>
    /// <param name="recordBits">24, 28 or 32.</param>
    /// <param name="addressBits">Depth of the tree: 32 or 128.</param>
    /// <exception cref="InvalidDataException">The tree is longer than the file, deeper than an address, or too much to walk.</exception>
    public static void Check(string path, long nodeCount, int recordBits, int addressBits)
    {
        using var file = File.OpenRead(path);
        var bytes = recordBits is 24 or 28 or 32 ? nodeCount * recordBits * 2 / 8 : long.MaxValue;
        if (nodeCount is <= 0 or > int.MaxValue || bytes > Math.Min(file.Length, Array.MaxLength))
        {
            throw new InvalidDataException($"Not a sound MaxMind DB: {nodeCount} nodes of twice {recordBits} bits do not fit into the file.");
        }
        var nodes = new byte[bytes];
        file.ReadExactly(nodes);
        var check = new MmdbTreeCheck(nodes, recordBits, addressBits);
        if (check.WaysFrom(0, 0) > check._maxWays)
        {
            throw new InvalidDataException($"Not a sound MaxMind DB: a tree of {nodeCount} nodes names more than {check._maxWays} networks.");
        }
    }

    uint WaysFrom(uint branch, int depth)
    {
        if (branch >= _ways.Length)
        {
            return 1; // data, or nothing
        }
        if (depth == _addressBits)
        {
            throw new InvalidDataException($"Not a sound MaxMind DB: a way through the tree is longer than {_addressBits} bits.");
        }
        if (_ways[branch] == 0)
        {
            var (zero, one) = BranchesOf((int)branch);
            _ways[branch] = Math.Min(WaysFrom(zero, depth + 1) + WaysFrom(one, depth + 1), MaxWays + 1);
        }
        return _ways[branch];
    }

    (uint Zero, uint One) BranchesOf(int node)
    {
        var bytes = _nodes.AsSpan(node * (_recordBits / 4), _recordBits / 4);
        return _recordBits switch
        {
            24 => (Read24(bytes), Read24(bytes[3..])),
            28 => (Read24(bytes) | (uint)(bytes[3] >> 4) << 24, Read24(bytes[4..]) | (uint)(bytes[3] & 0xF) << 24),
            _ => (BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])),
        };
    }

    static uint Read24(ReadOnlySpan<byte> bytes) => (uint)(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
}
