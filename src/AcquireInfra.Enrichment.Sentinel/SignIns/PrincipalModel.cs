using System.Globalization;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>The score of a principal: its worst sign-in, and what its flagged ones have together.</summary>
internal static class PrincipalModel
{
    /// <param name="scored">All sign-ins of the principal, at least one.</param>
    public static PrincipalScore Score(string principal, IReadOnlyList<ScoredSignIn> scored, CompiledSignInPolicy policy)
    {
        var together = TogetherOf(scored, policy);
        var sumTogether = together.Sum(part => part.Amount);
        // What an allow list holds has no part in what the others have together.
        double Total(ScoredSignIn one) => one.Amount + (one.Facts.IsAllowed ? 0 : sumTogether);
        var worst = scored.OrderByDescending(Total).ThenBy(one => one, Fixed.Order).First();
        List<ReasonPart> parts = [.. worst.Parts, .. worst.Facts.IsAllowed ? [] : together];
        var score = CompiledSignInPolicy.ScoreOf(parts.Sum(part => part.Amount));
        if (worst.Facts.IsAllowed)
        {
            score = Math.Min(score, policy.AllowedMost);
        }
        return new(
            principal, worst.SignIn.Kind, score, Dispositions.Of(score, policy.Given.Dispositions), SeedMatch.ScoreOf(scored), ReasonsOf(parts, score),
            worst.Mitigations,
            scored.Select(one => one.Facts.Address).Distinct().Count(),
            scored.Select(one => one.Facts.Asn).Where(asn => asn != 0).Distinct().Count(),
            scored.Select(one => one.Facts.Network).Where(network => network.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Count(),
            [.. NetworksOf(scored).Take(PrincipalScore.MaxNetworks)],
            [.. WarningsOf(scored)])
        {
            SignIns = scored,
        };
    }

    static List<ReasonPart> TogetherOf(IReadOnlyList<ScoredSignIn> scored, CompiledSignInPolicy policy)
    {
        var rotation = policy.Given.Rotation;
        var flagged = scored.Where(one => one.IsFlagged).ToList();
        var parts = new List<ReasonPart>();
        void Add(string reason, double amount, FormattableString detail)
        {
            if (amount > 0)
            {
                parts.Add(new(reason, amount, detail.ToString(CultureInfo.InvariantCulture)));
            }
        }

        var networks = NetworksOf(scored).Count();
        var counted = Math.Clamp(networks - 1, 0, rotation.MostProviders);
        Add(SignInReason.Rotation, counted * CompiledSignInPolicy.AmountOf(rotation.PerProvider), $"Its flagged sign-ins come from {networks} providers.");
        var addresses = flagged.Select(one => one.Facts.Address).Distinct().Count();
        var step = rotation.Spread.FirstOrDefault(step => addresses >= step.Addresses);
        Add(SignInReason.Spread, CompiledSignInPolicy.AmountOf(step?.Weight ?? 0), $"Its flagged sign-ins come from {addresses} addresses.");
        var denied = flagged.Where(one => one.Outcome == SignInOutcomes.MfaDenied).Select(one => one.At).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        if (flagged.Any(one => one.Outcome == SignInOutcomes.Success && one.At > denied))
        {
            Add(SignInReason.DeniedThenSuccess, CompiledSignInPolicy.AmountOf(rotation.DeniedThenSuccess), $"A sign-in succeeded after a second factor had been denied.");
        }
        return parts;
    }

    static IEnumerable<string> NetworksOf(IEnumerable<ScoredSignIn> scored) => scored
        .Where(one => one.IsFlagged && one.Facts.Network.Length > 0)
        .Select(one => one.Facts.Network)
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Order(StringComparer.OrdinalIgnoreCase);

    static List<ReasonPoints> ReasonsOf(List<ReasonPart> parts, int score)
    {
        var ordered = parts.OrderByDescending(part => part.Amount).ThenBy(part => OrderOf(part.Reason)).ThenBy(part => part.Detail, StringComparer.Ordinal).ToList();
        var points = Explainer.Shares([.. ordered.Select(part => part.Amount)], score);
        return [.. ordered.Select((part, at) => new ReasonPoints(part.Reason, points[at], part.Detail))];
    }

    static int OrderOf(string reason)
    {
        var at = 0;
        while (SignInReason.All[at] != reason)
        {
            at++;
        }
        return at;
    }

    // What nobody looked at is not clean, and says so.
    static IEnumerable<string> WarningsOf(IReadOnlyList<ScoredSignIn> scored)
    {
        static string Of(int count, int all) => string.Create(CultureInfo.InvariantCulture, $"{count} of {all} sign-ins");
        var all = scored.Count;
        var unassessed = scored.Where(one => one.Facts.IsJudged && one.Facts.Report.Unassessed.Count > 0).ToList();
        if (unassessed.Count > 0)
        {
            var categories = unassessed.SelectMany(one => one.Facts.Report.Unassessed).Distinct().Order().Select(category => category.Word());
            yield return $"{Of(unassessed.Count, all)}: the address is not assessed for {string.Join(", ", categories)}, for lack of a fresh source; that is not clean.";
        }
        if (scored.Count(one => !one.Facts.IsJudged) is > 0 and var special)
        {
            yield return $"{Of(special, all)}: the address is not global and is not judged.";
        }
        if (scored.Count(one => one.IpMayBeInherited) is > 0 and var inherited)
        {
            yield return $"{Of(inherited, all)}: non-interactive and of a confidential client, so that the address may be that of the sign-in before it.";
        }
        if (scored.Count(one => one.Facts.IsJudged && one.Novelty == Novelty.Unknown) is > 0 and var unknown)
        {
            yield return $"{Of(unknown, all)}: no baseline tells whether the network is new.";
        }
        if (scored.Count(one => string.IsNullOrEmpty(one.SignIn.Entry.ResultType)) is > 0 and var without)
        {
            yield return $"{Of(without, all)}: without a result code, counted as a success.";
        }
    }

    /// <summary>An order of sign-ins that total alike, which does not depend on the order in which they were sent.</summary>
    sealed class Fixed : IComparer<ScoredSignIn>
    {
        public static Fixed Order { get; } = new();

        public int Compare(ScoredSignIn? x, ScoredSignIn? y)
        {
            var (left, right) = (x!, y!);
            return left.At.CompareTo(right.At) is var byTime and not 0 ? byTime
                : left.Facts.Address.CompareTo(right.Facts.Address) is var byAddress and not 0 ? byAddress
                : string.CompareOrdinal(KeyOf(left), KeyOf(right));
        }

        static string KeyOf(ScoredSignIn one) => string.Join('|', one.Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Reason} {part.Amount:R} {part.Detail}")));
    }
}
