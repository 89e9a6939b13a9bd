using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Evaluation;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Tests.Loading;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Tests.Evaluation;

/// <summary>Real addresses whose operators are well known, because what the bundled data says of them is the point.</summary>
public sealed class WellKnownAddressesTests(BundledSnapshot bundled) : IClassFixture<BundledSnapshot>
{
    static string PathOf(string name) => Path.Combine(Repository.Root, "tests", "labels", name);

    // To make it anew: tail -n +2 tests/labels/golden-verdicts.csv | cut -d, -f1 | enrich classify --at 2026-11-24T00:00:00Z
    //   --fields ip,scope,network,asn,asnName,asnRole,verdict,level,score,categories,provider > golden; read the difference before it is committed.
    [Fact]
    public async Task GoldenVerdicts_BundledData_AreTheSame()
    {
        var golden = await File.ReadAllTextAsync(PathOf("golden-verdicts.csv"), TestContext.Current.CancellationToken);
        var rows = golden.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(rows.Length > 200);
        Assert.True(RowFields.TryParse("ip,scope,network,asn,asnName,asnRole,verdict,level,score,categories,provider", out var fields, out _));
        var renderer = new RowRenderer(bundled.Judge, RowFormat.Csv, fields);
        using var addresses = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', rows.Skip(1).Select(row => row.Split(',')[0]))));
        using var answers = new MemoryStream();
        await new BulkClassifier(renderer, new(LineFormat.Text, Parallelism: 1), _ => { }).RunAsync(addresses, answers, TestContext.Current.CancellationToken);
        Assert.Equal(rows, Encoding.UTF8.GetString(answers.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    // Floors, not targets: what falls below them broke something. Tor, relays, scanners and crawlers are in no bundled source.
    [Fact]
    public void BundledData_WellKnownAddresses_AreFound()
    {
        var labels = LabelsOf(bundled.Judge);
        Assert.True(labels.Values.Sum(row => row.Addresses) >= 400);
        AssertNoOrdinaryLineIsAccused(labels);
        Assert.InRange(labels["hosting"].Recall!.Value, 0.98, 1);
        Assert.InRange(labels["cdn"].Recall!.Value, 0.98, 1);
        Assert.InRange(labels["enterpriseGateway"].Recall!.Value, 0.98, 1);
        Assert.InRange(labels["isp"].Recall!.Value, 0.95, 1);
        Assert.InRange(labels["vpn"].AccusedShare, 0.98, 1);
        Assert.Equal(labels["tor"].Addresses, labels["tor"].Unknown); // never called clean
        Assert.Equal(labels["relay"].Addresses, labels["relay"].Unknown);
    }

    [Fact]
    [Trait("Needs", "feeds")]
    public void AllFeeds_WellKnownAddresses_AreFound()
    {
        var labels = LabelsOf(new Judge(PublicFeeds.Snapshot, new DataFolder(Repository.Data).ReadPolicy(), PublicFeeds.Day));
        AssertNoOrdinaryLineIsAccused(labels);
        Assert.InRange(labels["hosting"].Recall!.Value, 0.98, 1);
        Assert.InRange(labels["relay"].Recall!.Value, 0.9, 1);
        Assert.InRange(labels["crawler"].Recall!.Value, 0.98, 1);
        Assert.InRange(labels["tor"].AccusedShare, 0.75, 1); // exits come and go; the labels are older than the day
    }

    static void AssertNoOrdinaryLineIsAccused(Dictionary<string, LabelRow> labels) =>
        Assert.All(labels.Values.Where(row => row.FalsePositives is not null), row => Assert.Equal(0, row.Accused));

    static Dictionary<string, LabelRow> LabelsOf(Judge judge)
    {
        var evaluation = new Enrichment.Evaluation.Evaluation(judge);
        foreach (var fields in File.ReadLines(PathOf("well-known.tsv")).Where(line => !line.StartsWith('#')).Select(line => line.Split('\t')))
        {
            Assert.Equal(4, fields.Length);
            evaluation.Add(Address.Parse(fields[0]), Label.Find(fields[1])!, fields[2]);
        }
        return evaluation.Report(worst: 0).Labels.ToDictionary(row => row.Label);
    }
}
