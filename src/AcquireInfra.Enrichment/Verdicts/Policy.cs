using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>All constants of judging, as <c>data/policy.json</c> has them. Times and shares are checked when it is read.</summary>
public sealed record Policy
{
    /// <summary>Names the policy in every verdict.</summary>
    public required string Version { get; init; }

    /// <summary>0..1 by category: the score of an address that is certainly that and nothing else, divided by 100. Absent: 0.</summary>
    public required IReadOnlyDictionary<string, double> Weights { get; init; }

    public required SpecificityPolicy Specificity { get; init; }

    /// <summary>0..1 by basis: how often a role of that basis is right; multiplies the role table's reliability.</summary>
    public required IReadOnlyDictionary<string, double> BasisReliability { get; init; }

    /// <summary>Roles whose ASN says nothing about its customers: claims about the whole ASN do not count there.</summary>
    public required IReadOnlyList<string> CarrierRoles { get; init; }

    /// <summary>How claims age, for every category.</summary>
    public required IReadOnlyDictionary<string, AgeingPolicy> Ageing { get; init; }

    /// <summary>0..1: probability from which an address is said to be in a category.</summary>
    public required double PresentAt { get; init; }

    public required IReadOnlyList<DampeningPolicy> Dampening { get; init; }

    /// <summary>All categories, the telling ones first; the order of a verdict's list.</summary>
    public required IReadOnlyList<string> CategoryOrder { get; init; }

    /// <summary>The first rule with a category that is present gives the verdict.</summary>
    public required IReadOnlyList<VerdictRule> Verdicts { get; init; }

    public required LevelPolicy Levels { get; init; }

    /// <summary>Categories that a verdict calls unassessed where nothing covers them.</summary>
    public required IReadOnlyList<string> Assessed { get; init; }

    public required ConfidencePolicy Confidence { get; init; }

    /// <summary>Null: <see cref="OverridePolicy.Default"/>.</summary>
    public OverridePolicy? Overrides { get; init; }

    /// <exception cref="FormatException">The JSON is no policy; the message names every member that is wrong.</exception>
    public static Policy Parse(ReadOnlySpan<byte> json) => PolicyText.Parse(json, PolicyJson.Default.Policy, "policy", PolicyValidator.FaultsOf);
}

/// <summary>How much the width of a claim counts: 0..1.</summary>
public sealed record SpecificityPolicy
{
    /// <summary>Longest first; the last has length 0. Factors do not rise as prefixes get wider.</summary>
    [JsonPropertyName("ipv4")]
    public required IReadOnlyList<SpecificityStep> IPv4 { get; init; }

    [JsonPropertyName("ipv6")]
    public required IReadOnlyList<SpecificityStep> IPv6 { get; init; }

    /// <summary>Of claims about a whole ASN, for every category.</summary>
    public required IReadOnlyDictionary<string, double> AsnOnly { get; init; }

    /// <summary>The same where the role's basis is certain, and for authoritative sources.</summary>
    public required double AsnOnlyCertain { get; init; }

    /// <summary>Of claims about prefixes inside an access network, unless the source is authoritative; by category, absent: 1.</summary>
    public IReadOnlyDictionary<string, double> InAccess { get; init; } = new Dictionary<string, double>();
}

public sealed record SpecificityStep(int MinLength, double Factor);

/// <summary>In days: counts in full up to the hold-off, halves with each half-life after, covers nothing past the maximum age.</summary>
public sealed record AgeingPolicy(double HoldOffDays, double HalfLifeDays, double MaxAgeDays);

/// <summary>Where one category is present, another counts only by a factor in the score; the raw score shows it in full.</summary>
public sealed record DampeningPolicy(string Where, string Dampens, double Factor);

public sealed record VerdictRule(string Verdict, IReadOnlyList<string> Categories);

/// <summary>Scores from which a level begins; below <paramref name="Low"/> it is minimal.</summary>
public sealed record LevelPolicy(int Low, int Medium, int High, int Critical);

/// <summary>Confidence is 100 × coverage × freshness × agreement.</summary>
/// <param name="Coverage">Weight of each category in the share of categories that are assessed.</param>
/// <param name="AgreementWithoutEvidence">0..1: agreement where nothing is claimed.</param>
public sealed record ConfidencePolicy(IReadOnlyDictionary<string, double> Coverage, double AgreementWithoutEvidence);

/// <summary>What overrides do to the score.</summary>
/// <param name="AllowFactor">0..1: what an allow leaves of it.</param>
/// <param name="BlockFloor">0..100: the least score of what is blocked.</param>
/// <param name="NeverAllowed">Categories that an allow leaves as they are unless it names them: some or all of tor, bulletproof and abuse.</param>
public sealed record OverridePolicy(double AllowFactor, int BlockFloor, IReadOnlyList<string> NeverAllowed)
{
    public static OverridePolicy Default { get; } = new(0.1, 90, ["tor", "bulletproof", "abuse"]);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Policy))]
internal sealed partial class PolicyJson : JsonSerializerContext;
