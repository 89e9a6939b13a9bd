using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Tests.Loading;

namespace AcquireInfra.Enrichment.Feeds.Tests.Gates;

public sealed class CanaryCheckTests(BundledSnapshot bundled) : IClassFixture<BundledSnapshot>
{
    [Fact]
    public void Check_AllAsExpected_Passes()
    {
        var check = CanaryCheck.Of(bundled.Judge, [new() { Ip = "159.65.1.1", Asn = "AS14061", Has = ["hosting"], HasNot = ["tor"] }, new() { Ip = "38.1.1.1", HasNot = ["hosting"] }]);
        Assert.Equal((2, 2, true), (check.Right, check.Total, check.Passes));
        Assert.True(CanaryCheck.Of(bundled.Judge, []).Passes);
    }

    [Theory]
    [InlineData("159.65.1.1", "AS64500", "", "", "159.65.1.1 is of AS14061, not AS64500.")]
    [InlineData("192.0.2.1", "64500", "", "", "192.0.2.1 is of no AS, not 64500.")]
    [InlineData("159.65.1.1", null, "tor", "", "159.65.1.1 is not tor.")]
    [InlineData("159.65.1.1", null, "hosting", "hosting", "159.65.1.1 is hosting.")]
    public void Check_NotAsExpected_SaysWhat(string ip, string? asn, string has, string hasNot, string failure)
    {
        string[] Words(string text) => text.Length == 0 ? [] : [text];
        var check = CanaryCheck.Of(bundled.Judge, [new() { Ip = ip, Asn = asn, Has = Words(has), HasNot = Words(hasNot) }]);
        Assert.Equal((0, false, failure), (check.Right, check.Passes, Assert.Single(check.Failures)));
    }

    [Theory, InlineData(2, true), InlineData(3, false)]
    public void Check_OfTwenty_NineTenthsHaveToBeRight(int wrong, bool passes)
    {
        var canaries = Enumerable.Range(0, 20).Select(at => new Canary { Ip = "159.65.1.1", Asn = at < wrong ? "AS64500" : "AS14061" }).ToList();
        Assert.Equal(passes, CanaryCheck.Of(bundled.Judge, canaries).Passes);
    }
}
