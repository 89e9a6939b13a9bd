using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Evaluation;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Evaluation;

public sealed class EvaluationTests
{
    const string Table = "9.1.0.0,9.1.255.255,64500,\"Hoster, Inc.\"\n9.3.0.0,9.3.255.255,64502,Line\n";
    const string Roles = "64500,hosting,,certain,\n64502,access,,knowledge,\n";

    static readonly Snapshot Snapshot = TestSources.Open(
        TestSources.AsnTable(Table), TestSources.Roles(Roles),
        TestSources.Prefixes("vpns", "vpn", "9.1.1.0/24\n9.3.9.0/24", info => info with { Family = "one" }),
        TestSources.Prefixes("exits", "vpn", "9.1.1.7", info => info with { Family = "two" }));

    [Fact]
    public void Report_LabelsOfEachKind_CountsWhatWasCalledWhat()
    {
        var report = Evaluate(
            ("9.1.1.7", "vpn", "us"), ("9.1.2.1", "vpn", "them"), // the second is called hosting alone
            ("9.1.3.1", "hosting", ""), ("9.4.1.1", "hosting", ""), // the second is in no ASN
            ("9.3.1.1", "access", ""), ("9.3.9.1", "eyeball", ""), ("9.3.2.1", "ISP", ""), // the second is called vpn
            ("9.4.2.2", "tor", ""), ("192.0.2.1", "hosting", ""));
        Assert.Equal(9, report.Addresses);

        var vpn = report.Labels.Single(row => row.Label == "vpn");
        Assert.Equal((2, 1, 2, 0.5), (vpn.Addresses, vpn.Own, vpn.Accused, vpn.Recall));
        Assert.Null(vpn.FalsePositives);
        var line = report.Labels.Single(row => row.Label == "isp");
        Assert.Equal((3, 3, 1), (line.Addresses, line.Own, line.Accused));
        Assert.Equal(1 / 3.0, line.FalsePositives);
        var hosting = report.Labels.Single(row => row.Label == "hosting");
        Assert.Equal((3, 1, 1, 1), (hosting.Addresses, hosting.Own, hosting.Unknown, hosting.Special));
        Assert.Equal(1, report.Labels.Single(row => row.Label == "tor").Unknown);

        Assert.Equal([("vpn", "them", 0), ("vpn", "us", 1)], report.BySource.Select(row => (row.Label, row.Source, row.Own)));
        var asVpn = report.Categories.Single(row => row.Category == "vpn");
        Assert.Equal((0.5, 0.5, 1 / 3.0, 2), (asVpn.Recall, asVpn.Precision, asVpn.FalsePositives, asVpn.Called));
        var asHosting = report.Categories.Single(row => row.Category == "hosting");
        Assert.Equal((1.0, 0.0, 3), (asHosting.Precision, asHosting.FalsePositives, asHosting.Called));

        var confusion = report.Confusion.Single(row => row.Label == "vpn");
        Assert.Equal((1, 1), (confusion.Verdicts["anonymizer"], confusion.Verdicts["hosting"]));
        Assert.Equal((1, 2), (confusion.Categories["vpn"], confusion.Categories["hosting"]));
        Assert.Equal(new WorstAsn("vpn", 64500, "Hoster, Inc.", "hosting", 1, 2), report.Worst.Single(row => row.Label == "vpn"));
        Assert.Equal(new WorstAsn("isp", 64502, "Line", "access", 1, 3), report.Worst.Single(row => row.Label == "isp"));
        Assert.Equal(0u, report.Worst.First(row => row.Label == "hosting").Asn);
    }

    // The bins hold each address once for each category that its label speaks of, and what was observed lies between 0 and 1.
    [Fact]
    public void Reliability_Bins_HoldOwnLabelsAndOrdinaryLines()
    {
        var report = Evaluate(("9.1.1.7", "vpn", ""), ("9.1.2.1", "vpn", ""), ("9.3.1.1", "isp", ""), ("9.1.9.9", "hosting", ""));
        var vpn = report.Reliability.Where(row => row.Category == "vpn").ToList();
        Assert.Equal(3, vpn.Sum(row => row.Addresses));
        Assert.Equal((2, 0.5), (vpn[0].Addresses, vpn[0].Observed)); // believed none: the missed exit and the line
        Assert.Equal((1, 1.0), (vpn[^1].Addresses, vpn[^1].Observed));
        Assert.All(report.Reliability, row => Assert.InRange(row.MeanProbability, row.From, row.To));
    }

    [Fact]
    public void Report_NothingAdded_IsEmpty()
    {
        var report = Evaluate();
        Assert.Equal(0, report.Addresses);
        Assert.Empty(report.Labels);
        Assert.Empty(report.Categories);
    }

    [Fact]
    public void Csv_NamesOfOthers_AreQuotedAndFiguresThatDoNotExistEmpty()
    {
        using var bytes = new MemoryStream();
        EvaluationCsv.Write(Evaluate(("9.1.2.1", "vpn", "=us"), ("9.3.1.1", "transit", "")), bytes);
        var lines = Encoding.UTF8.GetString(bytes.ToArray()).Split("\r\n");
        Assert.Equal("Table,Of,In,Figure,Value", lines[0]);
        Assert.Contains("label,transit,,recall,", lines);
        Assert.Contains("label,vpn,'=us,recall,0", lines);
        Assert.Contains("worst,vpn,\"AS64500 Hoster, Inc.\",wrong,1", lines);
    }

    [Theory, InlineData("VPN", "vpn", false), InlineData("eyeball", "isp", true), InlineData("carrier", "transit", true), InlineData("ordinary", "ordinary", true)]
    public void Find_Spellings_AreOneLabel(string word, string label, bool isOrdinary) =>
        Assert.Equal((label, isOrdinary), (Label.Find(word)!.Word, Label.Find(word)!.IsOrdinary));

    [Fact]
    public void Find_AnyOtherWord_IsNone() => Assert.Null(Label.Find("innocent"));

    [Fact]
    public void Agreement_OfASource_IsWhatOtherFamiliesAndRolesSay()
    {
        var rows = SourceAgreement.All(Snapshot).ToDictionary(row => row.SourceId);
        // 9.1.1.0/24 is rented by its ASN's role, and .7 is listed by the other family, too; 9.3.9.0/24 is in an access network.
        Assert.Equal((3.0, 1.0, 1.0, 0.0), (rows["vpns"].Agreed, rows["vpns"].Same, rows["vpns"].Contradicted, rows["vpns"].Silent)); // a /24 around one address is two segments more
        Assert.Equal((1.0, 1.0, 0.0), (rows["exits"].Agreed, rows["exits"].Same, rows["exits"].Contradicted));
        Assert.Null(rows["vpns"].Reliability); // too few blocks to tell
        Assert.Equal(201 / 212.0, (rows["vpns"] with { Agreed = 200, Contradicted = 10 }).Reliability);
        Assert.Null((rows["vpns"] with { Agreed = 200, Contradicted = 10, Silent = 1000 }).Reliability);
        Assert.Null((rows["vpns"] with { Category = Category.Proxy, Agreed = 200 }).Reliability);
    }

    static EvaluationReport Evaluate(params (string Address, string Label, string Source)[] rows)
    {
        var evaluation = new Enrichment.Evaluation.Evaluation(new Judge(Snapshot, TestPolicy.Bundled, TestSources.Day));
        foreach (var (address, label, source) in rows)
        {
            evaluation.Add(Address.Parse(address), Label.Find(label)!, source);
        }
        return evaluation.Report(worst: 10);
    }
}
