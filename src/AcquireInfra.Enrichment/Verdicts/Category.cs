using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What an address can be. A closed set: the numbers stand in snapshots and bit sets and are never reused.</summary>
public enum Category
{
    Hosting = 0,
    Vpn = 1,
    Proxy = 2,
    ResidentialProxy = 3,
    Tor = 4,
    Relay = 5,
    Bulletproof = 6,
    Abuse = 7,
    Scanner = 8,
    Crawler = 9,
    Cdn = 10,
    EnterpriseGateway = 11,
    Mobile = 12,
    Isp = 13,
    Education = 14,
    Government = 15,
    Business = 16,
}

public static class Categories
{
    public const int Count = 17;

    static readonly string[] Words =
    [
        "hosting", "vpn", "proxy", "residentialProxy", "tor", "relay", "bulletproof", "abuse", "scanner", "crawler", "cdn",
        "enterpriseGateway", "mobile", "isp", "education", "government", "business",
    ];

    /// <summary>All words, in the order of the enum.</summary>
    public static IReadOnlyList<string> All => Words;

    public static string Word(this Category category) => Words[(int)category];

    public static bool TryParse(string word, out Category category)
    {
        var index = Array.IndexOf(Words, word);
        category = (Category)Math.Max(index, 0);
        return index >= 0;
    }
}

/// <summary>A set of categories: bit n is the category with number n.</summary>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "It is a set.")]
public readonly record struct CategorySet(uint Bits)
{
    public static CategorySet Empty => default;

    public static CategorySet Of(params ReadOnlySpan<Category> categories)
    {
        var bits = 0u;
        foreach (var category in categories)
        {
            bits |= 1u << (int)category;
        }
        return new(bits);
    }

    public bool IsEmpty => Bits == 0;

    public bool Has(Category category) => (Bits >> (int)category & 1) != 0;

    public CategorySet With(Category category) => new(Bits | 1u << (int)category);

    public static CategorySet operator |(CategorySet left, CategorySet right) => new(left.Bits | right.Bits);

    public static CategorySet operator &(CategorySet left, CategorySet right) => new(left.Bits & right.Bits);

    public static CategorySet operator ~(CategorySet set) => new(~set.Bits & ((1u << Categories.Count) - 1));

    public CategorySet BitwiseOr(CategorySet other) => this | other;

    public CategorySet BitwiseAnd(CategorySet other) => this & other;

    public CategorySet OnesComplement() => ~this;

    public int Count => BitOperations.PopCount(Bits);

    /// <summary>Members in the order of the enum.</summary>
    public IEnumerable<Category> Members()
    {
        for (var bits = Bits; bits != 0; bits &= bits - 1)
        {
            yield return (Category)BitOperations.TrailingZeroCount(bits);
        }
    }
}
