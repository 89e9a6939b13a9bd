using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>All constants of scoring sign-ins, as <c>data/signin-policy.json</c> has them. They are checked when it is read.</summary>
public sealed record SignInPolicy
{
    /// <summary>Names the policy in every answer.</summary>
    public required string Version { get; init; }

    public required DispositionPolicy Dispositions { get; init; }

    /// <summary>1..100: score of a sign-in from which it counts in what a principal's sign-ins have together.</summary>
    public required int FlaggedFrom { get; init; }

    /// <summary>Categories of addresses that can be rented or taken over: what is new there weighs more.</summary>
    public required IReadOnlyList<string> Infrastructure { get; init; }

    /// <summary>Categories whose networks change from day to day, so that a new one tells nothing.</summary>
    public required IReadOnlyList<string> NeverNovel { get; init; }

    /// <summary>Categories that no habit, device or place makes better.</summary>
    public required IReadOnlyList<string> NeverDampened { get; init; }

    /// <summary>Categories that an allow list leaves as they are; it holds the score below contain all the same.</summary>
    public required IReadOnlyList<string> NeverAllowed { get; init; }

    public required NoveltyPolicy Novelty { get; init; }

    /// <summary>What a circumstance adds, for each of <see cref="SignInReason.Context"/>.</summary>
    public required IReadOnlyDictionary<string, ContextWeight> Context { get; init; }

    public required HabitPolicy Dampening { get; init; }

    /// <summary>0..1: what an allow list leaves.</summary>
    public required double AllowFactor { get; init; }

    public required OutcomePolicy Outcomes { get; init; }

    public required RiskEventPolicy RiskEvents { get; init; }

    public required RotationPolicy Rotation { get; init; }

    public required ManagementApps ManagementApps { get; init; }

    /// <summary>Names of roles that make a principal privileged, whatever their case.</summary>
    public required IReadOnlyList<string> PrivilegedRoles { get; init; }

    /// <summary>Clients that know no second factor, whatever their case.</summary>
    public required IReadOnlyList<string> LegacyClients { get; init; }

    /// <summary>Parts of user agents of tools, whatever their case.</summary>
    public required IReadOnlyList<string> ToolUserAgents { get; init; }

    /// <exception cref="FormatException">The JSON is no such policy; the message names every member that is wrong.</exception>
    public static SignInPolicy Parse(ReadOnlySpan<byte> json) => PolicyText.Parse(json, SignInPolicyJson.Default.SignInPolicy, "sign-in policy", SignInPolicyValidator.FaultsOf);
}

/// <summary>Scores from which a disposition begins; below <paramref name="Watch"/> it is close.</summary>
public sealed record DispositionPolicy(int Watch, int Triage, int Contain);

/// <summary>What a network that a principal was never seen in adds, 0..1, and when one is known.</summary>
/// <param name="KnownAfterDays">Days since it was first seen there.</param>
/// <param name="KnownAfterDaysSeen">Days on which it was seen there, where the first day is not told.</param>
public sealed record NoveltyPolicy(
    double UserOnInfrastructure, double UserElsewhere, double WorkloadOnInfrastructure, double WorkloadElsewhere, int KnownAfterDays, int KnownAfterDaysSeen);

/// <summary>What a circumstance adds.</summary>
/// <param name="Own">0..1: wherever it occurs.</param>
/// <param name="Boost">From 0: times what the address and the network's novelty add.</param>
public sealed record ContextWeight(double Own, double Boost);

/// <summary>0..1: what speaks for a sign-in leaves of what its address adds.</summary>
/// <param name="Categories">By category of the address: many people stand behind one.</param>
public sealed record HabitPolicy(
    double KnownNetwork, double CompliantDevice, double ManagedDevice, double TrustedLocation, double InheritedAddress,
    IReadOnlyDictionary<string, double> Categories);

/// <summary>What became of a sign-in.</summary>
/// <param name="Factors">0..1 for each of <see cref="SignInOutcomes.All"/>: how much such a sign-in counts.</param>
/// <param name="Codes">Outcome by result code; any other code is failed.</param>
public sealed record OutcomePolicy(IReadOnlyDictionary<string, double> Factors, IReadOnlyDictionary<string, string> Codes);

/// <summary>What Entra ID's own detections add, 0..1.</summary>
/// <param name="Weights">By riskEventType.</param>
/// <param name="Other">Of those without a weight.</param>
/// <param name="OfAddress">Those that are about the address, and so count only as far as they exceed what it adds itself.</param>
public sealed record RiskEventPolicy(IReadOnlyDictionary<string, double> Weights, double Other, IReadOnlyList<string> OfAddress);

/// <summary>What the flagged sign-ins of a principal add together, 0..1.</summary>
/// <param name="PerProvider">Of each provider (ASN where it has none) after the first.</param>
/// <param name="MostProviders">So many of them count.</param>
/// <param name="DeniedThenSuccess">A success after a second factor was denied.</param>
/// <param name="Spread">Of many addresses; the most first.</param>
public sealed record RotationPolicy(double PerProvider, int MostProviders, double DeniedThenSuccess, IReadOnlyList<SpreadStep> Spread);

/// <summary>From so many addresses on.</summary>
public sealed record SpreadStep(int Addresses, double Weight);

/// <summary>Applications that change the tenant or its clouds.</summary>
public sealed record ManagementApps(IReadOnlyList<string> Ids, IReadOnlyList<string> Names);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SignInPolicy))]
internal sealed partial class SignInPolicyJson : JsonSerializerContext;
