using System.Text.Json;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Sentinel.Tests.Bicep;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.Tests.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>A saved function, as the template deploys it.</summary>
public sealed record KqlFunction(string Name, string Parameters, string Query);

/// <summary>What the language service says of a query.</summary>
/// <param name="Faults">Errors and warnings, with their places.</param>
/// <param name="Columns">Names and types of the result.</param>
public sealed record KqlFindings(string Name, IReadOnlyList<string> Faults, IReadOnlyDictionary<string, string> Columns);

/// <summary>Asks the language service of Kusto, as the query editors do, with our tables and functions and no workspace.</summary>
internal static class KqlAnalysis
{
    static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    // One function for all watchlists: it has what any of them has. KqlTextTests checks which columns are asked of which.
    static readonly object Watchlist = new
    {
        name = "_GetWatchlist",
        parameters = "watchlistAlias:string",
        body = $"datatable(_DTItemId:string, LastUpdatedTimeUTC:datetime, SearchKey:string, {string.Join(", ", WatchlistSchemas.ByAlias.Values.SelectMany(columns => columns).Distinct().Select(column => column + ":string"))})[]",
    };

    // What the parsers of ASIM promise, as far as we ask for it.
    static readonly object NetworkSessions = new
    {
        name = "_Im_NetworkSession",
        parameters = "starttime:datetime=datetime(null), endtime:datetime=datetime(null)",
        body = "datatable(TimeGenerated:datetime, SrcHostname:string, SrcIpAddr:string, DstIpAddr:string, DstPortNumber:int, DvcAction:string, NetworkDirection:string)[]",
    };

    /// <summary>The functions that functions.bicep deploys with these parameters' defaults, with another body for some.</summary>
    public static async Task<IReadOnlyList<KqlFunction>> FunctionsAsync(params (string Name, string File)[] instead)
    {
        var template = await BicepCli.BuildAsync(ShippedContent.PathOf("functions", "functions.bicep"));
        var variables = template.GetProperty("variables");
        return [.. variables.GetProperty("functions").EnumerateArray().Select(function =>
        {
            var name = function.GetProperty("name").GetString()!;
            var other = instead.FirstOrDefault(pair => pair.Name == name).File;
            var query = other is null ? BodyOf(function.GetProperty("query").GetString()!, variables) : ShippedContent.Text("functions", other);
            return new KqlFunction(name, function.GetProperty("parameters").GetString()!, query);
        })];
    }

    public static async Task<IReadOnlyList<KqlFindings>> AnalyseAsync(IEnumerable<KqlFunction> functions, IEnumerable<(string Name, string Text)> queries)
    {
        var path = Path.Combine(Path.GetTempPath(), $"kql-{Guid.NewGuid():N}.json");
        try
        {
            var ours = functions.Select(object (function) => new { name = function.Name, parameters = function.Parameters, body = function.Query });
            var work = new
            {
                tables = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(TablesPath)),
                functions = ours.Prepend(NetworkSessions).Prepend(Watchlist),
                queries = queries.Select(query => new { name = query.Name, text = query.Text }),
            };
            await File.WriteAllTextAsync(path, JsonSerializer.Serialize(work));
            Assert.True(Directory.Exists(NpmTools.Modules), "NODE_PATH comes from ENRICHMENT_NPM");
            var (exitCode, output) = await NpmTools.RunAsync("node", "tests/npm/kql.mjs", path);
            Assert.True(exitCode == 0, output);
            return JsonSerializer.Deserialize<KqlFindings[]>(output, CamelCase)!;
        }
        finally
        {
            File.Delete(path);
        }
    }

    static string TablesPath => Path.Combine(TestPolicy.RepositoryRoot, "tests", "AcquireInfra.Enrichment.Sentinel.Tests", "Detections", "tables.json");

    // [variables('$fxv#1')], or [if(equals(…), variables('$fxv#0'), variables('$fxv#1'))] where a parameter chooses: the default's body.
    static string BodyOf(string expression, JsonElement variables)
    {
        var names = Regex.Matches(expression, @"variables\('([^']+)'\)").Select(match => match.Groups[1].Value).ToList();
        var bodies = names.Select(name => variables.GetProperty(name).GetString()!).ToList();
        return expression.Contains("'table'", StringComparison.Ordinal) ? bodies[1] : bodies[0];
    }
}
