using System.Text.Json;
using AcquireInfra.Enrichment.Tests.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>Every query through the language service of Kusto: it knows tables, columns, functions and types, and runs nothing.</summary>
[Trait("Needs", "npm")]
public sealed class KqlTests
{
    static readonly string[] RangeColumns =
        ["Prefix:string", "Categories:string", "Score:int", "Level:string", "Verdict:string", "Provider:string", "Asn:long", "Confidence:string"];

    [Fact]
    public async Task RulesAndHuntingQueries_AreSoundAndHaveTheColumnsThatAreTaken()
    {
        var queries = ShippedContent.Rules.Concat(ShippedContent.HuntingQueries).ToList();
        var found = await KqlAnalysis.AnalyseAsync(await KqlAnalysis.FunctionsAsync(), queries.Select(query => (query.ToString(), query.Query)));
        Assert.Equal(queries.Count, found.Count);
        Assert.All(queries.Zip(found), pair =>
        {
            Assert.True(pair.Second.Faults.Count == 0, $"{pair.First}: {string.Join("; ", pair.Second.Faults)}");
            Assert.All(pair.First.ColumnsTaken, column => Assert.True(pair.Second.Columns.ContainsKey(column), $"{pair.First} has no column {column}"));
            Assert.True(!pair.First.ColumnsTaken.Contains("Severity") || pair.Second.Columns["Severity"] == "string");
        });
    }

    // Both bodies of a function answer alike, so that rules need not know which is deployed.
    [Theory]
    [InlineData("AcquireInfra_Ranges", "AcquireInfra_Ranges.watchlist.kql", "AcquireInfra_Ranges.watchlist.kql")]
    [InlineData("AcquireInfra_Ranges", "AcquireInfra_Ranges.table.kql", "AcquireInfra_Ranges.table.kql")]
    [InlineData("AcquireInfra_Lookup", "AcquireInfra_Lookup.kql", "AcquireInfra_Ranges.table.kql")]
    [InlineData("AcquireInfra_Lookup", "AcquireInfra_Lookup.byMask.kql", "AcquireInfra_Ranges.watchlist.kql")]
    public async Task Functions_EachBody_HasTheSameColumns(string name, string file, string ranges)
    {
        var functions = await KqlAnalysis.FunctionsAsync(("AcquireInfra_Ranges", ranges), (name, file));
        var call = name == "AcquireInfra_Ranges" ? "AcquireInfra_Ranges()" : """AcquireInfra_Lookup((datatable(IPAddress:string)["192.0.2.7"]))""";
        var found = (await KqlAnalysis.AnalyseAsync(functions, [("body", BodyOf(functions, name)), ("call", call)])).ToList();
        var expected = name == "AcquireInfra_Ranges" ? RangeColumns : [.. RangeColumns.Prepend("IPAddress:string"), "Network:string"];
        Assert.All(found, findings => Assert.True(findings.Faults.Count == 0, $"{file}: {string.Join("; ", findings.Faults)}"));
        Assert.All(found, findings => Assert.Equal(expected, findings.Columns.Select(column => $"{column.Key}:{column.Value}")));
    }

    [Fact]
    public async Task Functions_AllBodies_AreSound()
    {
        var functions = await KqlAnalysis.FunctionsAsync();
        var found = await KqlAnalysis.AnalyseAsync(functions, functions.Select(function => (function.Name, BodyOf(functions, function.Name))));
        Assert.All(found, findings => Assert.True(findings.Faults.Count == 0, $"{findings.Name}: {string.Join("; ", findings.Faults)}"));
        Assert.Equal(
            ["AcquireInfra_Addresses", "AcquireInfra_Allowed", "AcquireInfra_DomainLookup", "AcquireInfra_Domains", "AcquireInfra_Lookup", "AcquireInfra_Ranges", "AcquireInfra_Status"],
            functions.Select(function => function.Name).Order(StringComparer.Ordinal));
    }

    // That the checks above can fail: the seed detection names a table that does not exist, and other slips are found as well.
    [Fact]
    public async Task Analysis_FaultyQueries_AreTold()
    {
        (string Query, string Code)[] faulty =
        [
            ("AADSignInLogs | take 1", "KS204"),
            ("SigninLogs | where NoSuchColumn == 1", "KS142"),
            ("SigninLogs | extend x = NoSuchFunction()", "KS211"),
            ("SigninLogs | summarize by", "KS"),
            ("AcquireInfra_Lookup((SigninLogs | project UserId))", "KS"),
        ];
        var found = await KqlAnalysis.AnalyseAsync(await KqlAnalysis.FunctionsAsync(), faulty.Select(query => (query.Query, query.Query)));
        Assert.All(faulty.Zip(found), pair => Assert.Contains(pair.Second.Faults, fault => fault.StartsWith("Error " + pair.First.Code, StringComparison.Ordinal)));
    }

    // No table and no column stands in the schema for nothing.
    [Fact]
    public void Tables_AndColumns_AreThoseThatAreUsed()
    {
        var text = string.Concat(ShippedContent.Rules.Concat(ShippedContent.HuntingQueries).Select(query => query.Query))
            + string.Concat(ShippedContent.Names("functions", "*.kql").Select(name => ShippedContent.Text("functions", name)));
        var path = Path.Combine(TestPolicy.RepositoryRoot, "tests", "AcquireInfra.Enrichment.Sentinel.Tests", "Detections", "tables.json");
        using var tables = JsonDocument.Parse(File.ReadAllText(path));
        foreach (var table in tables.RootElement.EnumerateObject())
        {
            Assert.Matches($@"\b{table.Name}\b", text);
            Assert.All(table.Value.EnumerateObject(), column => Assert.Matches($@"\b{column.Name}\b", text));
        }
    }

    // A function's body stands alone once its parameter does.
    static string BodyOf(IEnumerable<KqlFunction> functions, string name)
    {
        var function = functions.Single(function => function.Name == name);
        var parameter = function.Parameters.Split(':', 2);
        return (parameter.Length == 2 ? $"let {parameter[0]} = datatable{parameter[1]}[];\n" : "") + function.Query;
    }
}
