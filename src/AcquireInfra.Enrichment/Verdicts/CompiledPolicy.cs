namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>A policy as arrays by category, ready for judging.</summary>
internal sealed class CompiledPolicy
{
    readonly Policy _policy;
    readonly (VerdictKind Kind, CategorySet Any)[] _rules;
    readonly (CategorySet Where, int Dampens, double Factor)[] _dampening;
    readonly AgeingPolicy[] _ageing;
    readonly SpecificityStep[] _stepsIPv4;
    readonly SpecificityStep[] _stepsIPv6;
    readonly double[] _asnOnly;
    readonly double[] _inAccess;
    readonly double[] _basis;
    readonly double[] _coverage;
    readonly double _coverageTotal;

    public CompiledPolicy(Policy policy)
    {
        _policy = policy;
        Weights = [.. Categories.All.Select(word => policy.Weights.GetValueOrDefault(word))];
        Assessed = SetOf(policy.Assessed);
        CarrierRoles = [.. policy.CarrierRoles.Select(RoleOf)];
        Order = [.. policy.CategoryOrder.Select(CategoryOf)];
        _rules = [.. policy.Verdicts.Select(rule => (KindOf(rule.Verdict), SetOf(rule.Categories)))];
        _dampening = [.. policy.Dampening.Select(rule => (CategorySet.Of(CategoryOf(rule.Where)), (int)CategoryOf(rule.Dampens), rule.Factor))];
        _ageing = [.. Categories.All.Select(word => policy.Ageing[word])];
        _stepsIPv4 = [.. policy.Specificity.IPv4];
        _stepsIPv6 = [.. policy.Specificity.IPv6];
        _asnOnly = [.. Categories.All.Select(word => policy.Specificity.AsnOnly[word])];
        _inAccess = [.. Categories.All.Select(word => policy.Specificity.InAccess.GetValueOrDefault(word, 1))];
        _basis = [.. Enumerable.Range(0, AsnRoles.BasisCount).Select(basis => policy.BasisReliability.GetValueOrDefault(((RoleBasis)basis).Word(), 1))];
        _coverage = [.. Categories.All.Select(word => policy.Confidence.Coverage.GetValueOrDefault(word))];
        _coverageTotal = _coverage.Sum();
        var overrides = policy.Overrides ?? OverridePolicy.Default;
        (AllowFactor, BlockFloor, NeverAllowed) = (overrides.AllowFactor, overrides.BlockFloor, SetOf(overrides.NeverAllowed));
    }

    public string Version => _policy.Version;

    /// <summary>w of each category.</summary>
    public double[] Weights { get; }

    public double PresentAt => _policy.PresentAt;

    /// <summary>Categories that are called unassessed where nothing covers them.</summary>
    public CategorySet Assessed { get; }

    public IReadOnlyList<Category> Order { get; }

    public AsnRole[] CarrierRoles { get; }

    public double AgreementWithoutEvidence => _policy.Confidence.AgreementWithoutEvidence;

    /// <summary>What an allow leaves of the score: 0..1.</summary>
    public double AllowFactor { get; }

    /// <summary>The least score of what is blocked.</summary>
    public int BlockFloor { get; }

    /// <summary>Categories that an allow leaves as they are unless it names them.</summary>
    public CategorySet NeverAllowed { get; }

    public AgeingPolicy Ageing(Category category) => _ageing[(int)category];

    public double BasisReliability(RoleBasis basis) => _basis[(int)basis];

    public double AsnOnlySpecificity(Category category, bool isCertain) =>
        isCertain ? _policy.Specificity.AsnOnlyCertain : _asnOnly[(int)category];

    public double InAccess(Category category) => _inAccess[(int)category];

    public double Specificity(int prefixLength, bool isIPv6)
    {
        foreach (var step in isIPv6 ? _stepsIPv6 : _stepsIPv4)
        {
            if (prefixLength >= step.MinLength)
            {
                return step.Factor;
            }
        }
        return 0;
    }

    /// <summary>How much each present category leaves of another in the score: the product of its dampening rules.</summary>
    public double DampeningOf(int category, CategorySet present)
    {
        var factor = 1.0;
        foreach (var (where, dampens, by) in _dampening)
        {
            factor *= dampens == category && !(present & where).IsEmpty ? by : 1;
        }
        return factor;
    }

    public VerdictKind KindOf(CategorySet present)
    {
        foreach (var (kind, any) in _rules)
        {
            if (!(present & any).IsEmpty)
            {
                return kind;
            }
        }
        return VerdictKind.Unlisted;
    }

    public RiskLevel LevelOf(int score)
    {
        var levels = _policy.Levels;
        return score >= levels.Critical ? RiskLevel.Critical
            : score >= levels.High ? RiskLevel.High
            : score >= levels.Medium ? RiskLevel.Medium
            : score >= levels.Low ? RiskLevel.Low
            : RiskLevel.Minimal;
    }

    /// <summary>Share of the categories, by weight, that are assessed: 0..1.</summary>
    public double CoverageOf(CategorySet assessed)
    {
        var covered = 0.0;
        for (var category = 0; category < Categories.Count; category++)
        {
            covered += assessed.Has((Category)category) ? _coverage[category] : 0;
        }
        return covered / _coverageTotal;
    }

    public static CategorySet SetOf(IEnumerable<string> words) => words.Aggregate(CategorySet.Empty, (set, word) => set.With(CategoryOf(word)));

    static Category CategoryOf(string word) => Categories.TryParse(word, out var category) ? category : throw new FormatException(word);

    static AsnRole RoleOf(string word) => AsnRoles.TryParseRole(word, out var role) ? role : throw new FormatException(word);

    static VerdictKind KindOf(string word) => VerdictKinds.TryParse(word, out var kind) ? kind : throw new FormatException(word);
}
