using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Tests.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>What the sign-in rules decide by besides the service's words.</summary>
public sealed partial class SignInRuleTests
{
    const string Users = "SignInFromAcquiredInfrastructure.yaml";
    const string Observed = "SignInFromObservedAddress.yaml";
    const string Seed = "SeedRuleRepaired.yaml";

    // Who fails at MFA has the password: success alone misses 50074 and 500121. A wrong password (50126) tells of the address alone.
    [Theory, InlineData(Users), InlineData(Observed)]
    public void Results_OfARightPassword_AreTold(string rule)
    {
        var results = Quoted().Matches(ListOf(rule, "passwordWasRight")).Select(match => match.Groups[1].Value).ToList();
        Assert.Superset((HashSet<string>)["0", "50074", "50076", "500121", "53003"], results.ToHashSet());
        Assert.DoesNotContain("50126", results);
    }

    // An attacker who has only been guessing is not known: the baseline is of completed sign-ins.
    [Theory, InlineData(Users), InlineData(Observed)]
    public void Baseline_SignIns_AreCompletedOnes(string rule) =>
        Assert.Matches("""where IngestedAt <= ago\([a-z +]+\) and ResultType == "0""", QueryOf(rule));

    [Theory, InlineData(Users), InlineData(Observed), InlineData("ServicePrincipalSignInFromAcquiredInfrastructure.yaml")]
    public void Baseline_Key_IsPrincipalAndNetwork(string rule)
    {
        Assert.Matches(@"join kind=leftanti \(known\) on (UserId|ServicePrincipalId), Network", QueryOf(rule));
        Assert.DoesNotMatch(@"join kind=leftanti \(known\) on \w+, IPAddress", QueryOf(rule));
        Assert.Equal("14d", ShippedContent.Query("rules", rule).Text("queryPeriod"));
    }

    // Azure portal, Azure CLI, Azure PowerShell, Microsoft Graph PowerShell.
    [Theory, InlineData(Users), InlineData(Seed)]
    public void ManagementApps_AreKnownByTheirIds(string rule) => Assert.Equal(
        ["c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "1950a258-227b-4e31-a9cf-717495945fc2", "14d82eec-204b-4c2f-b7e8-296a70dab67e"],
        Quoted().Matches(ListOf(rule, "managementApps")).Select(match => match.Groups[1].Value));

    [Fact]
    public void SeedRule_Asns_AreThoseGivenWithoutTheCarriers()
    {
        var given = File.ReadLines(Path.Combine(TestPolicy.RepositoryRoot, "data", "seed-t1583.txt"))
            .Where(line => line.StartsWith("AS", StringComparison.Ordinal)).Select(line => AsnDigits().Match(line).Value).ToList();
        Assert.Equal(11, given.Count);
        Assert.Equal(
            given.Except(["174", "3257"]).Order(StringComparer.Ordinal),
            Quoted().Matches(ListOf(Seed, "hostingAsns")).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    // Interactive sign-ins have their own address; of the others it may be that of the first sign-in.
    [Theory, InlineData(Users), InlineData(Observed)]
    public void InheritedAddresses_OfNonInteractiveSignIns_AreMarked(string rule)
    {
        var query = QueryOf(rule);
        var interactive = query.IndexOf("IpMayBeInherited = false", StringComparison.Ordinal);
        var others = query.IndexOf("""IpMayBeInherited = tostring(column_ifexists("ClientCredentialType", "")) != "none" """.TrimEnd(), StringComparison.Ordinal);
        var table = query.IndexOf("(AADNonInteractiveUserSignInLogs", StringComparison.Ordinal);
        Assert.True(interactive > 0 && interactive < table && table < others);
        Assert.Equal("IpMayBeInherited", ShippedContent.Query("rules", rule).Map("customDetails")["IpMayBeInherited"]);
    }

    // Whatever finds addresses lets those pass that people allow.
    [Fact]
    public void Rules_ThatFindAddresses_HearTheAllowList()
    {
        var finding = ShippedContent.Rules.Where(rule => rule.Mappings.Any(mapping => mapping.Entity == "IP")).ToList();
        Assert.Equal(8, finding.Count);
        Assert.All(finding, rule => Assert.Contains("AcquireInfra_Allowed(", rule.Query, StringComparison.Ordinal));
    }

    static string QueryOf(string rule) => KqlText.WithoutComments(ShippedContent.Query("rules", rule).Query);

    static string ListOf(string rule, string name) => Regex.Match(QueryOf(rule), $@"let {name} = dynamic\(\[(?<items>[^\]]*)\]\)").Groups["items"].Value;

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\d+")]
    private static partial Regex AsnDigits();
}
