using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>A verdict on the wire: flat first, detail after. Null means unknown, never "no".</summary>
public sealed record VerdictResponse
{
    /// <summary>The address as it was given; in batches only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Input { get; init; }

    /// <summary>The item's own id, echoed; in batches only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary>The address in canonical text; an IPv4-mapped IPv6 address is the IPv4 address.</summary>
    public required string Ip { get; init; }

    /// <summary>global, or the kind of special-purpose space; only global addresses are judged.</summary>
    public required string Scope { get; init; }

    /// <summary>Network of the ASN table that holds the address; where no ASN announces it, the widest prefix that a source lists.</summary>
    public required string? Network { get; init; }

    public required uint? Asn { get; init; }

    public required string? AsnName { get; init; }

    public required string? AsnRole { get; init; }

    /// <summary>hostileInfrastructure, anonymizer, hosting, benignService, ordinary, unlisted or special.</summary>
    public required string Verdict { get; init; }

    /// <summary>minimal, low, medium, high or critical.</summary>
    public required string? Level { get; init; }

    /// <summary>0..100, after dampening.</summary>
    public required int? Score { get; init; }

    /// <summary>0..100, without dampening.</summary>
    public required int? RawScore { get; init; }

    /// <summary>0..100: how much is known, not how bad it is.</summary>
    public required int? Confidence { get; init; }

    /// <summary>Categories the address is in, the telling ones first.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    public required string? Provider { get; init; }

    public required bool? IsHosting { get; init; }

    public required bool? IsVpn { get; init; }

    public required bool? IsProxy { get; init; }

    public required bool? IsResidentialProxy { get; init; }

    public required bool? IsTor { get; init; }

    public required bool? IsRelay { get; init; }

    public required bool? IsBulletproof { get; init; }

    public required bool? IsCdn { get; init; }

    public required bool? IsCrawler { get; init; }

    public required bool? IsMobile { get; init; }

    /// <summary>The verdict in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What each category adds; the points, and those of the override, add up to the score.</summary>
    public required IReadOnlyList<PointsResponse> Points { get; init; }

    /// <summary>Categories that no fresh source covers here.</summary>
    public required IReadOnlyList<string> Unassessed { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The IPv4 address inside a NAT64, 6to4 or Teredo address, judged on its own.</summary>
    public required EmbeddedResponse? Embedded { get; init; }

    /// <summary>What overrides did to the verdict; null where none touches the address.</summary>
    public required OverrideResponse? Override { get; init; }

    /// <summary>Who was asked about the address, and what came of it; there only where deep was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeepResponse? Deep { get; init; }

    public required string SnapshotId { get; init; }

    public required string PolicyVersion { get; init; }

    /// <summary>Of the overrides that were in force: equal revisions of one service are equal overrides.</summary>
    public required long OverridesRevision { get; init; }

    /// <summary>The whole UTC hour the verdict is for.</summary>
    public required DateTime JudgedAt { get; init; }

    /// <summary>From the oldest source that the answer rests on to the hour judged at, in seconds.</summary>
    public required long DataAgeSeconds { get; init; }

    public static VerdictResponse From(VerdictReport report, Judge judge)
    {
        var verdict = report.Verdict;
        var judged = !verdict.IsSpecial;
        bool? Is(Category category) => judged ? verdict.Is(category) : null;
        return new()
        {
            Ip = report.Address.ToString(),
            Scope = report.Scope.Word(),
            Network = report.Network?.ToString(),
            Asn = report.Asn?.Asn.Number,
            AsnName = report.Asn is { Name.Length: > 0 } named ? named.Name : null,
            AsnRole = report.Asn?.Role.WordIfKnown(),
            Verdict = verdict.Kind.Word(),
            Level = judged ? verdict.Level.Word() : null,
            Score = judged ? verdict.Score : null,
            RawScore = judged ? verdict.RawScore : null,
            Confidence = judged ? verdict.Confidence : null,
            Categories = [.. report.Categories.Select(category => category.Word())],
            Provider = report.Provider,
            IsHosting = Is(Category.Hosting),
            IsVpn = Is(Category.Vpn),
            IsProxy = Is(Category.Proxy),
            IsResidentialProxy = Is(Category.ResidentialProxy),
            IsTor = Is(Category.Tor),
            IsRelay = Is(Category.Relay),
            IsBulletproof = Is(Category.Bulletproof),
            IsCdn = Is(Category.Cdn),
            IsCrawler = Is(Category.Crawler),
            IsMobile = Is(Category.Mobile),
            Reason = report.Reason,
            Points = [.. report.Points.Select(PointsResponse.From)],
            Unassessed = [.. report.Unassessed.Select(category => category.Word())],
            Warnings = report.Warnings,
            Embedded = report.Embedded is { } inside ? new(inside.Scheme, From(inside.Report, judge)) : null,
            Override = OverrideResponse.From(report.Override),
            SnapshotId = judge.Snapshot.Id,
            PolicyVersion = judge.PolicyVersion,
            OverridesRevision = judge.Overrides.Revision,
            JudgedAt = judge.At.UtcDateTime,
            DataAgeSeconds = (long)report.DataAge.TotalSeconds,
        };
    }
}

/// <summary>Slow signals of one look-up. What they found is evidence in <c>points</c>, by the same ids.</summary>
/// <param name="AskedAt">When they were asked, UTC: now, or as long ago as findings are kept; null where nobody was.</param>
/// <param name="SentTo">Who was told of the address, then.</param>
public sealed record DeepResponse(DateTime? AskedAt, IReadOnlyList<string> SentTo, IReadOnlyList<DeepAnswerResponse> Answers)
{
    /// <summary>Nobody was asked: the address is not global or the owner's own, or slow signals are off.</summary>
    public static DeepResponse Nobody { get; } = new(null, [], []);
}

/// <param name="Source">As evidence names it.</param>
/// <param name="Outcome">found, nothing, or why nothing is known of it: timedOut, busy, resting, refused, wildcard or failed.</param>
/// <param name="Details">What was found, a code or a word.</param>
public sealed record DeepAnswerResponse(string Source, string Outcome, IReadOnlyList<string> Details);

/// <summary>What one category adds to the score.</summary>
/// <param name="Points">Whole points of the score.</param>
/// <param name="Probability">0..1.</param>
/// <param name="WithoutIt">The score if this category had no evidence.</param>
public sealed record PointsResponse(string Category, int Points, double Probability, int WithoutIt, IReadOnlyList<EvidenceResponse> Evidence)
{
    public static PointsResponse From(CategoryPoints row) => new(
        row.Category.Word(), row.Points, Math.Round(row.Probability, 4), row.WithoutIt, [.. row.Evidence.Select(EvidenceResponse.From)]);
}

/// <summary>One source's claim.</summary>
/// <param name="Prefix">What the source lists; null where it lists the whole ASN.</param>
/// <param name="Asn">The ASN, where the source lists that.</param>
/// <param name="Reliability">0..1.</param>
/// <param name="Strength">0..1: reliability × specificity × decay; 0 where it does not count.</param>
public sealed record EvidenceResponse(
    string Source, string? Prefix, uint? Asn, string? Provider, DateTime? FirstSeen, DateTime LastSeen, double Reliability, double Strength)
{
    public static EvidenceResponse From(Evidence evidence) => new(
        evidence.Source.Id, evidence.Prefix?.ToString(), evidence.Asn?.Number, evidence.Provider, evidence.FirstSeenAt?.UtcDateTime, evidence.LastSeenAt.UtcDateTime,
        Math.Round(evidence.Reliability, 4), Math.Round(evidence.Strength, 4));
}

/// <summary>What overrides did to a verdict.</summary>
/// <param name="Effect">The weightiest: block, allow, suppress or tag.</param>
/// <param name="Tags">Words that overrides add, the most specific first.</param>
/// <param name="Points">Of the score, beyond the points of the evidence: what a block lifts it by.</param>
/// <param name="Applied">Those that act, the weightiest first.</param>
public sealed record OverrideResponse(string Effect, IReadOnlyList<string> Tags, int Points, IReadOnlyList<AppliedOverrideResponse> Applied)
{
    public static OverrideResponse? From(AppliedOverride? applied) => applied is null ? null : new(
        applied.Match.Effect.Word(), applied.Match.Tags, applied.Points, [.. applied.Match.Applied.Select(AppliedOverrideResponse.From)]);
}

/// <summary>An override that acts on a verdict.</summary>
/// <param name="Target">An address, a prefix, AS64500 or provider:Name.</param>
/// <param name="Categories">Of a suppress, whose evidence does not count; of an allow, those it dampens though they are never dampened else.</param>
/// <param name="Reason">Why, in the owner's words.</param>
public sealed record AppliedOverrideResponse(
    string Id, string Target, string Effect, IReadOnlyList<string> Categories, string? Tag, string Reason, string Owner, DateTime ExpiresAt)
{
    public static AppliedOverrideResponse From(Override entry) => new(
        entry.Id, entry.Target.ToString(), entry.Effect.Word(), [.. entry.Categories.Members().Select(category => category.Word())], entry.Tag,
        entry.Reason, entry.Owner, entry.ExpiresAt.UtcDateTime);
}

/// <summary>An address carried inside another.</summary>
/// <param name="Scheme">nat64, 6to4 or teredo.</param>
public sealed record EmbeddedResponse(string Scheme, VerdictResponse Verdict);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = false)]
[JsonSerializable(typeof(VerdictResponse))]
[JsonSerializable(typeof(IEnumerable<VerdictResponse>))]
[JsonSerializable(typeof(FaultResponse))]
[JsonSerializable(typeof(OverrideResponse))]
public sealed partial class VerdictJson : JsonSerializerContext;
