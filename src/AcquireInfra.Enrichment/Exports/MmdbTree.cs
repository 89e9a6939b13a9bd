namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// The search tree of a MaxMind DB over 128 bits: disjoint sorted ranges become the fewest nodes, numbered in the order of a walk
/// that takes the 0 branch first, so that equal ranges give equal trees.
/// </summary>
internal sealed class MmdbTree
{
    /// <summary>A branch that leads nowhere.</summary>
    public const int Nothing = -1;

    readonly IReadOnlyList<(UInt128 First, UInt128 Last, int Data)> _ranges;
    readonly List<(int Zero, int One)> _nodes = [];

    /// <param name="ranges">Sorted and disjoint; neighbours with the same data need not be joined.</param>
    public MmdbTree(IReadOnlyList<(UInt128 First, UInt128 Last, int Data)> ranges)
    {
        _ranges = ranges;
        var root = Build(UInt128.Zero, 128, 0, ranges.Count);
        if (_nodes.Count == 0)
        {
            _nodes.Add((root, root)); // no ranges at all, or one that is everything
        }
    }

    /// <summary>Branches: a node's number, <see cref="Nothing"/>, or <see cref="DataBranch"/>.</summary>
    public IReadOnlyList<(int Zero, int One)> Nodes => _nodes;

    public static int DataBranch(int data) => -2 - data;

    /// <summary>Makes ::ffff:0:0/96 lead where ::/96 leads, as readers of IPv4 in IPv6 databases expect.</summary>
    public void AliasMappedIPv4()
    {
        var node = NodeAt(depth: 80);
        var ipv4 = BranchAt(depth: 96);
        if (node is null)
        {
            return; // nothing but one value, or nothing, below ::/80: there is no IPv4 tree to alias
        }
        for (var depth = 80; depth < 95; depth++)
        {
            _nodes.Add((Nothing, Nothing));
            _nodes[node.Value] = _nodes[node.Value] with { One = _nodes.Count - 1 };
            node = _nodes.Count - 1;
        }
        _nodes[node.Value] = _nodes[node.Value] with { One = ipv4 };
    }

    // Along the 0 branches from the root.
    int BranchAt(int depth)
    {
        var branch = 0;
        for (var at = 0; at < depth && branch >= 0; at++)
        {
            branch = _nodes[branch].Zero;
        }
        return branch;
    }

    int? NodeAt(int depth) => BranchAt(depth) is var branch and >= 0 ? branch : null;

    int Build(UInt128 first, int bits, int from, int to)
    {
        var last = bits == 128 ? UInt128.MaxValue : first + ((UInt128.One << bits) - 1);
        while (from < to && _ranges[from].Last < first)
        {
            from++;
        }
        to = LowerBound(from, to, last);
        if (from == to)
        {
            return Nothing;
        }
        if (to == from + 1 && _ranges[from].First <= first && _ranges[from].Last >= last)
        {
            return DataBranch(_ranges[from].Data);
        }
        var node = _nodes.Count;
        _nodes.Add(default);
        var zero = Build(first, bits - 1, from, to);
        var one = Build(first + (UInt128.One << (bits - 1)), bits - 1, from, to);
        if (zero == one && zero < 0)
        {
            _nodes.RemoveAt(node); // both halves say the same: the pair is one branch, and it was the newest node
            return zero;
        }
        _nodes[node] = (zero, one);
        return node;
    }

    // Index of the first range that begins after an address.
    int LowerBound(int from, int to, UInt128 last)
    {
        while (from < to)
        {
            var middle = from + (to - from) / 2;
            (from, to) = _ranges[middle].First <= last ? (middle + 1, to) : (from, middle);
        }
        return from;
    }
}
