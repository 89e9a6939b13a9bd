using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>Principals with their scores.</summary>
/// <param name="Results">The highest score first.</param>
/// <param name="Rejected">Sign-ins that could not be read.</param>
public sealed record SignInScoreResponse(
    IReadOnlyList<PrincipalResponse> Results, IReadOnlyList<RejectedSignIn> Rejected, SignInSummary Summary, string SnapshotId, string PolicyVersion,
    string SignInPolicyVersion, long OverridesRevision, DateTime JudgedAt)
{
    /// <summary>Scores a batch whole: what every door answers with.</summary>
    public static SignInScoreResponse Of(SignInBatch batch, SignInScorer scorer, Judge judge, CancellationToken cancelled = default)
    {
        var scores = scorer.Score(batch.SignIns, batch.Surroundings, judge, cancelled);
        var summary = new SignInSummary(
            batch.SignIns.Count + batch.Rejected.Count, batch.SignIns.Count, batch.Rejected.Count, scores.Count, scores.Count == 0 ? 0 : scores[0].Score,
            (scores.Count == 0 ? Disposition.Close : scores[0].Disposition).Word());
        return new(
            [.. scores.Select(PrincipalResponse.From)], batch.Rejected, summary, judge.Snapshot.Id, judge.PolicyVersion, scorer.PolicyVersion,
            judge.Overrides.Revision, judge.At.UtcDateTime);
    }
}

/// <param name="Total">Sign-ins that were sent.</param>
/// <param name="MaxScore">Of the principals; 0 where there is none.</param>
/// <param name="Disposition">The weightiest.</param>
public sealed record SignInSummary(int Total, int Scored, int Rejected, int Principals, int MaxScore, string Disposition);

/// <summary>A principal's sign-ins together.</summary>
/// <param name="PrincipalKind">user, servicePrincipal or managedIdentity.</param>
/// <param name="Score">0..100.</param>
/// <param name="Disposition">close, watch, triage or contain.</param>
/// <param name="SeedScore">4..9: what the seed detection would have said; null where it does not match.</param>
/// <param name="Reasons">What adds to the score; the points add up to it.</param>
/// <param name="Mitigations">What the weightiest sign-in is dampened by.</param>
/// <param name="IpMayBeInherited">Whether any address may be that of an earlier sign-in.</param>
/// <param name="DistinctProviders">Brands, and ASNs where no brand is known.</param>
/// <param name="Networks">Providers and ASNs of the flagged sign-ins.</param>
/// <param name="Warnings">What is not known, in words.</param>
public sealed record PrincipalResponse(
    string Principal, string PrincipalKind, int Score, string Disposition, int? SeedScore, IReadOnlyList<ReasonPoints> Reasons,
    IReadOnlyList<Mitigation> Mitigations, bool IpMayBeInherited, int DistinctAddresses, int DistinctAsns, int DistinctProviders,
    IReadOnlyList<string> Networks, IReadOnlyList<string> Warnings, IReadOnlyList<SignInResponse> SignIns)
{
    public static PrincipalResponse From(PrincipalScore score) => new(
        score.Principal, score.Kind.Word(), score.Score, score.Disposition.Word(), score.SeedScore, score.Reasons, score.Mitigations,
        score.SignIns.Any(one => one.IpMayBeInherited), score.DistinctAddresses, score.DistinctAsns, score.DistinctProviders, score.Networks, score.Warnings,
        [.. score.SignIns.Select(SignInResponse.From)]);
}

/// <summary>One sign-in, with the verdict on its address in short.</summary>
/// <param name="Index">0-based place among those sent.</param>
/// <param name="Score">0..100: of this one alone.</param>
/// <param name="Outcome">success, mfaDenied, mfaPending, stopped or failed.</param>
/// <param name="Novelty">Of the network: unknown, new, recent or known.</param>
/// <param name="IsFlagged">Whether it counts in what the principal's sign-ins have together.</param>
/// <param name="Verdict">On the address, as single look-ups have it.</param>
/// <param name="AddressScore">0..100; null where the address is not global and not judged.</param>
/// <param name="Unassessed">Categories that no fresh source covers: not absent, unknown.</param>
public sealed record SignInResponse(
    int Index, string? Id, DateTime At, string Ip, int Score, string Outcome, string Novelty, bool IsFlagged, bool IpMayBeInherited, string Verdict,
    string? Level, int? AddressScore, IReadOnlyList<string> Categories, string? Provider, uint? Asn, IReadOnlyList<string> Unassessed)
{
    internal static SignInResponse From(ScoredSignIn one)
    {
        var (report, isJudged) = (one.Facts.Report, one.Facts.IsJudged);
        return new(
            one.SignIn.Index, one.SignIn.Entry.Id, one.At.UtcDateTime, one.Facts.Address.ToString(), one.Score, one.Outcome, one.Novelty.Word(), one.IsFlagged,
            one.IpMayBeInherited, report.Verdict.Kind.Word(), isJudged ? report.Verdict.Level.Word() : null, isJudged ? report.Verdict.Score : null,
            [.. report.Categories.Select(category => category.Word())], report.Provider, report.Asn?.Asn.Number,
            [.. report.Unassessed.Select(category => category.Word())]);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignInScoreRequest))]
[JsonSerializable(typeof(SignInScoreResponse))]
public sealed partial class SignInScoreJson : JsonSerializerContext;
