namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>What one reason adds, before it is points.</summary>
/// <param name="Amount">From 0; amounts add up.</param>
/// <param name="Detail">In words.</param>
internal readonly record struct ReasonPart(string Reason, double Amount, string Detail);

/// <summary>What speaks for a sign-in.</summary>
/// <param name="Reason">Fixed word.</param>
/// <param name="Factor">0..1: what it leaves.</param>
public sealed record Mitigation(string Reason, double Factor);

/// <summary>A sign-in with all that its score is made of.</summary>
internal sealed record ScoredSignIn(
    SignIn SignIn, DateTimeOffset At, AddressFacts Facts, string Outcome, Novelty Novelty, bool IpMayBeInherited, bool IsFlagged,
    IReadOnlyList<ReasonPart> Parts, IReadOnlyList<Mitigation> Mitigations)
{
    public double Amount { get; } = Parts.Sum(part => part.Amount);

    public int Score => CompiledSignInPolicy.ScoreOf(Amount);
}

/// <summary>A reason for a principal's score.</summary>
/// <param name="Reason">Fixed word.</param>
/// <param name="Points">Whole points of the score; those of all reasons add up to it.</param>
/// <param name="Detail">In words.</param>
public sealed record ReasonPoints(string Reason, int Points, string Detail);

/// <summary>What is known of a principal's sign-ins together.</summary>
/// <param name="SeedScore">4..9: what the seed detection would have said, the highest of its groups; null where it does not match.</param>
/// <param name="Reasons">What adds, the most first.</param>
/// <param name="Mitigations">What the worst sign-in is dampened by.</param>
/// <param name="Networks">Providers and ASNs of its flagged sign-ins, at most <see cref="MaxNetworks"/>.</param>
public sealed record PrincipalScore(
    string Principal, PrincipalKind Kind, int Score, Disposition Disposition, int? SeedScore, IReadOnlyList<ReasonPoints> Reasons,
    IReadOnlyList<Mitigation> Mitigations, int DistinctAddresses, int DistinctAsns, int DistinctProviders, IReadOnlyList<string> Networks,
    IReadOnlyList<string> Warnings)
{
    public const int MaxNetworks = 20;

    /// <summary>In the order in which they were sent.</summary>
    internal IReadOnlyList<ScoredSignIn> SignIns { get; init; } = [];
}
