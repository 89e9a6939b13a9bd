using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>
/// Sets of claims by number, each kept once. A set grows by one claim at a time along the nesting of prefixes, and the same steps
/// recur for thousands of prefixes, so each step is remembered.
/// </summary>
internal sealed class ClaimLists
{
    readonly List<Claim[]> _lists = [[]];
    readonly Dictionary<Claim[], int> _numbers = new(ContentComparer.Instance) { [[]] = 0 };
    readonly Dictionary<(int List, Claim Claim), int> _steps = [];
    readonly Comparison<Claim> _order;

    /// <param name="order">Total order of claims; the order inside every list.</param>
    public ClaimLists(Comparison<Claim> order) => _order = order;

    public int Count => _lists.Count;

    public Claim[] this[int list] => _lists[list];

    /// <summary>The number of the list that a claim makes of another list.</summary>
    public int Extend(int list, Claim claim)
    {
        if (!_steps.TryGetValue((list, claim), out var extended))
        {
            extended = NumberOf(Extended(_lists[list], claim));
            _steps.Add((list, claim), extended);
        }
        return extended;
    }

    int NumberOf(Claim[] list)
    {
        if (!_numbers.TryGetValue(list, out var number))
        {
            number = _lists.Count;
            _lists.Add(list);
            _numbers.Add(list, number);
        }
        return number;
    }

    // A claim that says the same as another but less surely adds nothing.
    Claim[] Extended(Claim[] list, Claim claim)
    {
        if (list.Any(other => IsDominated(claim, by: other)))
        {
            return list;
        }
        Claim[] extended = [.. list.Where(other => !IsDominated(other, by: claim)), claim];
        Array.Sort(extended, _order);
        return extended;
    }

    static bool IsDominated(Claim claim, Claim by) =>
        claim.Source == by.Source && claim.Category == by.Category && claim.Provider == by.Provider && claim.Basis == by.Basis
        && claim.PrefixLength <= by.PrefixLength && claim.Confidence <= by.Confidence
        && (by.LastSeenHour == 0 ? claim.LastSeenHour == 0 : claim.LastSeenHour != 0 && claim.LastSeenHour <= by.LastSeenHour);

    sealed class ContentComparer : IEqualityComparer<Claim[]>
    {
        public static ContentComparer Instance { get; } = new();

        public bool Equals(Claim[]? x, Claim[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(Claim[] list)
        {
            var hash = new HashCode();
            foreach (var claim in list)
            {
                hash.Add(claim);
            }
            return hash.ToHashCode();
        }
    }
}
