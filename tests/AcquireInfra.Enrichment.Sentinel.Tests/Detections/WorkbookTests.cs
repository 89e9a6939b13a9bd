namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>The workbook: it opens, asks what it should, and its queries are sound.</summary>
public sealed class WorkbookTests
{
    [Fact]
    public void Workbook_Items_AreThoseOfTheFormat()
    {
        Assert.Equal("Notebook/1.0", WorkbookFile.Version);
        var names = WorkbookFile.Items.Select(item => item.GetProperty("name").GetString()).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Superset((HashSet<string?>)["data-age", "coverage", "categories", "users"], names.ToHashSet());
        foreach (var tile in WorkbookFile.Items.Where(item => item.GetProperty("type").GetInt32() == 3).Select(item => item.GetProperty("content")))
        {
            Assert.Equal("KqlItem/1.0", tile.GetProperty("version").GetString());
            Assert.Contains(tile.GetProperty("visualization").GetString(), (string?[])["table", "barchart", "timechart"]);
            Assert.Equal("TimeRange", tile.GetProperty("timeContextFromParameter").GetString());
        }
        Assert.All(WorkbookFile.Queries, query => Assert.DoesNotContain("{", query.Text, StringComparison.Ordinal));
    }

    [Fact, Trait("Needs", "npm")]
    public async Task Workbook_Queries_AreSound()
    {
        var found = await KqlAnalysis.AnalyseAsync(await KqlAnalysis.FunctionsAsync(), WorkbookFile.Queries);
        Assert.Equal(7, found.Count);
        Assert.All(found, findings => Assert.True(findings.Faults.Count == 0, $"{findings.Name}: {string.Join("; ", findings.Faults)}"));
        Assert.All(found, findings => Assert.NotEmpty(findings.Columns));
    }
}
