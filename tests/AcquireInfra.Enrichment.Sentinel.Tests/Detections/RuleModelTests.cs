using System.Globalization;
using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>What the continuous integration of the Azure-Sentinel repository asks of rules and hunting queries, as far as it can be asked offline.</summary>
public sealed partial class RuleModelTests
{
    // Of the ids that the repository knows, those of our tables.
    static readonly string[] Connectors =
        ["AzureActiveDirectory", "AzureActivity", "Office365", "CefAma", "MicrosoftThreatProtection", "DNS", "BehaviorAnalytics", "AzureMonitor(IIS)"];

    // Techniques that we name, with their tactics in ATT&CK, as Microsoft Sentinel writes them.
    static readonly Dictionary<string, string[]> TacticsOf = new()
    {
        ["T1583"] = ["ResourceDevelopment"],
        ["T1584"] = ["ResourceDevelopment"],
        ["T1078"] = ["InitialAccess", "Persistence", "PrivilegeEscalation", "DefenseEvasion"],
        ["T1090"] = ["CommandAndControl"],
        ["T1110"] = ["CredentialAccess"],
        ["T1114"] = ["Collection"],
        ["T1190"] = ["InitialAccess"],
        ["T1505"] = ["Persistence"],
        ["T1562"] = ["DefenseEvasion"],
    };

    static readonly Dictionary<string, string[]> IdentifiersOf = new()
    {
        ["Account"] = ["Name", "UPNSuffix", "AadUserId", "FullName", "Sid"],
        ["AzureResource"] = ["ResourceId"],
        ["CloudApplication"] = ["AppId", "Name"],
        ["DNS"] = ["DomainName"],
        ["Host"] = ["FullName", "HostName", "DnsDomain"],
        ["IP"] = ["Address"],
    };

    static readonly string[] RuleFields =
    [
        "id", "name", "description", "severity", "requiredDataConnectors", "queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold", "tactics",
        "relevantTechniques", "query", "entityMappings", "customDetails", "eventGroupingSettings", "alertDetailsOverride", "version", "kind",
    ];

    public static TheoryData<string> Rules => [.. ShippedContent.Rules.Select(rule => rule.FileName)];

    public static TheoryData<string> Hunts => [.. ShippedContent.HuntingQueries.Select(query => query.FileName)];

    [Fact]
    public void Rules_Shipped_AreThere()
    {
        Assert.True(Rules.Count >= 12 && Hunts.Count >= 6, $"{Rules.Count} rules, {Hunts.Count} hunting queries");
        var ids = ShippedContent.Rules.Concat(ShippedContent.HuntingQueries).Select(query => Guid.Parse(query.Text("id"))).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory, MemberData(nameof(Rules))]
    public void Rule_Model_IsThatOfTheRepository(string fileName)
    {
        var rule = ShippedContent.Query("rules", fileName);
        Assert.Equal(RuleFields, rule.Fields.Keys);
        CheckCommon(rule, mostName: 256);
        Assert.Contains(rule.Text("severity"), (string[])["Informational", "Low", "Medium", "High"]);
        Assert.Equal("Scheduled", rule.Text("kind"));
        Assert.Equal("gt", rule.Text("triggerOperator"));
        Assert.InRange(int.Parse(rule.Text("triggerThreshold"), CultureInfo.InvariantCulture), 0, 10_000);
        Assert.Equal("AlertPerResult", rule.Map("eventGroupingSettings")["aggregationKind"]);

        var (frequency, period) = (Duration(rule.Text("queryFrequency")), Duration(rule.Text("queryPeriod")));
        Assert.InRange(frequency, TimeSpan.FromMinutes(5), TimeSpan.FromDays(14));
        Assert.InRange(period, frequency, TimeSpan.FromDays(14));
        Assert.True(period < TimeSpan.FromDays(2) || frequency >= TimeSpan.FromHours(1), "a period of two days or more wants a frequency of an hour or more");

        var details = rule.Map("customDetails");
        Assert.InRange(details.Count, 1, 20);
        Assert.All(details.Keys, key => Assert.Matches("^[A-Za-z0-9]{1,20}$", key));
        var texts = rule.Map("alertDetailsOverride");
        Assert.InRange(texts["alertDisplayNameFormat"].Length, 1, 256);
        Assert.InRange(texts["alertDescriptionFormat"].Length, 1, 5_000);
        Assert.All((string[])["alertDisplayNameFormat", "alertDescriptionFormat"], key => Assert.InRange(Placeholder().Count(texts[key]), 0, 3));
    }

    // The table is sent again daily and read two days back; what a rule may read of any table is its period.
    [Theory, MemberData(nameof(Rules))]
    public void Rule_ThatJoinsRanges_LooksBackTwoDays(string fileName)
    {
        var rule = ShippedContent.Query("rules", fileName);
        Assert.True(!rule.Query.Contains("AcquireInfra_Lookup", StringComparison.Ordinal) || Duration(rule.Text("queryPeriod")) >= TimeSpan.FromDays(2));
    }

    // Beyond 150 results a run, the rest is one alert that says nothing: a query has to say it itself.
    [Theory, MemberData(nameof(Rules))]
    public void Rule_Results_StayBelowTheCapOfAlerts(string fileName)
    {
        var query = ShippedContent.Query("rules", fileName).Query;
        var isSmall = query.Contains("AcquireInfra_Status", StringComparison.Ordinal); // a row a list
        Assert.True(isSmall || query.Contains("row_number() <= 140", StringComparison.Ordinal) || query.Contains("| top 140 by", StringComparison.Ordinal));
    }

    // Rows that arrive late are seen once, by the time of their ingestion; the parsers of ASIM do not hand it on.
    [Theory, MemberData(nameof(Rules))]
    public void Rule_NewRows_AreThoseIngestedSinceTheLastRun(string fileName)
    {
        var query = ShippedContent.Query("rules", fileName).Query;
        Assert.DoesNotContain("where TimeGenerated", query, StringComparison.Ordinal);
        var readsOther = query.Contains("_Im_", StringComparison.Ordinal) || query.Contains("AcquireInfra_Status", StringComparison.Ordinal);
        Assert.Equal(!readsOther, query.Contains("ingestion_time()", StringComparison.Ordinal));
        var lookback = Lookback().Match(query);
        Assert.True(!lookback.Success || lookback.Groups[1].Value == ShippedContent.Query("rules", fileName).Text("queryFrequency"), "a run looks at what came since the last");
    }

    [Theory, MemberData(nameof(Hunts))]
    public void HuntingQuery_Model_IsThatOfTheRepository(string fileName)
    {
        var query = ShippedContent.Query("hunting", fileName);
        Assert.Equal(
            ["id", "name", "description", "requiredDataConnectors", "tactics", "relevantTechniques", "query", "entityMappings", "version"], query.Fields.Keys);
        CheckCommon(query, mostName: 256);
    }

    static void CheckCommon(ShippedQuery query, int mostName)
    {
        Assert.True(Guid.TryParseExact(query.Text("id"), "D", out _));
        Assert.InRange(query.Text("name").Length, 1, mostName);
        Assert.InRange(query.Text("description").Length, 1, 5_000);
        Assert.InRange(query.Query.Length, 1, 10_000);
        Assert.Matches(@"^\d+\.\d+\.\d+$", query.Text("version"));

        foreach (var connector in query.Maps("requiredDataConnectors"))
        {
            Assert.Contains((string)connector["connectorId"], Connectors);
            Assert.All(((List<object>)connector["dataTypes"]).Cast<string>(), type => Assert.Contains(type.Split(' ')[0], query.Query, StringComparison.Ordinal));
        }

        var tactics = query.List("tactics");
        var techniques = query.List("relevantTechniques");
        Assert.Contains(techniques, technique => technique.StartsWith("T1583", StringComparison.Ordinal) || technique.StartsWith("T1562", StringComparison.Ordinal));
        Assert.All(techniques, technique => Assert.Matches(@"^T\d{4}(\.\d{3})?$", technique));
        Assert.All(techniques, technique => Assert.Contains(TacticsOf[technique[..5]], tactics.Contains));
        Assert.All(tactics, tactic => Assert.Contains(techniques, technique => TacticsOf[technique[..5]].Contains(tactic)));

        var mappings = query.Maps("entityMappings");
        Assert.InRange(mappings.Count, 1, 5);
        Assert.All(mappings, mapping => Assert.InRange(((List<object>)mapping["fieldMappings"]).Count, 1, 3));
        Assert.All(query.Mappings, mapping => Assert.Contains(mapping.Identifier, IdentifiersOf[mapping.Entity]));
    }

    static TimeSpan Duration(string text) => text[^1] switch
    {
        'm' => TimeSpan.FromMinutes(int.Parse(text[..^1], CultureInfo.InvariantCulture)),
        'h' => TimeSpan.FromHours(int.Parse(text[..^1], CultureInfo.InvariantCulture)),
        'd' => TimeSpan.FromDays(int.Parse(text[..^1], CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"{text} is no duration."),
    };

    [GeneratedRegex(@"\{\{\w+\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"let lookback = (\w+);")]
    private static partial Regex Lookback();
}
