using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>
/// Overrides: after the evidence, before the score. Evidence, raw score and confidence stay what they are.
/// <code>
/// suppress   p of its categories is 0, and they are not present
/// allow      score = kept + 0.1 · (score − kept)    kept: the score of tor, bulletproof and abuse alone, those left out that it names
/// block      score = max(score, 90)
/// </code>
/// </summary>
public sealed partial class Judge
{
    // By profile; null where it was not asked for yet.
    Names?[]? _named;
    Names? _namedOfUnknown;

    /// <summary>Those in force; the empty set where none are.</summary>
    public OverrideSet Overrides { get; private set; }

    /// <summary>The judge by the same snapshot, policy and hour under other overrides. What is remembered of the evidence is shared.</summary>
    public Judge With(OverrideSet overrides)
    {
        var other = (Judge)MemberwiseClone();
        (other.Overrides, other._namedOfUnknown, other._otherHours) = (overrides, null, null);
        other._named = other.NewNamed();
        return other;
    }

    /// <summary>What acts at a global address whose profile was found already; null where no override touches it, and nearly always.</summary>
    public OverrideMatch? MatchOf(Address address, uint profile) => Overrides.IsEmpty ? null : FindMatch(address, profile);

    /// <summary>The same for an address of any scope: overrides touch global ones only.</summary>
    public OverrideMatch? MatchOf(Address address) => Overrides.IsEmpty || SpecialPurpose.ScopeOf(address) != AddressScope.Global
        ? null
        : FindMatch(address, Snapshot.Find(address));

    /// <summary>What acts on a segment that <see cref="SegmentsIn"/> gave; the same for all of its addresses.</summary>
    public OverrideMatch? MatchOf(in ScopedSegment segment) => segment.IsGlobal ? MatchOf(segment.First, segment.Profile) : null;

    /// <summary>The segments of a range, cut so that all addresses of one get the same verdict.</summary>
    public IEnumerable<ScopedSegment> SegmentsIn(AddressRange range) =>
        Overrides.IsEmpty ? Snapshot.ScopedSegmentsIn(range) : Overrides.Cut(Snapshot.ScopedSegmentsIn(range));

    /// <summary>The verdict on addresses of a profile where overrides act.</summary>
    /// <returns>With the points that a block adds to those of the evidence.</returns>
    public (Verdict Verdict, int Points) Overridden(uint profile, bool isIPv6, OverrideMatch match)
    {
        Span<double> probabilities = stackalloc double[Categories.Count];
        Combine(Snapshot.ProfileAt(profile).Word, probabilities);
        return Overridden(VerdictOf(profile, isIPv6), probabilities, match);
    }

    (Verdict Verdict, int Points) Overridden(Verdict evidence, Span<double> probabilities, OverrideMatch match)
    {
        var present = Suppress(match, probabilities);
        var own = Score(probabilities, present, match);
        var score = match.IsBlock ? Math.Max(own, _policy.BlockFloor) : own;
        var verdict = new Verdict(
            score, evidence.RawScore, evidence.Confidence, _policy.LevelOf(score), _policy.KindOf(present), present, evidence.Assessed);
        return (verdict, score - own);
    }

    /// <summary>Takes away what does not count.</summary>
    /// <returns>The categories that are left.</returns>
    internal CategorySet Suppress(OverrideMatch? match, Span<double> probabilities)
    {
        foreach (var category in (match?.Suppressed ?? CategorySet.Empty).Members())
        {
            probabilities[(int)category] = 0;
        }
        return PresentIn(probabilities);
    }

    /// <summary>The score before a block lifts it.</summary>
    internal int Score(ReadOnlySpan<double> probabilities, CategorySet dampening, OverrideMatch? match)
    {
        if (match?.Decides is not { Effect: OverrideEffect.Allow } allow)
        {
            return Score(probabilities, dampening);
        }
        Span<double> parts = stackalloc double[Categories.Count];
        Parts(probabilities, dampening, parts);
        var (kept, all) = (ScoreOf(parts, KeptBy(allow)), ScoreOf(parts, ~CategorySet.Empty));
        return (int)Math.Round(kept + _policy.AllowFactor * (all - kept), MidpointRounding.AwayFromZero);
    }

    /// <summary>Parts of the score as an allow leaves them, in proportion to what each category adds.</summary>
    internal void Dampen(OverrideMatch? match, Span<double> parts)
    {
        if (match?.Decides is not { Effect: OverrideEffect.Allow } allow)
        {
            return;
        }
        var keptSet = KeptBy(allow);
        var (kept, all) = (ScoreOf(parts, keptSet), ScoreOf(parts, ~CategorySet.Empty));
        var (keptSum, otherSum) = (SumOf(parts, keptSet), SumOf(parts, ~keptSet));
        for (var category = 0; category < parts.Length; category++)
        {
            parts[category] = parts[category] == 0 ? 0
                : keptSet.Has((Category)category) ? kept * parts[category] / keptSum
                : _policy.AllowFactor * (all - kept) * parts[category] / otherSum;
        }
    }

    CategorySet KeptBy(Override allow) => _policy.NeverAllowed & ~allow.Categories;

    // Not rounded.
    static double ScoreOf(ReadOnlySpan<double> parts, CategorySet of) => 100 * (1 - Math.Exp(-SumOf(parts, of)));

    static double SumOf(ReadOnlySpan<double> parts, CategorySet of)
    {
        var sum = 0.0;
        for (var category = 0; category < parts.Length; category++)
        {
            sum += of.Has((Category)category) ? parts[category] : 0;
        }
        return sum;
    }

    OverrideMatch? FindMatch(Address address, uint profile)
    {
        var names = Overrides.HasNamed ? NamesOf(profile, !address.IsIPv4) : Names.None;
        return Overrides.MatchOf(Overrides.ChainOf(address), names.Asn, names.Provider);
    }

    Names?[]? NewNamed() => _verdicts is null || !Overrides.HasNamed ? null : new Names[_verdicts.Length];

    // Two threads may both find them: they find the same.
    Names NamesOf(uint profile, bool isIPv6)
    {
        if (_named is null)
        {
            return FindNames(profile, isIPv6);
        }
        ref var slot = ref profile == 0 && isIPv6 ? ref _namedOfUnknown : ref _named[profile];
        if (Volatile.Read(ref slot) is { } known)
        {
            return known;
        }
        var names = FindNames(profile, isIPv6);
        Volatile.Write(ref slot, names);
        return names;
    }

    Names FindNames(uint profile, bool isIPv6)
    {
        var word = Snapshot.ProfileAt(profile).Word;
        var asn = _usesAsns ? Snapshot.AsnNumberAndName(word).Number : 0;
        var provider = Overrides.HasProviders ? Snapshot.Text(ProviderOf(word, VerdictOf(profile, isIPv6).Present)) : "";
        return (Overrides.IsOn(asn), Overrides.IsOn(provider)) switch
        {
            (false, false) => Names.None,
            (var isOnAsn, var isOnProvider) => new(isOnAsn ? asn : 0, isOnProvider ? provider : ""),
        };
    }

    /// <summary>ASN and provider of a profile, where overrides are on them.</summary>
    sealed record Names(uint Asn, string Provider)
    {
        public static Names None { get; } = new(0, "");
    }
}
