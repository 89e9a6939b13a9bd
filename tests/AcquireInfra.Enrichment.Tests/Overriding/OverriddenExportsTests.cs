using System.Net;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Tests.Overriding;

/// <summary>Exports agree with the verdicts of their judge address by address, also where overrides begin and end.</summary>
public sealed class OverriddenExportsTests
{
    static readonly Judge Live = ExportSample.JudgeOf(ExportSample.Sources("proxies")).With(SampleOverrides.Random(31, 250));
    static readonly Judge Export = Live.ForExport();

    [Theory, InlineData("ranges"), InlineData("watchlist"), InlineData("edl")]
    public void Text_RandomOverrides_RowsAreTheVerdicts(string kind)
    {
        var lines = ExportSample.Text(SnapshotExport.All.Single(export => export.Name == kind), Live).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rows = lines.Where(line => char.IsAsciiHexDigit(line[0]) && line.Contains('/', StringComparison.Ordinal))
            .Select(line => (Prefix: Prefix.Parse(line.Split(',')[0].TrimEnd('\r')), Fields: line.TrimEnd('\r').Split(','))).ToList();
        var (listed, blocked, overridden) = (0, 0, 0);
        foreach (var address in Probes())
        {
            var report = Export.Explain(address);
            var (verdict, isBlocked) = (report.Verdict, report.Override?.Match.IsBlock == true);
            var isListed = !verdict.IsSpecial && (report.Categories.Count > 0 || isBlocked) && kind switch
            {
                "edl" => verdict.Score >= 50,
                "watchlist" => isBlocked || verdict.Kind is VerdictKind.Hosting or VerdictKind.Anonymizer or VerdictKind.HostileInfrastructure,
                _ => true,
            };
            var row = rows.SingleOrDefault(row => row.Prefix.Contains(address));
            Assert.True(isListed == row.Fields is not null, $"{address}: {report.Reason}");
            listed += isListed ? 1 : 0;
            blocked += isListed && isBlocked ? 1 : 0;
            overridden += report.Override is null ? 0 : 1;
            if (isListed && kind == "watchlist")
            {
                Assert.Equal([string.Join(' ', report.Categories.Select(category => category.Word())), $"{verdict.Score / 5 * 5}", verdict.Level.Word()], row.Fields![1..4]);
            }
            if (isListed && kind == "ranges")
            {
                Assert.Contains($",{verdict.Kind.Word()},{verdict.Level.Word()},{verdict.Score},{verdict.Confidence},", string.Join(',', row.Fields!), StringComparison.Ordinal);
            }
        }
        Assert.True(listed > 300 && blocked > 100 && overridden > 500, $"{listed} listed, {blocked} blocked, {overridden} overridden");
    }

    [Fact]
    public void Mmdb_RandomOverrides_RecordsAreTheVerdicts()
    {
        using var file = new TemporaryFile(ExportSample.Bytes(SnapshotExport.Mmdb, Live));
        using var reader = new Reader(file.Path);
        var found = 0;
        foreach (var address in Probes().Where(address => address.IsIPv4 || address.Value >> 48 != 0))
        {
            var verdict = Export.VerdictOf(address);
            if (reader.Find<Dictionary<string, object>>(IPAddress.Parse(address.ToString())) is { } record && !verdict.IsSpecial)
            {
                Assert.Equal((verdict.Score, verdict.Level.Word()), ((int)record["score"], record["level"]));
                found++;
            }
            else
            {
                Assert.True(verdict.IsSpecial || Export.Explain(address) is { Asn: null, Categories.Count: 0, Override: null or { Match.IsBlock: false } }, address.ToString());
            }
        }
        Assert.True(found > 1_000, $"only {found} found");
    }

    [Fact]
    public void RangeReport_PartlyOverridden_CountsEachPart()
    {
        var judge = ExportSample.JudgeOf([TestSources.Prefixes("vpns", "vpn", "9.4.1.0/24")]).With(SampleOverrides.Set(
            SampleOverrides.On("s", "9.4.1.64/26", AcquireInfra.Enrichment.Overriding.OverrideEffect.Suppress, Category.Vpn),
            SampleOverrides.On("b", "9.4.1.255", AcquireInfra.Enrichment.Overriding.OverrideEffect.Block)));
        var report = RangeReport.Of(judge, AddressRange.Of(Prefix.Parse("9.4.1.0/24")), 10, CancellationToken.None);
        Assert.Equal(((UInt128)64, (UInt128)192, 90), (report.ByVerdict[VerdictKind.Unlisted], report.ByVerdict[VerdictKind.Anonymizer], report.MaxScore));
        Assert.Equal(["9.4.1.0", "9.4.1.64", "9.4.1.128", "9.4.1.255"], report.Segments.Select(segment => segment.First.ToString()));
    }

    // On the edges of overrides, beside them, and as in the other tests of exports.
    static IEnumerable<Address> Probes() => Live.Overrides.Entries.Where(entry => entry.Target.IsSpace)
        .SelectMany(entry => (Address[])[entry.Target.Prefix.First, entry.Target.Prefix.Last, Beside(entry.Target.Prefix.First, -1), Beside(entry.Target.Prefix.Last, 1)])
        .Concat(ExportSample.Probes(32, 2_000));

    static Address Beside(Address address, int step)
    {
        var beside = Address.FromUInt128(address.Value + (step > 0 ? 1 : UInt128.MaxValue));
        return beside.IsIPv4 == address.IsIPv4 ? beside : address;
    }
}
