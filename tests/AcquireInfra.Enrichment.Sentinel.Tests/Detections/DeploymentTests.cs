using System.Text.Json;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Sentinel.Tests.Bicep;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>The templates: they compile without a warning, and leave nothing of the folder out.</summary>
public sealed partial class DeploymentTests
{
    [Fact]
    public async Task Main_Modules_AreAllOfThem()
    {
        var template = await BicepCli.BuildAsync(ShippedContent.PathOf("deploy", "main.bicep"));
        var modules = template.GetProperty("resources").EnumerateArray().Select(module => module.GetProperty("name").GetString());
        Assert.Superset(
            (HashSet<string?>)["acquireinfra-functions", "acquireinfra-hunting", "acquireinfra-rules", "acquireinfra-watchlists", "acquireinfra-workbook"], modules.ToHashSet());
        Assert.True(JsonSerializer.SerializeToUtf8Bytes(template).Length < 4 * 1024 * 1024, "a template has at most 4 MB");
    }

    // Worked out as a deployment would: nothing is left out, and no expression fails.
    [Fact]
    public async Task Main_WorkedOut_MakesEverything()
    {
        var resources = await BicepCli.PredictAsync(ShippedContent.PathOf("deploy", "main.bicep"), "param workspaceName = 'workspace'");
        var byType = resources.ToLookup(resource => resource.GetProperty("type").GetString()!.Split('/')[^1], resource => resource.GetProperty("properties"));
        Assert.Equal(6, byType["watchlists"].Count());
        Assert.Single(byType["workbooks"]);
        Assert.Equal(7 + ShippedContent.HuntingQueries.Count(), byType["savedSearches"].Count());
        var rules = byType["alertRules"].ToDictionary(rule => rule.GetProperty("displayName").GetString()!);
        Assert.Equal(ShippedContent.Rules.Count(), rules.Count);
        foreach (var rule in ShippedContent.Rules)
        {
            var made = rules[rule.Text("name")];
            Assert.Equal(rule.Query, made.GetProperty("query").GetString());
            Assert.Equal(Spelled(rule.Text("queryFrequency")), System.Xml.XmlConvert.ToTimeSpan(made.GetProperty("queryFrequency").GetString()!));
            Assert.Equal(Spelled(rule.Text("queryPeriod")), System.Xml.XmlConvert.ToTimeSpan(made.GetProperty("queryPeriod").GetString()!));
            Assert.Equal(
                rule.List("relevantTechniques").Select(technique => technique[..5]).Distinct(), made.GetProperty("techniques").EnumerateArray().Select(technique => technique.GetString()));
        }
        Assert.Equal(3, rules.Values.Count(rule => !rule.GetProperty("enabled").GetBoolean()));
    }

    [Fact]
    public async Task Readme_Parameters_AreThoseOfTheTemplate()
    {
        var template = await BicepCli.BuildAsync(ShippedContent.PathOf("deploy", "main.bicep"));
        var told = ParameterRow().Matches(ShippedContent.Text("README.md")).Select(match => match.Groups[1].Value);
        Assert.Equal(template.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Readme_Rules_AreAllTold()
    {
        var readme = ShippedContent.Text("rules", "README.md");
        Assert.All(ShippedContent.Names("rules", "*.yaml"), name => Assert.Contains($"| `{Path.GetFileNameWithoutExtension(name)}` |", readme, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, 16), DefectRow().Matches(readme).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("rules", "rules")]
    [InlineData("hunting", "queries")]
    public async Task Module_Files_AreAllInIt(string folder, string variable)
    {
        var template = await BicepCli.BuildAsync(ShippedContent.PathOf(folder, folder + ".bicep"));
        var variables = template.GetProperty("variables");
        var ids = variables.GetProperty(variable).EnumerateArray().Select(query => IdOf(query, variables)).ToList();
        Assert.Equal(
            ShippedContent.Names(folder, "*.yaml").Select(name => ShippedContent.Query(folder, name).Text("id")).Order(StringComparer.Ordinal),
            ids.Order(StringComparer.Ordinal));
    }

    // ARM has other words for durations and operators: each that a rule uses has its own.
    [Fact]
    public async Task Rules_DurationsAndOperators_AreInTheTables()
    {
        var variables = (await BicepCli.BuildAsync(ShippedContent.PathOf("rules", "rules.bicep"))).GetProperty("variables");
        var used = ShippedContent.Rules.SelectMany(rule => (string[])[rule.Text("queryFrequency"), rule.Text("queryPeriod")]).Distinct();
        Assert.All(used, duration => Assert.Equal(
            System.Xml.XmlConvert.ToTimeSpan(variables.GetProperty("durations").GetProperty(duration).GetString()!), Spelled(duration)));
        Assert.All(ShippedContent.Rules, rule => Assert.True(variables.GetProperty("operators").TryGetProperty(rule.Text("triggerOperator"), out _)));
    }

    // What begins with a bracket is an expression to ARM.
    [Fact]
    public void Texts_NoneBeginsWithABracket() => Assert.All(
        ShippedContent.Rules.Concat(ShippedContent.HuntingQueries), query => Assert.All(
            query.Fields.Values.OfType<string>().Concat(query.Map("alertDetailsOverride").Values), text => Assert.False(text.StartsWith('['))));

    [Fact]
    public async Task Functions_Files_AreAllDeployable()
    {
        var variables = (await BicepCli.BuildAsync(ShippedContent.PathOf("functions", "functions.bicep"))).GetProperty("variables");
        var texts = variables.EnumerateObject().Where(variable => variable.Value.ValueKind == JsonValueKind.String).Select(variable => variable.Value.GetString()).ToHashSet();
        Assert.All(ShippedContent.Names("functions", "*.kql"), name => Assert.Contains(ShippedContent.Text("functions", name), texts));
        var names = variables.GetProperty("functions").EnumerateArray().Select(function => function.GetProperty("name").GetString()).ToList();
        Assert.All(ShippedContent.Names("functions", "*.kql"), name => Assert.Contains(name.Split('.')[0], names));
    }

    // Bicep writes what it loads in place, or as a variable of its own.
    static string IdOf(JsonElement query, JsonElement variables)
    {
        var loaded = query.ValueKind == JsonValueKind.Object ? query : variables.GetProperty(query.GetString()!.Split('\'')[1]);
        return loaded.GetProperty("id").GetString()!;
    }

    [GeneratedRegex("(?m)^\\| `([a-z]\\w+)` \\| ")]
    private static partial Regex ParameterRow();

    [GeneratedRegex(@"(?m)^\| (\d+) \| ")]
    private static partial Regex DefectRow();

    static TimeSpan Spelled(string duration)
    {
        var count = int.Parse(duration[..^1], System.Globalization.CultureInfo.InvariantCulture);
        return duration[^1] == 'd' ? TimeSpan.FromDays(count) : TimeSpan.FromHours(count);
    }
}
