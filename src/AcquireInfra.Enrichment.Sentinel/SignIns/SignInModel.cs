using System.Globalization;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>The score of one sign-in.</summary>
internal static class SignInModel
{
    public static ScoredSignIn Score(
        SignIn signIn, AddressFacts facts, bool isPrivileged, Baseline baseline, DateTimeOffset at, CompiledSignInPolicy policy)
    {
        var entry = signIn.Entry;
        var outcome = policy.OutcomeOf(entry.ResultType);
        var novelty = facts.IsJudged ? baseline.Of(signIn.Principal, facts.Provider, facts.Asn, at, policy.Given.Novelty) : Novelty.Unknown;
        var isInherited = entry is { IsConfidentialClient: true, IsInteractive: false };
        var mitigations = MitigationsOf(entry, facts, novelty, isInherited, policy);
        var habit = mitigations.Aggregate(1.0, (product, mitigation) => product * mitigation.Factor);
        var parts = new List<ReasonPart>();
        var @base = AddBase(signIn, facts, novelty, habit, policy, parts);
        foreach (var (reason, detail) in CircumstancesOf(entry, isPrivileged, outcome, policy))
        {
            var (own, boost) = policy.Context[reason];
            parts.Add(new(reason, own + boost * @base, detail));
        }
        foreach (var riskEvent in EventsOf(entry).Where(riskEvent => !policy.OfAddress.Contains(riskEvent)))
        {
            parts.Add(new(SignInReason.RiskEvent, AmountOf(riskEvent, policy), $"Entra ID detected {SafeText.Shown(riskEvent)}."));
        }
        var kept = KeptBy(facts, outcome, mitigations, policy);
        parts = Keep(parts, kept, facts.IsAllowed ? policy.AllowedMost : 100);
        var isFlagged = !facts.IsAllowed && !facts.IsOwnEgress && CompiledSignInPolicy.ScoreOf(parts.Sum(part => part.Amount)) >= policy.Given.FlaggedFrom;
        return new(signIn, at, facts, outcome, novelty, isInherited, isFlagged, parts, mitigations);
    }

    // What the caller's own people come from says nothing of them; what is blocked or cannot be made better is as bad as ever.
    static List<Mitigation> MitigationsOf(SignInEntry entry, AddressFacts facts, Novelty novelty, bool isInherited, CompiledSignInPolicy policy)
    {
        if (facts.IsOwnEgress)
        {
            return [new(SignInMitigation.OwnEgress, 0)];
        }
        var found = new List<Mitigation>();
        if (facts.IsBlocked || !(facts.Present & policy.NeverDampened).IsEmpty)
        {
            return found;
        }
        var factors = policy.Given.Dampening;
        if (novelty == Novelty.Known)
        {
            found.Add(new(SignInMitigation.KnownNetwork, factors.KnownNetwork));
        }
        if (entry.DeviceCompliant == true)
        {
            found.Add(new(SignInMitigation.CompliantDevice, factors.CompliantDevice));
        }
        else if (entry.DeviceManaged == true)
        {
            found.Add(new(SignInMitigation.ManagedDevice, factors.ManagedDevice));
        }
        if (entry.TrustedLocation == true)
        {
            found.Add(new(SignInMitigation.TrustedLocation, factors.TrustedLocation));
        }
        if (isInherited)
        {
            found.Add(new(SignInMitigation.InheritedAddress, factors.InheritedAddress));
        }
        foreach (var (category, factor) in policy.Shared.Where(shared => facts.Present.Has(shared.Category)).Take(1))
        {
            found.Add(new(SignInMitigation.SharedAddress, factor));
        }
        return found;
    }

    /// <returns>The amount that circumstances boost.</returns>
    static double AddBase(SignIn signIn, AddressFacts facts, Novelty novelty, double habit, CompiledSignInPolicy policy, List<ReasonPart> parts)
    {
        // A score of 100 stands for the most that can be said with whole points.
        var address = habit * CompiledSignInPolicy.AmountOf(Math.Min(facts.Score / 100.0, 0.995));
        if (address > 0)
        {
            parts.Add(new(SignInReason.Address, address, string.Create(CultureInfo.InvariantCulture, $"{facts.Address} has score {facts.Score}. {facts.Report.Reason}")));
        }
        var @base = address;
        var worst = EventsOf(signIn.Entry).Where(policy.OfAddress.Contains).OrderByDescending(riskEvent => AmountOf(riskEvent, policy)).FirstOrDefault();
        if (worst is not null && !facts.IsOwnEgress && AmountOf(worst, policy) - address is > 0 and var beyond)
        {
            parts.Add(new(SignInReason.AddressRiskEvent, beyond, $"Entra ID detected {SafeText.Shown(worst)} at {facts.Address}."));
            @base += beyond;
        }
        if (novelty == Novelty.New && (facts.Present & policy.NeverNovel).IsEmpty && habit * NoveltyOf(signIn.Kind, facts, policy) is > 0 and var isNew)
        {
            parts.Add(new(SignInReason.NewNetwork, isNew, $"The {Noun(signIn.Kind)} was never seen in {SafeText.Shown(facts.Network)} before."));
            @base += isNew;
        }
        return @base;
    }

    static double NoveltyOf(PrincipalKind kind, AddressFacts facts, CompiledSignInPolicy policy)
    {
        var isInfrastructure = facts.IsBlocked || !(facts.Present & policy.Infrastructure).IsEmpty;
        var novelty = policy.Given.Novelty;
        return CompiledSignInPolicy.AmountOf((kind == PrincipalKind.User, isInfrastructure) switch
        {
            (true, true) => novelty.UserOnInfrastructure,
            (true, false) => novelty.UserElsewhere,
            (false, true) => novelty.WorkloadOnInfrastructure,
            (false, false) => novelty.WorkloadElsewhere,
        });
    }

    static IEnumerable<(string Reason, string Detail)> CircumstancesOf(SignInEntry entry, bool isPrivileged, string outcome, CompiledSignInPolicy policy)
    {
        if (isPrivileged)
        {
            yield return (SignInReason.PrivilegedRole, "The principal has a privileged role.");
        }
        if (policy.ManagementIds.Contains(entry.AppId ?? "") || policy.ManagementNames.Contains(entry.AppName ?? ""))
        {
            yield return (SignInReason.ManagementApp, $"The application is {SafeText.Shown(entry.AppName ?? entry.AppId!)}, which changes the tenant or its clouds.");
        }
        if ("deviceCode".Equals(entry.Protocol, StringComparison.OrdinalIgnoreCase))
        {
            yield return (SignInReason.DeviceCode, "It used a device code, which can be phished.");
        }
        if (policy.LegacyClients.Contains(entry.ClientApp ?? "") || "ropc".Equals(entry.Protocol, StringComparison.OrdinalIgnoreCase))
        {
            yield return (SignInReason.LegacyProtocol, $"{SafeText.Shown(entry.ClientApp ?? entry.Protocol!)} knows no second factor.");
        }
        if (ToolIn(entry.UserAgent, policy) is { } tool)
        {
            yield return (SignInReason.ToolUserAgent, $"The user agent is that of a tool ({tool}).");
        }
        if (outcome == SignInOutcomes.MfaDenied)
        {
            yield return (SignInReason.MfaDenied, "The password was right and the second factor was denied.");
        }
        if (outcome == SignInOutcomes.MfaPending)
        {
            yield return (SignInReason.MfaPending, "The password was right and more was asked for.");
        }
        if (outcome == SignInOutcomes.Success && "singleFactorAuthentication".Equals(entry.AuthenticationRequirement, StringComparison.OrdinalIgnoreCase))
        {
            yield return (SignInReason.SingleFactor, "One factor was enough.");
        }
    }

    static string? ToolIn(string? userAgent, CompiledSignInPolicy policy)
    {
        var looked = userAgent is { Length: > SignIn.MaxLongTextLength } ? userAgent[..SignIn.MaxLongTextLength] : userAgent;
        return string.IsNullOrEmpty(looked) ? null : policy.Given.ToolUserAgents.FirstOrDefault(tool => looked.Contains(tool, StringComparison.OrdinalIgnoreCase));
    }

    // "none" is what the log writes where there are none, and "hidden" where the licence does not show them.
    static IEnumerable<string> EventsOf(SignInEntry entry) => (entry.RiskEventTypes ?? [])
        .Where(riskEvent => riskEvent.Length > 0 && !riskEvent.Equals("none", StringComparison.OrdinalIgnoreCase) && !riskEvent.Equals("hidden", StringComparison.OrdinalIgnoreCase))
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Order(StringComparer.OrdinalIgnoreCase);

    static double AmountOf(string riskEvent, CompiledSignInPolicy policy) => policy.RiskEvents.GetValueOrDefault(riskEvent, policy.OtherRiskEvent);

    static double KeptBy(AddressFacts facts, string outcome, List<Mitigation> mitigations, CompiledSignInPolicy policy)
    {
        var ofOutcome = policy.Given.Outcomes.Factors[outcome];
        if (ofOutcome < 1)
        {
            mitigations.Add(new(SignInMitigation.Outcome, ofOutcome));
        }
        if (!facts.IsAllowed)
        {
            return ofOutcome;
        }
        var isKept = facts.IsBlocked || !(facts.Present & policy.NeverAllowed).IsEmpty;
        var ofAllow = isKept ? 1 : policy.Given.AllowFactor;
        mitigations.Add(new(SignInMitigation.Allowed, ofAllow));
        return ofOutcome * ofAllow;
    }

    /// <summary>What is left of parts by a factor, and so that their score is not above the most.</summary>
    static List<ReasonPart> Keep(List<ReasonPart> parts, double factor, int most)
    {
        var sum = factor * parts.Sum(part => part.Amount);
        var cap = most >= 100 ? double.PositiveInfinity : CompiledSignInPolicy.AmountOf(most / 100.0);
        var kept = sum > cap ? factor * cap / sum : factor;
        return [.. parts.Where(part => kept * part.Amount > 0).Select(part => part with { Amount = kept * part.Amount })];
    }

    static string Noun(PrincipalKind kind) => kind switch
    {
        PrincipalKind.User => "user",
        PrincipalKind.ServicePrincipal => "service principal",
        PrincipalKind.ManagedIdentity => "managed identity",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
