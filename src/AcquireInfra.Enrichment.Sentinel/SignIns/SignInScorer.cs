using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>
/// Scores sign-ins, and principals by all of theirs together: whoever rotates over ASNs is one principal still. A score is a pure function
/// of the sign-ins, what is told beside them, the policy and the judge; nothing is kept.
/// <code>
/// amounts a = −ln(1 − w) add up, and the score is 100 · (1 − e^−Σa), as a verdict's points
/// base = habit · address + max(0, Entra's event about the address − habit · address) + habit · novelty
/// sign-in = outcome · allowed · (base + Σ circumstances (own + boost · base) + other events)
/// principal = its worst sign-in + rotation over providers + spread over addresses + a success after a denied second factor
/// </code>
/// A circumstance such as a privileged role thus weighs where the address or the network is odd, and hardly where it is not.
/// </summary>
public sealed class SignInScorer
{
    readonly CompiledSignInPolicy _policy;

    public SignInScorer(SignInPolicy policy) => _policy = new(policy);

    public string PolicyVersion => _policy.Given.Version;

    /// <returns>The principals, the highest score first, then by name.</returns>
    public IReadOnlyList<PrincipalScore> Score(IReadOnlyList<SignIn> signIns, SignInSurroundings surroundings, Judge judge, CancellationToken cancelled = default)
    {
        var facts = new Dictionary<(Judge, Address), AddressFacts>();
        var scores = new List<PrincipalScore>();
        foreach (var group in signIns.GroupBy(signIn => signIn.Principal, StringComparer.Ordinal))
        {
            var isPrivileged = group.Any(IsPrivileged);
            var scored = new List<ScoredSignIn>();
            foreach (var signIn in group)
            {
                cancelled.ThrowIfCancellationRequested();
                var address = FactsOf(signIn, surroundings, judge, facts);
                scored.Add(SignInModel.Score(signIn, address, isPrivileged, surroundings.Baseline, signIn.At ?? judge.At, _policy));
            }
            scores.Add(PrincipalModel.Score(group.Key, scored, _policy));
        }
        return [.. scores.OrderByDescending(score => score.Score).ThenBy(score => score.Principal, StringComparer.Ordinal)];
    }

    static AddressFacts FactsOf(SignIn signIn, SignInSurroundings surroundings, Judge judge, Dictionary<(Judge, Address), AddressFacts> known)
    {
        var by = surroundings.AsOfSignIn && signIn.At is { } at && at < judge.At ? judge.AtTime(at) : judge;
        if (!known.TryGetValue((by, signIn.Address), out var facts))
        {
            known.Add((by, signIn.Address), facts = AddressFacts.Of(by, signIn.Address, surroundings));
        }
        return facts;
    }

    // A role is the principal's, whichever of its sign-ins tells of it.
    bool IsPrivileged(SignIn signIn) => signIn.Entry.Privileged == true || signIn.Entry.Roles?.Any(_policy.PrivilegedRoles.Contains) == true;
}
