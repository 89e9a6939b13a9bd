using System.Text;
using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Verdicts;

public sealed class PolicyTests
{
    public static TheoryData<string, string, string> WrongMembers => new()
    {
        { "weights", """{ "hosting": 1.0 }""", "weights: 0 to 1, 1 excluded" },            // parts would be infinite
        { "weights", """{ "hosting": -0.1 }""", "weights" },
        { "weights", """{ "vpn_exit": 0.5 }""", "weights: some of" },                       // another document's word
        { "presentAt", "0", "presentAt" },                                                  // everything would be present
        { "presentAt", "1.5", "presentAt" },
        { "categoryOrder", """["vpn"]""", "categoryOrder: every category once" },
        { "carrierRoles", """["carrier"]""", "carrierRoles" },
        { "levels", """{ "low": 10, "medium": 10, "high": 50, "critical": 75 }""", "levels" },
        { "levels", """{ "low": 10, "medium": 25, "high": 50, "critical": 101 }""", "levels" },
        { "basisReliability", """{ "certain": 1 }""", "basisReliability: each of" },
        { "dampening", """[{ "where": "relay", "dampens": "relay", "factor": 0 }]""", "dampening" },
        { "dampening", """[{ "where": "relay", "dampens": "vpn", "factor": 1.5 }]""", "dampening" }, // it would raise
        { "verdicts", """[{ "verdict": "evil", "categories": ["tor"] }]""", "verdicts" },
        { "ageing", """{ "tor": { "holdOffDays": 1, "halfLifeDays": 0, "maxAgeDays": 14 } }""", "ageing.tor" },
        { "ageing", """{ "tor": { "holdOffDays": 1, "halfLifeDays": 1, "maxAgeDays": 1e300 } }""", "ageing.tor" }, // no TimeSpan holds it
        { "dampening", "[null]", "dampening" },
        { "verdicts", "[null]", "verdicts" },
        { "version", "\"\"", "version" },
        { "confidence", """{ "coverage": {}, "agreementWithoutEvidence": 0.5 }""", "confidence.coverage" },
    };

    [Theory, MemberData(nameof(WrongMembers))]
    public void Parse_WrongMember_IsNamed(string member, string value, string expected)
    {
        var policy = JsonNode.Parse(TestPolicy.BundledJson)!.AsObject();
        policy[member] = JsonNode.Parse(value);
        var refusal = Assert.Throws<FormatException>(() => Policy.Parse(Encoding.UTF8.GetBytes(policy.ToJsonString())));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    // A wider prefix that counts more than a narrower one would break "more specific never lowers".
    [Fact]
    public void Parse_SpecificityThatRisesWithWidth_Refused()
    {
        var policy = JsonNode.Parse(TestPolicy.BundledJson)!.AsObject();
        policy["specificity"]!["ipv4"]![1]!["factor"] = 1.0;
        policy["specificity"]!["ipv4"]![0]!["factor"] = 0.5;
        Assert.Throws<FormatException>(() => Policy.Parse(Encoding.UTF8.GetBytes(policy.ToJsonString())));
    }

    [Fact]
    public void Parse_SpecificityStepThatIsNull_Refused()
    {
        var policy = JsonNode.Parse(TestPolicy.BundledJson)!.AsObject();
        policy["specificity"]!["ipv6"]!.AsArray().Insert(0, null);
        var refusal = Assert.Throws<FormatException>(() => Policy.Parse(Encoding.UTF8.GetBytes(policy.ToJsonString())));
        Assert.Contains("specificity.ipv6", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    public void Parse_NoPolicy_Refused(string json) => Assert.Throws<FormatException>(() => Policy.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Parse_UnknownMember_Refused()
    {
        var policy = JsonNode.Parse(TestPolicy.BundledJson)!.AsObject();
        policy["wieghts"] = new JsonObject();
        Assert.Contains("wieghts", Assert.Throws<FormatException>(() => Policy.Parse(Encoding.UTF8.GetBytes(policy.ToJsonString()))).Message, StringComparison.Ordinal);
    }
}
