using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>What the labels of each source claim, and the order that claims have in lists and in the snapshot.</summary>
internal sealed class ClaimTemplates
{
    readonly SourceInfo[] _sources;
    readonly string[] _families;
    readonly ProviderNames _names;

    // Numbered by first use while claims are made; the snapshot's own numbers are known only when all strings are.
    readonly List<string> _providers = [""];
    readonly Dictionary<string, uint> _providerNumbers = new(StringComparer.Ordinal) { [""] = 0 };

    /// <param name="sources">In the order of their ids.</param>
    public ClaimTemplates(SourceInfo[] sources, ProviderNames names)
    {
        (_sources, _names) = (sources, names);
        _families = [.. sources.Select(source => source.Family).Distinct().Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Providers => _providers;

    /// <summary>The claims of each label of a feed; the prefix length is filled in where the label is used.</summary>
    public Claim[][] Of(int source, FeedContent content)
    {
        var info = _sources[source];
        var ownCategories = info.Categories.Select(CategoryOf).ToArray();
        return [.. content.Labels.Select(label =>
        {
            var provider = ProviderNumber(_names.Of(label.Provider ?? info.Provider ?? ""));
            var categories = label.Categories.IsEmpty ? ownCategories : label.Categories.Members();
            return categories.Select(category => new Claim(
                (ushort)source, (byte)category, 0, (byte)label.Confidence, 0, 0, provider, Hour(label.FirstSeen), Hour(label.LastSeen))).ToArray();
        })];
    }

    /// <summary>By category and family, so that judging is one pass; then by all else, so that no two claims are equal.</summary>
    public int Compare(Claim left, Claim right)
    {
        var order = left.Category.CompareTo(right.Category);
        order = order != 0 ? order : FamilyOf(left).CompareTo(FamilyOf(right));
        order = order != 0 ? order : left.Source.CompareTo(right.Source);
        order = order != 0 ? order : right.PrefixLength.CompareTo(left.PrefixLength); // the closest first
        order = order != 0 ? order : string.CompareOrdinal(_providers[(int)left.Provider], _providers[(int)right.Provider]);
        return order != 0 ? order : (left.IsIPv6, left.Confidence, left.Basis, left.FirstSeenHour, left.LastSeenHour)
            .CompareTo((right.IsIPv6, right.Confidence, right.Basis, right.FirstSeenHour, right.LastSeenHour));
    }

    int FamilyOf(Claim claim) => Array.BinarySearch(_families, _sources[claim.Source].Family, StringComparer.Ordinal);

    uint ProviderNumber(string provider)
    {
        if (!_providerNumbers.TryGetValue(provider, out var number))
        {
            number = (uint)_providers.Count;
            _providers.Add(provider);
            _providerNumbers.Add(provider, number);
        }
        return number;
    }

    static Category CategoryOf(string word) =>
        Categories.TryParse(word, out var category) ? category : throw new ArgumentException($"'{word}' is no category.");

    // Hour 0 stands for "not said": what a record says is at least 1.
    static uint Hour(DateTimeOffset? time) => time is { } at ? (uint)Math.Max(at.ToUnixTimeSeconds() / 3600, 1) : 0;
}
