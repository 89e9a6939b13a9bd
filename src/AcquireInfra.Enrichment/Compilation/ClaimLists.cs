using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>
/// Sets of claims by number, each kept once. A set grows by one claim at a time along the nesting of prefixes, and the same steps
/// recur for thousands of prefixes, so each step is remembered. Of one source and category a list holds the strongest
/// <see cref="MostAlike"/> claims: a hostile feed that names a prefix with ever new providers must not grow lists without end.
/// </summary>
internal sealed class ClaimLists
{
    /// <summary>Claims of one source and category in one list. Real feeds have one or two.</summary>
    public const int MostAlike = 16;

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

    // A claim that says the same as another but less surely adds nothing, save that the same prefix may have been seen earlier.
    Claim[] Extended(Claim[] list, Claim claim)
    {
        foreach (var other in list)
        {
            if (IsDominated(claim, by: other))
            {
                var kept = WithFirstSeenOf(other, claim);
                return kept == other ? list : Sorted([.. list.Where(claim => claim != other), kept]);
            }
        }
        var extended = new List<Claim>(list.Length + 1);
        foreach (var other in list)
        {
            if (IsDominated(other, by: claim))
            {
                claim = WithFirstSeenOf(claim, other);
                continue;
            }
            extended.Add(other);
        }
        extended.Add(claim);
        var alike = extended.Where(other => other.Source == claim.Source && other.Category == claim.Category).ToList();
        if (alike.Count > MostAlike)
        {
            extended.Remove(alike.Min(WeakestFirst.Instance));
        }
        return Sorted([.. extended]);
    }

    Claim[] Sorted(Claim[] list)
    {
        Array.Sort(list, _order);
        return list;
    }

    static Claim WithFirstSeenOf(Claim claim, Claim other)
    {
        var isEarlier = other.FirstSeenHour != 0 && (claim.FirstSeenHour == 0 || other.FirstSeenHour < claim.FirstSeenHour);
        return isEarlier && other.PrefixLength == claim.PrefixLength ? claim with { FirstSeenHour = other.FirstSeenHour } : claim;
    }

    // By what makes a claim strong; the provider's number only makes the order total.
    sealed class WeakestFirst : IComparer<Claim>
    {
        public static WeakestFirst Instance { get; } = new();

        public int Compare(Claim x, Claim y) => KeyOf(x).CompareTo(KeyOf(y));

        static (int, uint, int, uint) KeyOf(Claim claim) => (claim.Confidence, claim.LastSeenHour - 1, claim.PrefixLength, uint.MaxValue - claim.Provider);
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
