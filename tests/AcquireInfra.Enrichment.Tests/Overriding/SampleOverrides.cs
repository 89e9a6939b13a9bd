using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Overriding;

/// <summary>Overrides to test by: made by hand, and at random where the export sample has its prefixes, ASNs and brands.</summary>
internal static class SampleOverrides
{
    public static Override Make(string id, OverrideTarget target, OverrideEffect effect, params Category[] categories) => new(
        id, target, effect, CategorySet.Of(categories), effect == OverrideEffect.Tag ? "t-" + id : null, "Why " + id, "Who", TestSources.Day.AddDays(30), 1);

    public static Override On(string id, string target, OverrideEffect effect, params Category[] categories) =>
        Make(id, OverrideTarget.Read(target, out var wrong) ?? throw new ArgumentException(wrong), effect, categories);

    public static OverrideSet Set(params Override[] entries) => new(7, entries);

    public static OverrideSet Random(int seed, int count)
    {
        var random = new Random(seed);
        var prefixes = ExportSample.Prefixes.ToLookup(prefix => prefix.IsIPv4);
        return new(seed, Enumerable.Range(0, count).Select(at =>
        {
            var family = prefixes[random.Next(2) == 0].ToList();
            var near = RandomPrefixes.Near(random, family, isIPv6: !family[0].IsIPv4);
            var target = random.Next(12) switch
            {
                0 => OverrideTarget.Of(new Asn((uint)random.Next(64_500, 64_506))),
                1 => OverrideTarget.OfProvider(random.Next(3) switch { 0 => "=hyperlink(1)", 1 => "+Plus", _ => "CARRIER" }),
                < 5 => OverrideTarget.Of(near),
                < 8 => OverrideTarget.Of(Prefix.Create(near, random.Next(1, near.Bits + 1))),
                _ => OverrideTarget.Of(family[random.Next(family.Count)]),
            };
            var effect = (OverrideEffect)random.Next(4);
            Category[] categories = effect switch
            {
                OverrideEffect.Suppress => [(Category)random.Next(5), Category.Bulletproof],
                OverrideEffect.Allow when random.Next(2) == 0 => [Category.Tor],
                _ => [],
            };
            return Make($"o{at:D3}", target, effect, categories);
        }));
    }

    /// <summary>What acts on an address, by looking at all entries: the slow twin.</summary>
    public static IReadOnlyList<Override> ActingOn(OverrideSet set, Judge evidence, Address address)
    {
        if (SpecialPurpose.ScopeOf(address) != AddressScope.Global)
        {
            return [];
        }
        var facts = ProfileFacts.Of(evidence, evidence.Snapshot.Find(address), AddressScope.Global, !address.IsIPv4);
        var touching = set.Entries.Where(entry => entry.Target.Kind switch
        {
            TargetKind.Asn => facts.Asn?.Asn == entry.Target.Asn,
            TargetKind.Provider => string.Equals(facts.Provider, entry.Target.Provider, StringComparison.OrdinalIgnoreCase),
            _ => entry.Target.Prefix.Contains(address),
        }).ToList();
        static int Closeness(Override entry) => entry.Target.Kind switch
        {
            TargetKind.Ip => 1_000,
            TargetKind.Prefix => 100 + entry.Target.Prefix.Length,
            TargetKind.Asn => 2,
            _ => 1,
        };
        touching.Sort((one, other) => Closeness(other).CompareTo(Closeness(one)) is var order and not 0 ? order : string.CompareOrdinal(one.Id, other.Id));
        var acting = new List<Override>();
        var (allow, block) = (touching.Find(entry => entry.Effect == OverrideEffect.Allow), touching.Find(entry => entry.Effect == OverrideEffect.Block));
        if (allow is not null || block is not null)
        {
            acting.Add(allow is null ? block! : block is null || Closeness(allow) > Closeness(block) ? allow : block);
        }
        if (touching.Find(entry => entry.Effect == OverrideEffect.Suppress) is { } suppress)
        {
            acting.Add(suppress);
        }
        return [.. acting, .. touching.Where(entry => entry.Effect == OverrideEffect.Tag)];
    }
}
