using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>Tells how a verdict came about: the judge's own numbers, with their evidence and in words.</summary>
public static class Explainer
{
    public static VerdictReport Explain(this Judge judge, Address address) => judge.Explain(address, LiveFindings.None);

    /// <param name="live">What was found out about this address beyond the snapshot; it does not reach an embedded address.</param>
    public static VerdictReport Explain(this Judge judge, Address address, LiveFindings live)
    {
        var scope = SpecialPurpose.ScopeOf(address);
        var embedded = EmbeddedIPv4.In(address) is { } inside ? new EmbeddedReport(inside.Scheme, judge.Explain(inside.Address)) : null;
        var index = judge.Snapshot.Find(address);
        var profile = judge.Snapshot.ProfileAt(index);
        Prefix? network = profile.NetworkLength > 0 ? Prefix.Create(address, profile.NetworkLength) : null;
        var match = scope == AddressScope.Global ? judge.MatchOf(address, index) : null;
        var (verdict, asn, provider, categories, applied) = ProfileFacts.Of(judge, index, scope, !address.IsIPv4, match);
        if (scope == AddressScope.Global && live != LiveFindings.None)
        {
            (verdict, var lifted) = judge.VerdictWith(live, index, !address.IsIPv4, match);
            applied = match is null ? null : new(match, lifted);
            categories = [.. judge.Policy.Order.Where(category => verdict.Present.Has(category))];
        }
        if (scope != AddressScope.Global)
        {
            var why = ReasonText.OfSpecial(scope, SpecialPurpose.EntryOf(address)?.Name, embedded);
            return new(address, scope, network, asn, Verdict.Special, null, [], why, [], [], [], embedded, null, DataAgeOf(judge, asn, []));
        }
        var points = PointsOf(judge, profile, address, asn, verdict, applied, live);
        provider = live == LiveFindings.None ? provider : ProviderOf(categories, points) ?? provider;
        var unassessed = judge.Policy.Order.Where(category => judge.Policy.Assessed.Has(category) && verdict.Is(category) is null).ToList();
        var reason = ReasonText.Of(judge.At, asn, categories, points, provider, unassessed, match);
        return new(
            address, scope, network, asn, verdict, provider, categories, reason, points, unassessed, WarningsOf(judge, points), embedded,
            applied, DataAgeOf(judge, asn, points));
    }

    // The brand of the strongest evidence that names one, of the most telling category, as in the snapshot alone.
    static string? ProviderOf(IReadOnlyList<Category> categories, List<CategoryPoints> points) => categories
        .Select(category => points.First(row => row.Category == category).Evidence.FirstOrDefault(evidence => evidence is { Provider: not null, Strength: > 0 })?.Provider)
        .FirstOrDefault(provider => provider is not null);

    // The oldest source that the answer rests on: the ASN table where it gave the ASN, and those whose evidence counts.
    static TimeSpan DataAgeOf(Judge judge, AsnInfo? asn, IReadOnlyList<CategoryPoints> points)
    {
        var used = points.SelectMany(row => row.Evidence).Where(evidence => evidence.Strength > 0).Select(evidence => evidence.Source);
        var tables = judge.Snapshot.Sources.Where(source => source.Kind == SourceKind.AsnTable && asn is not null);
        var oldest = used.Concat(tables).Select(source => source.AsOf).DefaultIfEmpty(judge.Snapshot.DataAsOf).Min();
        return judge.At > oldest ? judge.At - oldest : TimeSpan.Zero;
    }

    static List<CategoryPoints> PointsOf(
        Judge judge, Profile profile, Address address, AsnInfo? asn, Verdict verdict, AppliedOverride? applied, LiveFindings live)
    {
        Span<double> claimed = stackalloc double[Categories.Count];
        Span<double> probabilities = stackalloc double[Categories.Count];
        Span<double> parts = stackalloc double[Categories.Count];
        _ = live == LiveFindings.None ? judge.Combine(profile.Word, claimed) : judge.Combine(profile.Word, live, claimed);
        claimed.CopyTo(probabilities);
        judge.Suppress(applied?.Match, probabilities);
        judge.Parts(probabilities, verdict.Present, parts);
        judge.Dampen(applied?.Match, parts);
        var evidence = EvidenceOf(judge, profile, address, asn, live);
        var shares = Shares(parts, verdict.Score - (applied?.Points ?? 0));
        var rows = new List<(double Part, CategoryPoints Row)>();
        foreach (var group in evidence)
        {
            var category = (int)group.Key;
            var withoutIt = ScoreWithout(judge, probabilities, category, applied?.Match);
            rows.Add((parts[category], new((Category)category, shares[category], claimed[category], withoutIt, [.. group])));
        }
        return [.. rows.OrderByDescending(row => row.Part).ThenBy(row => row.Row.Category).Select(row => row.Row)];
    }

    // In closed form: the same sum with one probability left out, and with what its presence dampened given back.
    static int ScoreWithout(Judge judge, ReadOnlySpan<double> probabilities, int category, OverrideMatch? match)
    {
        Span<double> others = stackalloc double[Categories.Count];
        probabilities.CopyTo(others);
        others[category] = 0;
        var score = judge.Score(others, judge.PresentIn(others), match);
        return match?.IsBlock == true ? Math.Max(score, judge.Policy.BlockFloor) : score;
    }

    /// <summary>Shares a whole score out in proportion to parts: largest remainder, the first of equals, so that they add up to it.</summary>
    public static int[] Shares(ReadOnlySpan<double> parts, int score)
    {
        var sum = 0.0;
        foreach (var part in parts)
        {
            sum += part;
        }
        var shares = new int[parts.Length];
        if (sum == 0)
        {
            return shares;
        }
        var remainders = new (double Remainder, int Index)[parts.Length];
        var given = 0;
        for (var index = 0; index < parts.Length; index++)
        {
            var exact = score * parts[index] / sum;
            shares[index] = (int)exact;
            given += shares[index];
            remainders[index] = (-(exact - shares[index]), index);
        }
        Array.Sort(remainders);
        for (var at = 0; given < score; at++, given++)
        {
            shares[remainders[at].Index]++;
        }
        return shares;
    }

    static IEnumerable<IGrouping<Category, Evidence>> EvidenceOf(Judge judge, Profile profile, Address address, AsnInfo? asn, LiveFindings live)
    {
        var claims = judge.Snapshot.ClaimsOf(profile.Word);
        var all = new List<(Category Category, Evidence Evidence)>();
        foreach (var index in claims.OnPrefixes)
        {
            all.Add(EvidenceOf(judge, profile, judge.Snapshot.ClaimAt(index), address, asn));
        }
        foreach (var index in claims.OnAsn)
        {
            all.Add(EvidenceOf(judge, profile, judge.Snapshot.ClaimAt(index), address, asn));
        }
        all.AddRange(live.Evidence.Select(found => (found.Category, new Evidence(
            found.Source, Prefix.Create(address, address.Bits), null, found.Provider, null, found.Source.AsOf, found.Source.ReliabilityOf(found.Category), judge.StrengthOf(profile.Word, found)))));
        GC.KeepAlive(judge.Snapshot);
        return all.OrderByDescending(row => row.Evidence.Strength).ThenBy(row => row.Evidence.Source.Id, StringComparer.Ordinal)
            .GroupBy(row => row.Category, row => row.Evidence);
    }

    static (Category Category, Evidence Evidence) EvidenceOf(Judge judge, Profile profile, Claim claim, Address address, AsnInfo? asn)
    {
        var source = judge.Snapshot.Sources[claim.Source];
        var isWholeAsn = claim.PrefixLength == Claim.WholeAsn;
        var named = judge.Snapshot.Text(claim.Provider);
        var provider = named.Length > 0 ? named : claim.Basis != 0 && asn is { Provider.Length: > 0 } ? asn.Provider : null;
        return ((Category)claim.Category, new Evidence(
            source,
            isWholeAsn ? null : Prefix.Create(address, claim.PrefixLength),
            isWholeAsn ? asn?.Asn : null,
            provider,
            claim.FirstSeenHour == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(claim.FirstSeenHour * 3600L),
            ClaimWeights.SeenAt(claim, source),
            judge.Weights.ReliabilityOf(claim),
            judge.Weights.Of(claim).Strength * judge.FactorIn(profile.Word, claim)));
    }

    static List<string> WarningsOf(Judge judge, List<CategoryPoints> points) => [.. points
        .SelectMany(row => row.Evidence.Select(evidence => (row.Category, evidence.Source)))
        .Where(pair => !judge.Weights.IsFresh(pair.Source, pair.Category))
        .Select(pair => $"{pair.Source.Id}: data of {pair.Source.AsOf:yyyy-MM-dd} is past its maximum age and no longer covers {pair.Category.Word()}.")
        .Distinct()
        .Order(StringComparer.Ordinal)
        .Concat(judge.Caveat is { } caveat ? [caveat] : [])];
}
