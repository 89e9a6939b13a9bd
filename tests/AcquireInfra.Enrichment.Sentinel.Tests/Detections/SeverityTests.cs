using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>
/// What a rule makes of what the service says, by reading its <c>case</c>: every word has its severity, and what is not matched, missing or not
/// known never pages anybody.
/// </summary>
public sealed class SeverityTests
{
    // Rules whose severity is that of the level.
    public static TheoryData<string> ByLevel => [.. ShippedContent.Rules.Where(rule => KqlText.CaseOf(rule.Query, "Severity") is { } found
        && found.Arms.Any(arm => arm.Condition.StartsWith("Level ", StringComparison.Ordinal))).Select(rule => rule.FileName)];

    [Fact]
    public void Rules_WithASeverityOfTheirOwn_AreTheTwoThatHaveNoLevel()
    {
        Assert.Equal(7, ByLevel.Count);
        var own = ShippedContent.Rules.Where(rule => rule.Map("alertDetailsOverride").ContainsKey("alertSeverityColumnName")).Select(rule => rule.FileName)
            .Except(ByLevel.Select(row => row.Data));
        Assert.Equal(["DnsQueryToAnonymizerService.yaml", "SeedRuleRepaired.yaml"], own);
    }

    [Theory, MemberData(nameof(ByLevel))]
    public void Severity_EachLevel_Is(string rule)
    {
        Assert.Equal(
            [("minimal", "Informational"), ("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "High")],
            RiskLevels.All.Select(level => (level, SeverityOf(rule, level))));
    }

    // Empty is what a missing match or column gives; the others are words of other products, of other versions, or slips.
    [Theory, MemberData(nameof(ByLevel))]
    public void Severity_UnknownLevel_IsInformational(string rule) => Assert.All(
        ["", "severe", "HIGH", "High", "vpn_exit", "100", "none", "unknown"], level => Assert.Equal("Informational", SeverityOf(rule, level)));

    // A category alone, as sure as can be, by the policy that is shipped: an iCloud relay does not page, nor does plain hosting.
    public static TheoryData<Category, string, string> CategoryCases => new()
    {
        { Category.Hosting, "medium", "Medium" },
        { Category.Vpn, "medium", "Medium" },
        { Category.Proxy, "high", "High" },
        { Category.ResidentialProxy, "high", "High" },
        { Category.Tor, "high", "High" },
        { Category.Relay, "low", "Low" },
        { Category.Bulletproof, "critical", "High" },
        { Category.Abuse, "critical", "High" },
        { Category.Scanner, "medium", "Medium" },
        { Category.Crawler, "minimal", "Informational" },
        { Category.Cdn, "minimal", "Informational" },
        { Category.EnterpriseGateway, "minimal", "Informational" },
        { Category.Mobile, "minimal", "Informational" },
        { Category.Isp, "minimal", "Informational" },
        { Category.Education, "minimal", "Informational" },
        { Category.Government, "minimal", "Informational" },
        { Category.Business, "minimal", "Informational" },
    };

    [Theory, MemberData(nameof(CategoryCases))]
    public void Severity_CategoryAlone_Is(Category category, string level, string severity)
    {
        var (highest, kind) = CategoryJudge.Alone(category);
        Assert.Equal(level, highest.Word());
        foreach (var rule in ByLevel.Select(row => row.Data))
        {
            Assert.Equal(severity, SeverityOf(rule, highest.Word()));
        }
        Assert.Contains(kind.Word(), VerdictKinds.All);
    }

    [Fact]
    public void CategoryCases_NameAllCategories() =>
        Assert.Equal(Enum.GetValues<Category>(), CategoryCases.Select(row => row.Data.Item1));

    [Theory]
    [InlineData("Score >= 9", "High")]
    [InlineData("Score >= 8", "Medium")]
    public void Severity_SeedRuleRepaired_IsByItsScore(string condition, string severity)
    {
        var (arms, otherwise) = KqlText.CaseOf(ShippedContent.Query("rules", "SeedRuleRepaired.yaml").Query, "Severity")!.Value;
        Assert.Contains((condition, severity), arms);
        Assert.Equal(("Low", 2), (otherwise, arms.Count));
    }

    [Fact]
    public void Severity_Dns_IsMediumForTorAndElseLow()
    {
        var (arms, otherwise) = KqlText.CaseOf(ShippedContent.Query("rules", "DnsQueryToAnonymizerService.yaml").Query, "Severity")!.Value;
        Assert.Equal([("HasTor", "Medium")], arms);
        Assert.Equal("Low", otherwise);
    }

    // The seed's bands, with its best signal, a risk event, above its threshold of 5.
    [Fact]
    public void SeedScore_Repaired_KeepsTheScaleAndHearsRiskEvents()
    {
        var (arms, otherwise) = KqlText.CaseOf(ShippedContent.Query("rules", "SeedRuleRepaired.yaml").Query, "Score")!.Value;
        Assert.Equal(
            [("ManagementSignIns > 0", "9"), ("RiskySignIns > 0", "8"), ("UniqueAddresses > 5", "8"), ("UniqueAddresses > 2", "6"), ("SignIns > 10", "5")], arms);
        Assert.Equal("4", otherwise);
        Assert.Contains($"| where Score >= {SeedRule.AlertsFrom}", ShippedContent.Query("rules", "SeedRuleRepaired.yaml").Query, StringComparison.Ordinal);
    }

    // As KQL does it: the first arm whose condition holds; == knows case.
    static string SeverityOf(string rule, string level)
    {
        var (arms, otherwise) = KqlText.CaseOf(ShippedContent.Query("rules", rule).Query, "Severity")!.Value;
        Assert.All(arms, arm => Assert.Matches("^Level == \"[a-z]+\"$", arm.Condition));
        return arms.FirstOrDefault(arm => arm.Condition == $"Level == \"{level}\"", (Condition: "", Outcome: otherwise)).Outcome;
    }
}
