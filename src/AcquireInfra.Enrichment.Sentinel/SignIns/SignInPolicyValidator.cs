using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>What a sign-in policy must keep so that the laws of scoring hold: bounded, and more risk never lower.</summary>
internal static class SignInPolicyValidator
{
    public static IEnumerable<string> FaultsOf(SignInPolicy policy)
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
        var (watch, triage, contain) = policy.Dispositions;
        Require(0 < watch && watch < triage && triage < contain && contain <= 100, "dispositions: rising, 1 to 100.");
        Require(policy.FlaggedFrom is >= 1 and <= 100, "flaggedFrom: 1 to 100.");
        AreCategories(policy.Infrastructure, "infrastructure", Require);
        AreCategories(policy.NeverNovel, "neverNovel", Require);
        AreCategories(policy.NeverDampened, "neverDampened", Require);
        AreCategories(policy.NeverAllowed, "neverAllowed", Require);
        AreCategories(policy.Dampening.Categories.Keys, "dampening.categories", Require);

        // A category that makes a network never novel, or a crowd of its users, is no risk; else more risk could lower a score.
        var benign = policy.NeverNovel.Concat(policy.Dampening.Categories.Keys).ToList();
        Require(!benign.Any(policy.Infrastructure.Contains), "neverNovel, dampening.categories: none of infrastructure.");
        Require(policy.NeverDampened.Concat(policy.NeverAllowed).All(policy.Infrastructure.Contains), "neverDampened, neverAllowed: some of infrastructure.");
        var novelty = policy.Novelty;
        Weights([novelty.UserOnInfrastructure, novelty.UserElsewhere, novelty.WorkloadOnInfrastructure, novelty.WorkloadElsewhere], "novelty", Require);
        Require(
            novelty.UserElsewhere <= novelty.UserOnInfrastructure && novelty.WorkloadElsewhere <= novelty.WorkloadOnInfrastructure,
            "novelty: not more elsewhere than on infrastructure.");
        Require(novelty is { KnownAfterDays: >= 1 and <= 365, KnownAfterDaysSeen: >= 1 and <= 365 }, "novelty.knownAfterDays, knownAfterDaysSeen: 1 to 365.");
        Require(
            policy.Context.Keys.Order(StringComparer.Ordinal).SequenceEqual(SignInReason.Context.Order(StringComparer.Ordinal)),
            $"context: each of {string.Join(", ", SignInReason.Context)}.");
        Require(
            policy.Context.Values.All(weight => weight is { Own: >= 0 and < 1, Boost: >= 0 and <= 10 }), "context: own from 0 and below 1, boost from 0 to 10.");
        var dampening = policy.Dampening;
        double[] habits = [dampening.KnownNetwork, dampening.CompliantDevice, dampening.ManagedDevice, dampening.TrustedLocation, dampening.InheritedAddress];
        Require(habits.Concat(dampening.Categories.Values).Append(policy.AllowFactor).All(factor => factor is >= 0 and <= 1), "dampening, allowFactor: 0 to 1.");
        Outcomes(policy.Outcomes, Require);
        Weights([.. policy.RiskEvents.Weights.Values, policy.RiskEvents.Other], "riskEvents", Require);
        Rotation(policy.Rotation, Require);
        Texts(policy.ManagementApps.Ids, "managementApps.ids", Require);
        Texts(policy.ManagementApps.Names, "managementApps.names", Require);
        Texts(policy.PrivilegedRoles, "privilegedRoles", Require);
        Texts(policy.LegacyClients, "legacyClients", Require);
        Texts(policy.ToolUserAgents, "toolUserAgents", Require);
        return faults;
    }

    static void Outcomes(OutcomePolicy outcomes, Action<bool, string> require)
    {
        require(
            outcomes.Factors.Keys.Order(StringComparer.Ordinal).SequenceEqual(SignInOutcomes.All.Order(StringComparer.Ordinal))
                && outcomes.Factors.Values.All(factor => factor is >= 0 and <= 1),
            $"outcomes.factors: 0 to 1 for each of {string.Join(", ", SignInOutcomes.All)}.");
        require(outcomes.Codes.Values.All(SignInOutcomes.All.Contains), $"outcomes.codes: each one of {string.Join(", ", SignInOutcomes.All)}.");
    }

    static void Rotation(RotationPolicy rotation, Action<bool, string> require)
    {
        Weights([rotation.PerProvider, rotation.DeniedThenSuccess, .. rotation.Spread.Select(step => step?.Weight ?? -1)], "rotation", require);
        require(rotation.MostProviders is >= 0 and <= 100, "rotation.mostProviders: 0 to 100.");
        var sound = rotation.Spread.All(step => step is { Addresses: >= 2 });
        for (var at = 1; sound && at < rotation.Spread.Count; at++)
        {
            sound &= rotation.Spread[at].Addresses < rotation.Spread[at - 1].Addresses && rotation.Spread[at].Weight <= rotation.Spread[at - 1].Weight;
        }
        require(sound, "rotation.spread: from 2 addresses, falling, with weights that do not rise.");
    }

    // A weight of 1 would be certainty: -ln(0) is infinite, and nothing would add up any more.
    static void Weights(IReadOnlyCollection<double> weights, string member, Action<bool, string> require) =>
        require(weights.All(weight => weight is >= 0 and < 1), $"{member}: weights from 0 and below 1.");

    static void AreCategories(IEnumerable<string> words, string member, Action<bool, string> require) =>
        require(words.All(Categories.All.Contains), $"{member}: categories.");

    static void Texts(IReadOnlyList<string> texts, string member, Action<bool, string> require) =>
        require(texts.All(text => text is { Length: > 0 }), $"{member}: no empty text.");
}
