namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What a policy must keep so that the laws of scoring hold: bounded, more specific never lower, older never higher.</summary>
internal static class PolicyValidator
{
    public static IEnumerable<string> FaultsOf(Policy policy)
    {
        var faults = new List<string>();
        void Require(bool condition, string otherwise)
        {
            if (!condition)
            {
                faults.Add(otherwise);
            }
        }

        faults.AddRange(PolicyText.FaultOfVersion(policy.Version) is { } fault ? [fault] : []);
        Shares(policy.Weights, "weights", Categories.All, Require, mustBeComplete: false);
        Shares(policy.Specificity.AsnOnly, "specificity.asnOnly", Categories.All, Require, mustBeComplete: true);
        Shares(policy.Specificity.InAccess, "specificity.inAccess", Categories.All, Require, mustBeComplete: false);
        Shares(policy.BasisReliability, "basisReliability", BasisWords, Require, mustBeComplete: true);
        Require(policy.Specificity.AsnOnlyCertain is >= 0 and <= 1, "specificity.asnOnlyCertain: 0 to 1.");
        Steps(policy.Specificity.IPv4, "specificity.ipv4", 32, Require);
        Steps(policy.Specificity.IPv6, "specificity.ipv6", 128, Require);
        Require(policy.PresentAt is > 0 and <= 1, "presentAt: above 0, at most 1.");
        Require(policy.CarrierRoles.All(word => AsnRoles.TryParseRole(word, out _)), "carrierRoles: roles.");
        foreach (var word in Categories.All)
        {
            var sound = policy.Ageing.TryGetValue(word, out var ageing)
                && ageing is { HoldOffDays: >= 0, HalfLifeDays: > 0 and <= MostDays, MaxAgeDays: > 0 and <= MostDays } && ageing.MaxAgeDays >= ageing.HoldOffDays;
            Require(sound, $"ageing.{word}: holdOffDays from 0, halfLifeDays above 0, maxAgeDays not below holdOffDays, all at most {MostDays}.");
        }
        Require(policy.Ageing.Keys.All(Categories.All.Contains), "ageing: categories only.");
        Require(policy.CategoryOrder.Order().SequenceEqual(Categories.All.Order()), "categoryOrder: every category once.");
        Require(policy.Assessed.All(Categories.All.Contains), "assessed: categories only.");
        Require(policy.Dampening.All(rule => rule is not null && Categories.All.Contains(rule.Where) && Categories.All.Contains(rule.Dampens)
            && rule.Where != rule.Dampens && rule.Factor is >= 0 and <= 1), "dampening: two categories and a factor from 0 to 1.");
        Require(policy.Verdicts.All(rule => rule is not null && VerdictKinds.TryParse(rule.Verdict, out _) && rule.Categories.All(Categories.All.Contains)),
            $"verdicts: one of {string.Join(", ", VerdictKinds.All)}, and categories.");
        var (low, medium, high, critical) = policy.Levels;
        Require(0 < low && low < medium && medium < high && high < critical && critical <= 100, "levels: rising, 1 to 100.");
        Require(policy.Confidence.Coverage.All(weight => Categories.All.Contains(weight.Key) && weight.Value >= 0)
            && policy.Confidence.Coverage.Values.Sum() > 0, "confidence.coverage: weights of categories, not all 0.");
        Require(policy.Confidence.AgreementWithoutEvidence is >= 0 and <= 1, "confidence.agreementWithoutEvidence: 0 to 1.");
        var overrides = policy.Overrides ?? OverridePolicy.Default;
        Require(overrides.AllowFactor is >= 0 and <= 1, "overrides.allowFactor: 0 to 1.");
        Require(overrides.BlockFloor is >= 0 and <= 100, "overrides.blockFloor: 0 to 100.");
        Require(overrides.NeverAllowed.All(OverridePolicy.Default.NeverAllowed.Contains), "overrides.neverAllowed: some of tor, bulletproof and abuse.");
        return faults;
    }

    const int MostDays = 36_500;

    static readonly string[] BasisWords = ["certain", "knowledge", "brand", "name", "inferred"];

    static void Shares(
        IReadOnlyDictionary<string, double> shares, string member, IReadOnlyList<string> words, Action<bool, string> require, bool mustBeComplete)
    {
        // A weight of 1 would make a score of 100 whose parts no longer add up: -ln(0) is infinite.
        require(shares.Values.All(share => share is >= 0 and <= 1) && (member != "weights" || shares.Values.All(share => share < 1)),
            $"{member}: 0 to 1{(member == "weights" ? ", 1 excluded" : "")}.");
        require(shares.Keys.All(words.Contains) && (!mustBeComplete || words.All(shares.ContainsKey)),
            $"{member}: {(mustBeComplete ? "each" : "some")} of {string.Join(", ", words)}.");
    }

    static void Steps(IReadOnlyList<SpecificityStep> steps, string member, int bits, Action<bool, string> require)
    {
        var sound = steps.Count > 0 && steps.All(step => step is not null) && steps[^1].MinLength == 0 && steps.All(step => step.MinLength <= bits && step.Factor is >= 0 and <= 1);
        for (var at = 1; sound && at < steps.Count; at++)
        {
            sound &= steps[at].MinLength < steps[at - 1].MinLength && steps[at].Factor <= steps[at - 1].Factor;
        }
        require(sound, $"{member}: lengths falling to 0 and factors from 0 to 1 that never rise with them.");
    }
}
