using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>What of our words and columns stands in the queries: all of it is what the service emits, and compared with its own kind.</summary>
public sealed partial class KqlTextTests
{
    public static IEnumerable<(string Name, string Text)> AllKql =>
        ShippedContent.Names("functions", "*.kql").Select(name => (name, ShippedContent.Text("functions", name)))
            .Concat(ShippedContent.Rules.Concat(ShippedContent.HuntingQueries).Select(query => (query.FileName, query.Query)))
            .Concat(WorkbookFile.Queries.Select(query => (query.Name, query.Text)));

    [Fact]
    public void Queries_Comparisons_AreOfOneKind() =>
        Assert.All(AllKql, query => Assert.True(!KqlText.MixedComparisons(query.Text).Any(), $"{query.Name}: {string.Join("; ", KqlText.MixedComparisons(query.Text))}"));

    [Theory]
    [InlineData("| where ResultType == 0", "ResultType == 0")]
    [InlineData("| where AutonomousSystemNumber in (9009, 174)", "AutonomousSystemNumber in (9009")]
    [InlineData("""| where Score >= "50" """, "Score >= \"50\"")]
    [InlineData("""| where ResultType == "0" and Score >= 50 and Asn == 64496""", null)]
    public void MixedComparisons_Query_AreFound(string query, string? expected) => Assert.Equal(expected, KqlText.MixedComparisons(query).SingleOrDefault());

    [Fact]
    public void Queries_WordsOfOurs_AreThoseThatTheServiceEmits()
    {
        var seen = new HashSet<string>();
        Assert.All(AllKql, query =>
        {
            Check(query, "Level", RiskLevels.All);
            Check(query, "Verdict", VerdictKinds.All);
            Check(query, "Categories", Categories.All);
            Check(query, "Category", Categories.All);
            Check(query, "Confidence", ["low", "medium", "high"]);
        });
        Assert.Superset((HashSet<string>)["Level", "Verdict", "Category"], seen);

        void Check((string Name, string Text) query, string column, IReadOnlyList<string> words) =>
            Assert.All(KqlText.WordsComparedWith(query.Text, column), word =>
            {
                Assert.True(words.Contains(word), $"{query.Name}: {column} is never {word}");
                seen.Add(column);
            });
    }

    [Fact]
    public void WordsComparedWith_Query_AreFound() => Assert.Equal(
        ["a", "b", "c", "vpn_exit"],
        KqlText.WordsComparedWith("""| where Level in ("a", "b") or Level == "c" | where LevelOther == "d" and Level has "vpn_exit" """, "Level"));

    // Weights are the policy's: a query that had some would be another judge.
    [Fact]
    public void Queries_Weights_AreNotInThem() => Assert.All(AllKql, query => Assert.DoesNotMatch("(?i)weight", KqlText.WithoutComments(query.Text)));

    // Each list is read in one function, by the columns that it has.
    [Fact]
    public void Watchlists_ColumnsAskedFor_AreThoseOfTheList()
    {
        var aliases = new HashSet<string>();
        foreach (var (name, text) in AllKql)
        {
            var read = Alias().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();
            var columns = read.SelectMany(alias => WatchlistSchemas.ByAlias[alias]).ToHashSet();
            Assert.True(read.Count == 0 || read.Select(alias => string.Join(',', WatchlistSchemas.ByAlias[alias])).Distinct().Count() == 1, $"{name} reads lists of two kinds");
            Assert.True(read.Count == 0 || name.StartsWith("AcquireInfra_", StringComparison.Ordinal), $"{name} reads {read.FirstOrDefault()} itself");
            var optional = read.Count == 0 ? [] : OptionalColumn().Matches(text).Select(match => match.Groups[1].Value).ToList();
            Assert.All(optional, column => Assert.True(columns.Contains(column), $"{name}: {column} is no column of {string.Join(", ", read)}"));
            aliases.UnionWith(read);
        }
        Assert.Equal(WatchlistSchemas.ByAlias.Keys.Order(StringComparer.Ordinal), aliases.Order(StringComparer.Ordinal));
    }

    // The repository's own linter objects to these.
    [Fact]
    public void Queries_Habits_AreThoseOfTheRepository() => Assert.All(AllKql, query =>
    {
        Assert.DoesNotMatch(@"(?i)\bsearch \*|\bcontains\b|\bunion \*", KqlText.WithoutComments(query.Text));
        Assert.DoesNotContain('\t', query.Text);
        Assert.DoesNotContain('\r', query.Text);
    });

    [GeneratedRegex(@"_GetWatchlist\('(\w+)'\)")]
    private static partial Regex Alias();

    [GeneratedRegex("column_ifexists\\(\"(\\w+)\"")]
    private static partial Regex OptionalColumn();
}
