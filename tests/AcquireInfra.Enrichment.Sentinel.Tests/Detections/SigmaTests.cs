using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Sentinel.Sigma;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Verdicts;
using YamlDotNet.Serialization;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>The Sigma rule against the schema of Sigma 2.1.0, as far as our rule uses it, and against the data it is made from.</summary>
public sealed class SigmaTests
{
    static readonly string[] Keys =
        ["title", "id", "status", "description", "references", "author", "date", "tags", "logsource", "detection", "falsepositives", "level"];

    static readonly string[] Tags =
    [
        "attack.resource-development", "attack.initial-access", "attack.command-and-control", "attack.t1583", "attack.t1583.003", "attack.t1078",
        "attack.t1078.004", "attack.t1090", "attack.t1090.002", "attack.t1090.003",
    ];

    static readonly string Shipped = ShippedContent.Text("sigma", "azure_signinlogs_anonymizer_network.yml");

    [Fact]
    public void ShippedRule_Schema_IsThatOfSigma() => CheckSchema(Shipped);

    [Fact]
    public void ShippedRule_Prefixes_AreWideDisjointAndOfBothFamilies()
    {
        var prefixes = PrefixesOf(Shipped);
        Assert.Equal(SigmaRule.DefaultMostPrefixes, prefixes.Count);
        Assert.Contains(prefixes, prefix => prefix.IsIPv4);
        Assert.Contains(prefixes, prefix => !prefix.IsIPv4);
        Assert.All(prefixes.Zip(prefixes.Skip(1)), pair => Assert.True(pair.First.IsIPv4 != pair.Second.IsIPv4 || pair.First.Last < pair.Second.First));
        Assert.All(prefixes, prefix => Assert.Equal(AddressScope.Global, SpecialPurpose.ScopeOf(prefix.First)));
    }

    // Against the judge: what is listed is in the categories, and the widest come first.
    [Theory, InlineData(4), InlineData(40), InlineData(100_000)]
    public void Write_AnyData_ListsWhatTheJudgePutsThere(int most)
    {
        var judge = ExportSample.JudgeOf(ExportSample.Sources());
        var text = Written(judge, most);
        CheckSchema(text);
        var prefixes = PrefixesOf(text);
        Assert.True(prefixes.Count <= most && prefixes.Count > Math.Min(most, 100) / 2, $"{prefixes.Count} of {most}");
        foreach (var address in prefixes.SelectMany(prefix => new[] { prefix.First, prefix.Last }))
        {
            Assert.False((judge.VerdictOf(address).Present & SigmaRule.DefaultCategories).IsEmpty, $"{address} is in none");
        }
        var all = PrefixesOf(Written(judge, 100_000)).ToLookup(prefix => prefix.IsIPv4);
        Assert.All(prefixes.GroupBy(prefix => prefix.IsIPv4), family =>
            Assert.Equal(all[family.Key].Select(prefix => prefix.Length).Order().Take(family.Count()), family.Select(prefix => prefix.Length).Order()));
    }

    [Fact]
    public void Write_Again_GivesEqualBytes() => Assert.Equal(
        Written(ExportSample.JudgeOf(ExportSample.Sources()), 40), Written(ExportSample.JudgeOf(ExportSample.Sources()), 40));

    static string Written(Judge judge, int most)
    {
        using var bytes = new MemoryStream();
        SigmaRule.Write(judge, SigmaRule.DefaultCategories, most, bytes);
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    static void CheckSchema(string text)
    {
        var rule = Parse(text);
        Assert.Equal(Keys, rule.Keys);
        Assert.InRange(((string)rule["title"]).Length, 1, 256);
        Assert.True(Guid.TryParseExact((string)rule["id"], "D", out _));
        Assert.Contains((string)rule["status"], (string[])["stable", "test", "experimental", "deprecated", "unsupported"]);
        Assert.Contains((string)rule["level"], (string[])["informational", "low", "medium", "high", "critical"]);
        Assert.Matches(@"^\d{4}-\d{2}-\d{2}$", (string)rule["date"]);
        Assert.StartsWith("Detects ", (string)rule["description"], StringComparison.Ordinal);
        Assert.InRange(((string)rule["description"]).Length, 16, 65_535);
        Assert.All(Strings(rule["references"]), reference => Assert.StartsWith("https://", reference, StringComparison.Ordinal));
        var tags = Strings(rule["tags"]);
        Assert.Equal(tags.Count, tags.Distinct().Count());
        Assert.All(tags, tag => Assert.Contains(tag, Tags));
        Assert.NotEmpty(Strings(rule["falsepositives"]));
        var source = (Dictionary<object, object>)rule["logsource"];
        Assert.Equal([("product", "azure"), ("service", "signinlogs")], source.Select(pair => ((string)pair.Key, (string)pair.Value)));
        var detection = (Dictionary<object, object>)rule["detection"];
        Assert.Equal(["selection", "condition"], detection.Keys.Cast<string>());
        Assert.Equal("selection", detection["condition"]);
        Assert.Equal(["ResultType", "IPAddress|cidr"], ((Dictionary<object, object>)detection["selection"]).Keys.Cast<string>());
        // ResultType is a text in the table: a number would never be equal to it.
        Assert.Contains("ResultType: '0'\n", text, StringComparison.Ordinal);
    }

    static List<Prefix> PrefixesOf(string text)
    {
        var detection = (Dictionary<object, object>)Parse(text)["detection"];
        return [.. Strings(((Dictionary<object, object>)detection["selection"])["IPAddress|cidr"]).Select(Prefix.Parse)]; // strict: no host bits
    }

    static Dictionary<string, object> Parse(string text) => new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(text);

    static List<string> Strings(object list) => [.. ((List<object>)list).Cast<string>()];
}
