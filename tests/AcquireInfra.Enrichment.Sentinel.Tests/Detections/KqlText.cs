using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>Reads KQL as text: what the language service does not object to.</summary>
internal static partial class KqlText
{
    static readonly string[] Numbers = ["Score", "Asn", "Rows", "PrefixLength"];

    static readonly string[] Texts =
        ["ResultType", "AutonomousSystemNumber", "scStatus", "Level", "Verdict", "Categories", "Category", "Confidence", "Provider", "AppId", "UserId"];

    /// <summary>Comparisons of a text column with a number, or of a number column with a text: they hold by accident or never.</summary>
    public static IEnumerable<string> MixedComparisons(string query)
    {
        var text = WithoutComments(query);
        foreach (Match match in Comparison().Matches(text))
        {
            var (column, right) = (match.Groups["column"].Value, match.Groups["right"].Value);
            var isText = right[0] is '"' or '\'';
            if ((Texts.Contains(column) && !isText) || (Numbers.Contains(column) && isText))
            {
                yield return match.Value;
            }
        }
    }

    /// <summary>Each string that a column is compared with, by ==, !=, in, !in, has, has_any and the like.</summary>
    public static IEnumerable<string> WordsComparedWith(string query, string column)
    {
        foreach (Match match in Regex.Matches(WithoutComments(query), $@"\b{column}\s*(==|!=|=~|!~|!?in~?|!?has(_any|_all|_cs)?|!?contains|startswith|endswith)\s*(?<list>\([^)]*\)|""[^""]*"")"))
        {
            foreach (Match word in Quoted().Matches(match.Groups["list"].Value))
            {
                yield return word.Groups[1].Value;
            }
        }
    }

    /// <summary>The arms of the expression <c>NAME = case(…)</c>: condition and outcome, and the outcome of none.</summary>
    public static (IReadOnlyList<(string Condition, string Outcome)> Arms, string Otherwise)? CaseOf(string query, string name)
    {
        var match = Regex.Match(WithoutComments(query), $@"\bextend {name} = case\((?<arms>[^()]*)\)");
        if (!match.Success)
        {
            return null;
        }
        var parts = match.Groups["arms"].Value.Split(',', StringSplitOptions.TrimEntries);
        Assert.True(parts.Length % 2 == 1, $"{match.Value} has no last arm");
        var arms = parts.SkipLast(1).Chunk(2).Select(pair => (pair[0], pair[1].Trim('"'))).ToList();
        return (arms, parts[^1].Trim('"'));
    }

    public static string WithoutComments(string query) =>
        string.Join('\n', query.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    [GeneratedRegex("""\b(?<column>[A-Za-z_]\w*)\s*(==|!=|<=|>=|<|>|!?in~?)\s*(\(|dynamic\(\[)?\s*(?<right>"[^"]*"|'[^']*'|-?\d[\d.]*\b(?!\w))""")]
    private static partial Regex Comparison();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
