using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>
/// How much each claim of a snapshot counts at one hour, and what each source still covers then; or each source at its own
/// date, as a watchlist takes them.
/// </summary>
internal sealed class ClaimWeights
{
    readonly Snapshot _snapshot;
    readonly CompiledPolicy _policy;
    readonly DateTimeOffset? _at;
    readonly bool[] _counts;
    readonly (double Strength, double Decay)[]? _all;

    /// <param name="at">The hour; null for each source's own date.</param>
    /// <param name="remember">Whether to work all claims out beforehand; else each when it is asked for.</param>
    /// <param name="counts">Which sources are listened to; claims of the others have no strength.</param>
    public ClaimWeights(Snapshot snapshot, CompiledPolicy policy, DateTimeOffset? at, bool remember, Func<SourceInfo, bool> counts)
    {
        (_snapshot, _policy, _at) = (snapshot, policy, at);
        _counts = [.. snapshot.Sources.Select(counts)];
        _all = remember ? [.. Enumerable.Range(0, snapshot.ClaimCount).Select(claim => Of(snapshot.ClaimAt((uint)claim)))] : null;
    }

    /// <summary>The same as <see cref="Of"/>, for a claim whose index is known.</summary>
    public (double Strength, double Decay) At(int index, Claim claim) => _all is null ? Of(claim) : _all[index];

    /// <summary>Strength = reliability × confidence × specificity × decay, 0..1.</summary>
    public (double Strength, double Decay) Of(Claim claim)
    {
        if (!_counts[claim.Source])
        {
            return default;
        }
        var source = _snapshot.Sources[claim.Source];
        var category = (Category)claim.Category;
        var isCertain = claim.Basis == (byte)RoleBasis.Certain || source.Authoritative;
        var specificity = claim.PrefixLength == Claim.WholeAsn ? _policy.AsnOnlySpecificity(category, isCertain)
            : source.Authoritative ? 1
            : _policy.Specificity(claim.PrefixLength, claim.IsIPv6 == 1);
        var decay = DecayOf(source, category, SeenAt(claim, source));
        return (ReliabilityOf(claim) * specificity * decay, decay);
    }

    /// <summary>Of the source, its basis where it is a role, and the record's own confidence: 0..1.</summary>
    public double ReliabilityOf(Claim claim) => _snapshot.Sources[claim.Source].ReliabilityOf((Category)claim.Category)
        * _policy.BasisReliability((RoleBasis)claim.Basis) * claim.Confidence / 100;

    public static DateTimeOffset SeenAt(Claim claim, SourceInfo source) =>
        claim.LastSeenHour == 0 ? source.AsOf : DateTimeOffset.FromUnixTimeSeconds(claim.LastSeenHour * 3600L);

    double DecayOf(SourceInfo source, Category category, DateTimeOffset seenAt)
    {
        var ageing = _policy.Ageing(category);
        var days = ((_at ?? source.AsOf) - seenAt).TotalDays - (source.HoldOff?.TotalDays ?? ageing.HoldOffDays);
        return days <= 0 ? 1 : Math.Pow(2, -days / ageing.HalfLifeDays);
    }

    /// <summary>Categories of which a source shows that an address it does not list is not in them.</summary>
    public CategorySet CoveredBy(SourceInfo source)
    {
        var covered = CategorySet.Empty;
        foreach (var category in CompiledPolicy.SetOf(source.Covers).Members())
        {
            covered = IsFresh(source, category) ? covered.With(category) : covered;
        }
        return covered;
    }

    public bool IsFresh(SourceInfo source, Category category) =>
        (_at ?? source.AsOf) - source.AsOf <= (source.MaxAge ?? TimeSpan.FromDays(_policy.Ageing(category).MaxAgeDays));
}
