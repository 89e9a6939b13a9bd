using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>A profile while it is compiled. Index of the ASN plus 1, 0 for none; list as <see cref="ClaimLists"/> numbers them.</summary>
internal readonly record struct ProfileDraft(int AsnPlus1, byte NetworkLength, bool IsIPv6, int List);

/// <summary>Profiles by number, each kept once; 0 is the empty one.</summary>
internal sealed class ProfileTable(ClaimLists lists)
{
    readonly List<ProfileDraft> _profiles = [default];
    readonly Dictionary<ProfileDraft, int> _numbers = new() { [default] = 0 };

    public int Count => _profiles.Count;

    public ProfileDraft this[int profile] => _profiles[profile];

    /// <summary>The profile inside a network that an ASN announces.</summary>
    public int WithAsn(int profile, int asnPlus1, byte length, bool isIPv6) =>
        NumberOf(_profiles[profile] with { AsnPlus1 = asnPlus1, NetworkLength = length, IsIPv6 = isIPv6 });

    /// <summary>The profile inside a prefix that a source claims something of.</summary>
    public int WithClaims(int profile, Claim[] claims, byte length, bool isIPv6)
    {
        var draft = _profiles[profile];
        var list = draft.List;
        foreach (var claim in claims)
        {
            list = lists.Extend(list, claim with { PrefixLength = length, IsIPv6 = isIPv6 ? (byte)1 : (byte)0 });
        }
        if (list == draft.List)
        {
            return profile;
        }
        // Where no ASN is known, the widest prefix that says anything stands for the network.
        var isFirst = draft.AsnPlus1 == 0 && draft.NetworkLength == 0;
        return NumberOf(draft with { List = list, IsIPv6 = isIPv6, NetworkLength = isFirst ? length : draft.NetworkLength });
    }

    int NumberOf(ProfileDraft draft)
    {
        if (!_numbers.TryGetValue(draft, out var number))
        {
            number = _profiles.Count;
            _profiles.Add(draft);
            _numbers.Add(draft, number);
        }
        return number;
    }
}

/// <summary>New numbers in the order of first use; what is never used gets none. 0 stays 0.</summary>
internal sealed class Renumbering(int count)
{
    readonly int[] _numbers = new int[count];
    readonly List<int> _order = [0];

    /// <summary>The old numbers, in the order of the new ones.</summary>
    public IReadOnlyList<int> Order => _order;

    public int NumberOf(int old)
    {
        if (old != 0 && _numbers[old] == 0)
        {
            _numbers[old] = _order.Count;
            _order.Add(old);
        }
        return _numbers[old];
    }

    public uint[] NumbersOf(int[] olds) => [.. olds.Select(old => (uint)NumberOf(old))];
}
