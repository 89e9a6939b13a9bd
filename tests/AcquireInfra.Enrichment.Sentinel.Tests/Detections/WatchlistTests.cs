using System.Text;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Sentinel.Tests.Bicep;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>The watchlists that are deployed: the headers of what is written into them later, and rows that match nothing.</summary>
public sealed partial class WatchlistTests
{
    public static TheoryData<string, string, string> Lists => new()
    {
        { "AcquireInfraRanges", "Prefix,Categories,Score,Level,Verdict,Provider,Asn,Confidence", "Prefix" },
        { "AcquireInfraRangesV6", "Prefix,Categories,Score,Level,Verdict,Provider,Asn,Confidence", "Prefix" },
        { "AcquireInfraAddresses", "Address,Prefix,Categories,Score,Level,Verdict,Provider,Asn,Confidence", "Address" },
        { "AcquireInfraStatus", "List,DataTime,SnapshotId,Rows,SyncedAt", "List" },
        { "AcquireInfraAllow", "Prefix,Reason,ExpiresAt", "Prefix" },
        { "AcquireInfraDomains", "Domain,Service,Category", "Domain" },
    };

    [Theory, MemberData(nameof(Lists))]
    public async Task Watchlist_Template_HasTheHeaderAndTheKeyOfTheContract(string alias, string header, string key)
    {
        var template = await BicepCli.BuildAsync(ShippedContent.PathOf("watchlists", "watchlists.bicep"));
        var variables = template.GetProperty("variables");
        var list = variables.GetProperty("watchlists").EnumerateArray().Single(list => list.GetProperty("alias").GetString() == alias);
        var content = variables.GetProperty(list.GetProperty("content").GetString()!.Split('\'')[1]).GetString()!;
        Assert.Equal(header, WatchlistSchemas.HeaderOf(content));
        Assert.Equal(header.Split(','), WatchlistSchemas.ByAlias[alias]);
        Assert.Equal(key, list.GetProperty("searchKey").GetString());
        Assert.Equal(Lists.Count, variables.GetProperty("watchlists").GetArrayLength());

        // The API wants CR LF, takes 3.8 MB, 10,240 characters a line, and no empty key.
        var lines = content.Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
        Assert.All(lines.SkipLast(1), line => Assert.InRange(line.Length, 2, 10_240));
        Assert.InRange(Encoding.UTF8.GetByteCount(content), 1, 3_800_000);
        Assert.All(lines.SkipLast(1), line => Assert.False(line.StartsWith(',')));
        Assert.Matches("^[A-Za-z0-9][A-Za-z0-9_-]{1,62}[A-Za-z0-9]$", alias);
    }

    [Theory]
    [InlineData("AcquireInfraRanges")]
    [InlineData("AcquireInfraRangesV6")]
    public void Ranges_Header_IsTheExporters(string alias)
    {
        var export = ExportSample.Text(SnapshotExport.Watchlist, ExportSample.JudgeOf(ExportSample.Sources()));
        Assert.Equal(WatchlistSchemas.HeaderOf(export), string.Join(',', WatchlistSchemas.ByAlias[alias]));
    }

    [Fact]
    public void Addresses_Header_IsAnAddressBeforeThatOfRanges() =>
        Assert.Equal(WatchlistSchemas.ByAlias["AcquireInfraRanges"].Prepend("Address"), WatchlistSchemas.ByAlias["AcquireInfraAddresses"]);

    // Until the sync has written, nothing is found; and the status says that nothing was written.
    [Fact]
    public void Rows_ThatAreDeployed_AreInDocumentationSpaceAndOld()
    {
        foreach (var alias in (string[])["AcquireInfraRanges", "AcquireInfraRangesV6", "AcquireInfraAddresses", "AcquireInfraAllow"])
        {
            Assert.All(RowsOf(alias + ".csv"), row => Assert.Matches("^(192\\.0\\.2\\.|2001:db8::)", row));
        }
        Assert.All(RowsOf("AcquireInfraAllow.csv"), row => Assert.EndsWith("2000-01-01T00:00:00Z", row, StringComparison.Ordinal));
        Assert.All(RowsOf("AcquireInfraStatus.csv"), row => Assert.EndsWith(",2000-01-01T00:00:00Z,,0,2000-01-01T00:00:00Z", row, StringComparison.Ordinal));
        foreach (var row in RowsOf("AcquireInfraRanges.csv").Concat(RowsOf("AcquireInfraRangesV6.csv")).Select(row => row.Split(',')))
        {
            Assert.True(RiskLevels.TryParse(row[3], out var level) && level == RiskLevel.Minimal && VerdictKinds.TryParse(row[4], out _));
        }
    }

    [Fact]
    public void Domains_Rows_AreDistinctDomainsOfCategoriesThatHide()
    {
        var rows = RowsOf("anonymizer-domains.csv").Select(row => row.Split(',')).ToList();
        Assert.InRange(rows.Count, 200, 2_000);
        Assert.All(rows, row => Assert.Equal(3, row.Length));
        Assert.Equal(rows.Count, rows.Select(row => row[0]).Distinct().Count());
        Assert.All(rows, row => Assert.Matches(Domain(), row[0]));
        Assert.All(rows, row => Assert.InRange(row[0].Count(character => character == '.') + 1, 2, 5)); // as deep as AcquireInfra_DomainLookup goes
        Assert.All(rows, row => Assert.False(string.IsNullOrWhiteSpace(row[1])));
        Assert.Equal(["proxy", "relay", "residentialProxy", "tor", "vpn"], rows.Select(row => row[2]).Distinct().Order(StringComparer.Ordinal));
        // A domain below another would be found twice, and once is enough.
        var domains = rows.Select(row => row[0]).ToList();
        Assert.All(domains, domain => Assert.DoesNotContain(domains, other => domain.EndsWith("." + other, StringComparison.Ordinal)));
    }

    static IEnumerable<string> RowsOf(string name) => ShippedContent.Text("watchlists", name).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1);

    [GeneratedRegex(@"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")]
    private static partial Regex Domain();
}
