namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What we call an address, in one word. The numbers are packed into verdicts and are never reused.</summary>
public enum VerdictKind
{
    Unlisted = 0,
    Special = 1,
    Ordinary = 2,
    BenignService = 3,
    Hosting = 4,
    Anonymizer = 5,
    HostileInfrastructure = 6,
}

public static class VerdictKinds
{
    static readonly string[] Words = ["unlisted", "special", "ordinary", "benignService", "hosting", "anonymizer", "hostileInfrastructure"];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this VerdictKind kind) => Words[(int)kind];

    public static bool TryParse(string word, out VerdictKind kind)
    {
        kind = (VerdictKind)Math.Max(Array.IndexOf(Words, word), 0);
        return Array.IndexOf(Words, word) >= 0;
    }
}

/// <summary>Bands of the score.</summary>
public enum RiskLevel
{
    Minimal = 0,
    Low = 1,
    Medium = 2,
    High = 3,
    Critical = 4,
}

public static class RiskLevels
{
    static readonly string[] Words = ["minimal", "low", "medium", "high", "critical"];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this RiskLevel level) => Words[(int)level];

    public static bool TryParse(string word, out RiskLevel level)
    {
        level = (RiskLevel)Math.Max(Array.IndexOf(Words, word), 0);
        return Array.IndexOf(Words, word) >= 0;
    }
}

/// <summary>
/// The judgement on one address, packed into 64 bits so that it can be remembered per profile and read whole:
/// <code>
///  0..6 score   7..13 raw score   14..20 confidence   21..23 level   24..26 kind   27..43 present   44..60 assessed   63 set
/// </code>
/// </summary>
public readonly record struct Verdict
{
    const int CategoryBits = (1 << Categories.Count) - 1;
    const ulong SetBit = 1UL << 63;

    readonly ulong _bits;

    Verdict(ulong bits) => _bits = bits;

    public Verdict(int score, int rawScore, int confidence, RiskLevel level, VerdictKind kind, CategorySet present, CategorySet assessed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)score, 100u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rawScore, 100u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)confidence, 100u);
        _bits = SetBit | (uint)score | (ulong)(uint)rawScore << 7 | (ulong)(uint)confidence << 14 | (ulong)level << 21 | (ulong)kind << 24
            | (ulong)present.Bits << 27 | (ulong)assessed.Bits << 44;
    }

    /// <summary>The verdict on an address that is not global: no score, no level, nothing assessed.</summary>
    public static Verdict Special { get; } = new(SetBit | (ulong)VerdictKind.Special << 24);

    internal static Verdict FromBits(ulong bits) => new(bits);

    internal ulong ToBits() => _bits;

    public bool IsSpecial => Kind == VerdictKind.Special;

    /// <summary>0..100; what counts, after dampening. Meaningless where <see cref="IsSpecial"/>.</summary>
    public int Score => (int)(_bits & 0x7F);

    /// <summary>0..100; the same without dampening.</summary>
    public int RawScore => (int)(_bits >> 7 & 0x7F);

    /// <summary>0..100; how much is known, not how bad it is.</summary>
    public int Confidence => (int)(_bits >> 14 & 0x7F);

    public RiskLevel Level => (RiskLevel)(_bits >> 21 & 7);

    public VerdictKind Kind => (VerdictKind)(_bits >> 24 & 7);

    /// <summary>Categories the address is in.</summary>
    public CategorySet Present => new((uint)(_bits >> 27) & CategoryBits);

    /// <summary>Categories that something covers: present, or looked for and absent. The others are unknown.</summary>
    public CategorySet Assessed => new((uint)(_bits >> 44) & CategoryBits);

    /// <summary>True, false, or null where nothing covers the category.</summary>
    public bool? Is(Category category) => Present.Has(category) ? true : Assessed.Has(category) ? false : null;
}
