using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Tests.Verdicts;
using YamlDotNet.Serialization;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>The shipped folder <c>content/</c>: rules and hunting queries as they are written, functions and watchlists by their files.</summary>
internal static class ShippedContent
{
    public static string Root { get; } = Path.Combine(
        TestPolicy.RepositoryRoot, "src", "AcquireInfra.Enrichment.Sentinel", "content");

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    public static string Text(params ReadOnlySpan<string> parts) => File.ReadAllText(PathOf(parts));

    /// <summary>File names without folder, in order.</summary>
    public static IEnumerable<string> Names(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    public static ShippedQuery Query(string folder, string name)
    {
        var fields = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(Text(folder, name));
        return new(folder, name, fields);
    }

    public static IEnumerable<ShippedQuery> Rules => Names("rules", "*.yaml").Select(name => Query("rules", name));

    public static IEnumerable<ShippedQuery> HuntingQueries => Names("hunting", "*.yaml").Select(name => Query("hunting", name));
}

/// <summary>A rule or a hunting query.</summary>
/// <param name="Fields">As YAML has them: texts, lists and maps.</param>
internal sealed record ShippedQuery(string Folder, string FileName, Dictionary<string, object> Fields)
{
    public string Text(string field) => Fields.TryGetValue(field, out var value) ? (string)value : throw new KeyNotFoundException($"{FileName} has no {field}.");

    public string Query => Text("query");

    public List<string> List(string field) => Fields.TryGetValue(field, out var value) ? [.. ((List<object>)value).Cast<string>()] : [];

    public List<Dictionary<object, object>> Maps(string field) =>
        Fields.TryGetValue(field, out var value) ? [.. ((List<object>)value).Cast<Dictionary<object, object>>()] : [];

    public Dictionary<string, string> Map(string field) => Fields.TryGetValue(field, out var value)
        ? ((Dictionary<object, object>)value).ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value) : [];

    /// <summary>Entity type, identifier and column of every mapping.</summary>
    public IEnumerable<(string Entity, string Identifier, string Column)> Mappings => Maps("entityMappings").SelectMany(
        mapping => ((List<object>)mapping["fieldMappings"]).Cast<Dictionary<object, object>>(),
        (mapping, entry) => ((string)mapping["entityType"], (string)entry["identifier"], (string)entry["columnName"]));

    /// <summary>Columns that something outside of the query takes from its result.</summary>
    public IEnumerable<string> ColumnsTaken
    {
        get
        {
            var details = Map("alertDetailsOverride");
            var named = details.Where(pair => pair.Key.EndsWith("ColumnName", StringComparison.Ordinal)).Select(pair => pair.Value);
            var inTexts = details.Values.SelectMany(text => Regex.Matches(text, @"\{\{(\w+)\}\}"), (_, match) => match.Groups[1].Value);
            return Mappings.Select(mapping => mapping.Column).Concat(Map("customDetails").Values).Concat(named).Concat(inTexts).Distinct();
        }
    }

    public override string ToString() => $"{Folder}/{FileName}";
}
