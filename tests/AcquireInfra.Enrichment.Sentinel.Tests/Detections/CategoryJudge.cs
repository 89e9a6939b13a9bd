using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>What the shipped policy says of an address that one perfect source puts in one category.</summary>
internal static class CategoryJudge
{
    public static (RiskLevel Level, VerdictKind Kind) Alone(Category category)
    {
        var source = TestSources.Prefixes("only", category.Word(), "45.10.0.0/28", info => info with { Reliability = 1 });
        var verdict = new Judge(TestSources.Open(source), TestPolicy.Bundled, TestSources.Day).VerdictOf(Addressing.Address.FromIPv4(0x2D0A0001));
        Assert.True(verdict.Present.Has(category));
        return (verdict.Level, verdict.Kind);
    }
}
