using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>The space of one family, cut where overrides on addresses and prefixes begin and end: one binary search finds all that hold an address.</summary>
internal sealed class OverrideRuns
{
    readonly UInt128[] _starts;
    readonly int[] _chains;

    OverrideRuns(UInt128[] starts, int[] chains) => (_starts, _chains) = (starts, chains);

    public bool IsEmpty => _starts.Length == 0;

    /// <param name="entries">Of the family, on addresses and prefixes.</param>
    /// <param name="chains">What holds an address, by number; 0 is nothing. New ones are added.</param>
    public static OverrideRuns Of(IEnumerable<Override> entries, List<IReadOnlyList<Override>> chains)
    {
        var (starts, numbers) = (new List<UInt128>(), new List<int>());
        var open = new Stack<(Prefix Prefix, int Chain)>();
        void Begin(UInt128 start, int chain)
        {
            if (starts.Count > 0 && starts[^1] == start)
            {
                numbers[^1] = chain; // what ends here holds nothing between
                return;
            }
            starts.Add(start);
            numbers.Add(chain);
        }

        void CloseUpTo(Address? next)
        {
            while (open.TryPeek(out var top) && (next is not { } address || !top.Prefix.Contains(address)))
            {
                open.Pop();
                if (top.Prefix.Last.Value < UInt128.MaxValue)
                {
                    Begin(top.Prefix.Last.Value + 1, open.TryPeek(out var outer) ? outer.Chain : 0);
                }
            }
        }

        // Prefixes nest or are disjoint, and a wider one comes before what lies in it.
        foreach (var group in entries.GroupBy(entry => entry.Target.Prefix).OrderBy(group => group.Key))
        {
            CloseUpTo(group.Key.First);
            chains.Add([.. group, .. open.TryPeek(out var outer) ? chains[outer.Chain] : []]);
            open.Push((group.Key, chains.Count - 1));
            Begin(group.Key.First.Value, chains.Count - 1);
        }
        CloseUpTo(null);
        return new([.. starts], [.. numbers]);
    }

    /// <summary>The chain that holds an address, and the last address of its family up to which it is the same.</summary>
    public (int Chain, UInt128 Last) At(UInt128 address)
    {
        var found = Array.BinarySearch(_starts, address);
        var at = found < 0 ? ~found - 1 : found;
        return (at < 0 ? 0 : _chains[at], at + 1 < _starts.Length ? _starts[at + 1] - 1 : UInt128.MaxValue);
    }
}
