using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>What is said of each address, by the longest prefix: two lists that cut their networks differently can be compared.</summary>
internal sealed class PrefixOracle
{
    readonly SortedDictionary<int, Dictionary<(Address, bool), string>> _byLength = new(Comparer<int>.Create((x, y) => y.CompareTo(x)));
    readonly List<Prefix> _prefixes = [];

    public IReadOnlyList<Prefix> Prefixes => _prefixes;

    public void Add(Prefix prefix, string said)
    {
        _byLength.TryAdd(prefix.Length, []);
        _byLength[prefix.Length][(prefix.Network, prefix.IsIPv4)] = said;
        _prefixes.Add(prefix);
    }

    public static string Said(Asn asn, IEnumerable<string> categories) =>
        $"{asn} {string.Join('+', categories.Order(StringComparer.Ordinal))}";

    public static PrefixOracle Of(FeedContent content)
    {
        var oracle = new PrefixOracle();
        foreach (var entry in content.Entries)
        {
            oracle.Add(entry.Prefix, Said(entry.Asn, content.Labels[entry.Label].Categories.Members().Select(category => category.Word())));
        }
        return oracle;
    }

    /// <returns>Null where no prefix covers the address, or the longest says nothing.</returns>
    public string? Find(Address address)
    {
        foreach (var (length, networks) in _byLength)
        {
            if (Prefix.TryCreate(address, length, out var prefix) && networks.TryGetValue((prefix.Network, address.IsIPv4), out var said))
            {
                return said.Length == 0 ? null : said;
            }
        }
        return null;
    }

    /// <summary>Asks both about the ends of every prefix of either, and about their neighbours.</summary>
    public static void AssertAgree(PrefixOracle expected, PrefixOracle actual)
    {
        foreach (var prefix in expected.Prefixes.Concat(actual.Prefixes))
        {
            var (before, after) = (Address.FromUInt128(prefix.First.Value - 1), Address.FromUInt128(prefix.Last.Value + 1));
            foreach (var address in (Address[])[before, prefix.First, prefix.Last, after])
            {
                Assert.True(expected.Find(address) == actual.Find(address),
                    $"{address}: {expected.Find(address)} expected, {actual.Find(address)} found");
            }
        }
    }
}
