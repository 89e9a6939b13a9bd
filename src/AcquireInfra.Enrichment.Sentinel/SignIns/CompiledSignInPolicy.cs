using System.Collections.Frozen;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>A sign-in policy, made ready to be asked: weights as amounts −ln(1 − w), words as sets.</summary>
internal sealed class CompiledSignInPolicy
{
    public CompiledSignInPolicy(SignInPolicy given)
    {
        Given = given;
        Infrastructure = SetOf(given.Infrastructure);
        NeverNovel = SetOf(given.NeverNovel);
        NeverDampened = SetOf(given.NeverDampened);
        NeverAllowed = SetOf(given.NeverAllowed);
        Context = given.Context.ToFrozenDictionary(pair => pair.Key, pair => (AmountOf(pair.Value.Own), pair.Value.Boost), StringComparer.Ordinal);
        Shared = [.. given.Dampening.Categories.Select(pair => (CategoryOf(pair.Key), pair.Value)).OrderBy(pair => pair.Value).ThenBy(pair => pair.Item1)];
        RiskEvents = given.RiskEvents.Weights.ToFrozenDictionary(pair => pair.Key, pair => AmountOf(pair.Value), StringComparer.OrdinalIgnoreCase);
        OtherRiskEvent = AmountOf(given.RiskEvents.Other);
        OfAddress = given.RiskEvents.OfAddress.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        ManagementIds = given.ManagementApps.Ids.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        ManagementNames = given.ManagementApps.Names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        PrivilegedRoles = given.PrivilegedRoles.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        LegacyClients = given.LegacyClients.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    public SignInPolicy Given { get; }

    public CategorySet Infrastructure { get; }

    public CategorySet NeverNovel { get; }

    public CategorySet NeverDampened { get; }

    public CategorySet NeverAllowed { get; }

    public FrozenDictionary<string, (double Own, double Boost)> Context { get; }

    /// <summary>The most dampening first.</summary>
    public IReadOnlyList<(Category Category, double Factor)> Shared { get; }

    public FrozenDictionary<string, double> RiskEvents { get; }

    public double OtherRiskEvent { get; }

    public FrozenSet<string> OfAddress { get; }

    public FrozenSet<string> ManagementIds { get; }

    public FrozenSet<string> ManagementNames { get; }

    public FrozenSet<string> PrivilegedRoles { get; }

    public FrozenSet<string> LegacyClients { get; }

    /// <summary>Highest score of what is on an allow list.</summary>
    public int AllowedMost => Given.Dispositions.Contain - 1;

    public string OutcomeOf(string? resultType) =>
        string.IsNullOrEmpty(resultType) ? SignInOutcomes.Success : Given.Outcomes.Codes.GetValueOrDefault(resultType, SignInOutcomes.Failed);

    /// <summary>a = −ln(1 − w): amounts add up where weights would not.</summary>
    public static double AmountOf(double weight) => -Math.Log(1 - weight);

    /// <summary>The score of a sum of amounts, 0..100.</summary>
    public static int ScoreOf(double amount) => (int)Math.Round(100 * (1 - Math.Exp(-amount)), MidpointRounding.AwayFromZero);

    static CategorySet SetOf(IEnumerable<string> words) => CategorySet.Of([.. words.Select(CategoryOf)]);

    static Category CategoryOf(string word) => Categories.TryParse(word, out var category) ? category : throw new ArgumentOutOfRangeException(nameof(word), word, null);
}
