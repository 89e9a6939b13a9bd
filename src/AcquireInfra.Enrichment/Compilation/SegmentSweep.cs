using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>A prefix with what a source says of it: an ASN or a claim, by number.</summary>
internal readonly record struct SweepItem(byte Length, bool IsAsn, int Payload);

/// <summary>
/// Merges prefixes, which nest or lie apart but never cross, into disjoint segments: a sweep from the first address to the last with
/// a stack of the prefixes it stands in. The context of a segment is what all prefixes above it make together.
/// </summary>
/// <param name="extend">The context that a context becomes inside a prefix; equal arguments give equal results.</param>
internal sealed class SegmentSweep(int familyBits, Func<int, SweepItem, int> extend)
{
    const int OutsideContext = 0;

    readonly List<UInt128> _starts = [UInt128.Zero];
    readonly List<int> _contexts = [OutsideContext];
    readonly Stack<(UInt128 Last, int Context)> _inside = new();
    readonly UInt128 _lastAddress = familyBits == 128 ? UInt128.MaxValue : uint.MaxValue;

    /// <summary>The segments: sorted starts from 0, and the context from each start to before the next.</summary>
    public (UInt128[] Starts, int[] Contexts) Run(UInt128[] networks, SweepItem[] items)
    {
        Array.Sort(networks, items);
        for (var at = 0; at < networks.Length;)
        {
            var next = at + 1;
            while (next < networks.Length && networks[next] == networks[at])
            {
                next++;
            }
            // Of one network: the wider prefix first, then in an order that does not depend on the input's.
            items.AsSpan(at, next - at).Sort(static (left, right) =>
                (left.Length, left.IsAsn, left.Payload).CompareTo((right.Length, right.IsAsn, right.Payload)));
            for (; at < next; at++)
            {
                Enter(networks[at], items[at]);
            }
        }
        while (_inside.Count > 0)
        {
            Leave();
        }
        return ([.. _starts], [.. _contexts]);
    }

    void Enter(UInt128 network, SweepItem item)
    {
        while (_inside.TryPeek(out var top) && top.Last < network)
        {
            Leave();
        }
        var hostBits = familyBits - item.Length;
        var last = network + (hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1);
        var context = extend(Current, item);
        _inside.Push((last, context));
        Emit(network, context);
    }

    void Leave()
    {
        var (last, _) = _inside.Pop();
        if (last != _lastAddress)
        {
            Emit(last + 1, Current);
        }
    }

    int Current => _inside.TryPeek(out var top) ? top.Context : OutsideContext;

    // A later statement about the same start replaces the earlier one; equal neighbours are one segment.
    void Emit(UInt128 start, int context)
    {
        if (_starts[^1] == start)
        {
            _starts.RemoveAt(_starts.Count - 1);
            _contexts.RemoveAt(_contexts.Count - 1);
        }
        if (_starts.Count == 0 || _contexts[^1] != context)
        {
            _starts.Add(start);
            _contexts.Add(context);
        }
    }

    /// <summary>The number a network has in its family.</summary>
    public static UInt128 NumberOf(Address network) => network.IsIPv4 ? network.IPv4 : network.Value;
}
