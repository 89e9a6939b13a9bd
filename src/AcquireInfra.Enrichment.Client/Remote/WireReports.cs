using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>Reads explained verdicts off the wire, into what REST answers with.</summary>
internal static class WireReports
{
    /// <exception cref="EnrichmentException">It has a value that there is not.</exception>
    public static VerdictResponse Explained(V1.Verdict wire, AnswerBasis basis) => new()
    {
        Ip = wire.Ip,
        Scope = wire.Scope,
        Network = WireVerdicts.NullIfEmpty(wire.Network),
        Asn = wire.HasAsn ? wire.Asn : null,
        AsnName = WireVerdicts.NullIfEmpty(wire.AsnName),
        AsnRole = WireVerdicts.NullIfEmpty(wire.AsnRole),
        Verdict = Word(VerdictKinds.All, (int)wire.Kind),
        Level = wire.Kind == V1.VerdictKind.Special ? null : Word(Levels, (int)wire.Level),
        Score = wire.HasScore ? wire.Score : null,
        RawScore = wire.HasRawScore ? wire.RawScore : null,
        Confidence = wire.HasConfidence ? wire.Confidence : null,
        Categories = [.. wire.Categories.Select(Word)],
        Provider = WireVerdicts.NullIfEmpty(wire.Provider),
        IsHosting = wire.HasIsHosting ? wire.IsHosting : null,
        IsVpn = wire.HasIsVpn ? wire.IsVpn : null,
        IsProxy = wire.HasIsProxy ? wire.IsProxy : null,
        IsResidentialProxy = wire.HasIsResidentialProxy ? wire.IsResidentialProxy : null,
        IsTor = wire.HasIsTor ? wire.IsTor : null,
        IsRelay = wire.HasIsRelay ? wire.IsRelay : null,
        IsBulletproof = wire.HasIsBulletproof ? wire.IsBulletproof : null,
        IsCdn = wire.HasIsCdn ? wire.IsCdn : null,
        IsCrawler = wire.HasIsCrawler ? wire.IsCrawler : null,
        IsMobile = wire.HasIsMobile ? wire.IsMobile : null,
        Reason = wire.Reason,
        Points = [.. wire.Points.Select(PointsOf)],
        Unassessed = [.. wire.Unassessed.Select(Word)],
        Warnings = [.. wire.Warnings],
        Embedded = wire.Embedded is { } inside ? new(inside.Scheme, Explained(inside.Verdict, basis)) : null,
        Override = OverrideOf(wire.Override),
        SnapshotId = basis.SnapshotId,
        PolicyVersion = basis.PolicyVersion,
        OverridesRevision = basis.OverridesRevision,
        JudgedAt = basis.JudgedAt.UtcDateTime,
        DataAgeSeconds = wire.DataAgeSeconds,
    };

    static readonly string[] Levels = [.. System.Enum.GetValues<RiskLevel>().Select(level => level.Word())];

    /// <exception cref="EnrichmentException">It has a value that there is not.</exception>
    public static OverrideResponse? OverrideOf(V1.Override? wire) => wire is null ? null : new(
        wire.Effect, [.. wire.Tags], wire.Points, [.. wire.Applied.Select(applied => new AppliedOverrideResponse(
            applied.Id, applied.Target, applied.Effect, [.. applied.Categories.Select(Word)], WireVerdicts.NullIfEmpty(applied.Tag), applied.Reason,
            applied.Owner, TimeOf(applied.ExpiresAt) ?? default))]);

    static PointsResponse PointsOf(V1.Points row) => new(
        Word(row.Category), row.Points_, Rounded(row.Probability), row.WithoutIt, [.. row.Evidence.Select(EvidenceOf)]);

    static EvidenceResponse EvidenceOf(V1.Evidence evidence) => new(
        evidence.Source,
        evidence.HasPrefix ? evidence.Prefix : null,
        evidence.HasAsn ? evidence.Asn : null,
        WireVerdicts.NullIfEmpty(evidence.Provider),
        TimeOf(evidence.FirstSeen),
        TimeOf(evidence.LastSeen) ?? default,
        Rounded(evidence.Reliability),
        Rounded(evidence.Strength));

    static DateTime? TimeOf(Timestamp? time) => time?.ToDateTime();

    // As everywhere in JSON.
    static double Rounded(double value) => Math.Round(value, 4);

    static string Word(V1.Category category) => Word(Categories.All, (int)category);

    // The numbers on the wire are one more than ours.
    static string Word(IReadOnlyList<string> words, int wire) =>
        (uint)(wire - 1) < words.Count ? words[wire - 1] : throw RpcErrors.BadAnswer("sent a verdict with a value that there is not");
}
