using System.Globalization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Exports;

/// <summary>The text exports, read back: every address has the row that the judge's own verdict makes, and no other.</summary>
public sealed class TextExportTests
{
    static readonly Judge Live = ExportSample.JudgeOf(ExportSample.Sources("proxies"));
    static readonly Judge Export = Live.ForExport();

    public static TheoryData<string> Kinds => ["watchlist", "ranges", "edl"];

    [Theory, MemberData(nameof(Kinds))]
    public void Write_AnyAddress_HasTheRowOfItsVerdict(string kind)
    {
        var rows = RowsOf(kind);
        var probes = rows.SelectMany(row => (Address[])[row.Prefix.First, row.Prefix.Last, Beside(row.Prefix.First, -1), Beside(row.Prefix.Last, 1)])
            .Concat(ExportSample.Probes(seed: 4, count: 4_000));
        var (listed, absent) = (0, 0);
        foreach (var address in probes)
        {
            var expected = ExpectedOf(kind, address);
            var found = RowOf(rows, address);
            Assert.True(expected == found?.Content, $"{address}: expected {expected}, found {found}");
            listed += expected is null ? 0 : 1;
            absent += expected is null ? 1 : 0;
        }
        Assert.True(listed > 1_000 && absent > 500, $"{listed} listed, {absent} not");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Write_Rows_AreSortedDisjointAndTheFewest(string kind)
    {
        var rows = RowsOf(kind);
        foreach (var (row, next) in rows.Zip(rows.Skip(1)))
        {
            Assert.True(row.Prefix.IsIPv4 || !next.Prefix.IsIPv4, "IPv4 comes first");
            Assert.True(row.Prefix.IsIPv4 != next.Prefix.IsIPv4 || row.Prefix.Last < next.Prefix.First, $"{row} and {next}");
            var areHalves = row.Prefix.Length == next.Prefix.Length && row.Prefix.Length > 0
                && Prefix.Create(row.Prefix.Network, row.Prefix.Length - 1) == Prefix.Create(next.Prefix.Network, row.Prefix.Length - 1);
            Assert.False(areHalves && row.Content == next.Content, $"{row} and {next} are one");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Write_LaterAndAgain_GivesEqualBytes(string kind)
    {
        var export = SnapshotExport.All.Single(export => export.Name == kind);
        var later = ExportSample.JudgeOf(ExportSample.Sources("proxies"), TestSources.Day.AddDays(90));
        Assert.Equal(ExportSample.Text(export, Live), ExportSample.Text(export, later));
    }

    [Fact]
    public void Write_NamesThatSpreadsheetsRun_AreDefused()
    {
        var watchlist = ExportSample.Text(SnapshotExport.Watchlist, Live);
        Assert.Contains(",'=HYPERLINK(1),64500,", watchlist, StringComparison.Ordinal);
        Assert.Contains(",'+Plus,", watchlist, StringComparison.Ordinal);
        Assert.Contains(",64502,\"'@Name of 64502, \"\"quoted\"\"\",access,", ExportSample.Text(SnapshotExport.Ranges, Live), StringComparison.Ordinal);
        Assert.EndsWith("\r\n", watchlist, StringComparison.Ordinal);
        Assert.Equal(watchlist.Count(character => character == '\n'), watchlist.Split("\r\n").Length - 1);
    }

    [Theory]
    [InlineData(RiskLevel.Critical, new Category[0], "level critical and above")]
    [InlineData(RiskLevel.Minimal, new Category[0], "level minimal and above")]
    [InlineData(RiskLevel.Minimal, new[] { Category.Crawler }, "level minimal and above, crawler")]
    [InlineData(RiskLevel.Medium, new[] { Category.Vpn, Category.Tor }, "level medium and above, vpn or tor")]
    public void AddressList_Filter_ListsWhatItNamesOnly(RiskLevel level, Category[] categories, string words)
    {
        using var bytes = new MemoryStream();
        AddressList.Write(Live, new(level, CategorySet.Of(categories)), bytes);
        var lines = System.Text.Encoding.UTF8.GetString(bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"# AcquireInfra.Enrichment: prefixes of {words}", lines[0]);
        var rows = lines.Where(line => line[0] != '#').Select(line => new Row(Prefix.Parse(line), "")).ToList();
        var listed = 0;
        foreach (var address in rows.SelectMany(row => (Address[])[row.Prefix.First, Beside(row.Prefix.Last, 1)]).Concat(ExportSample.Probes(5, 2_000)))
        {
            var verdict = Export.VerdictOf(address);
            var expected = !verdict.IsSpecial && verdict.Level >= level && verdict.Present.Members().Any(category => categories.Length == 0 || categories.Contains(category));
            Assert.Equal(expected, RowOf(rows, address) is not null);
            listed += expected ? 1 : 0;
        }
        Assert.True(level == RiskLevel.Critical || listed > 100, $"only {listed} listed");
    }

    [Fact]
    public void AddressList_Header_NamesTheSnapshotAndWhomItOwes()
    {
        var sources = ExportSample.Sources("proxies").Select(source => source.Info.Id == "vpns"
            ? source with { Info = source.Info with { Licence = "CC-BY-4.0", Attribution = "Made by\nothers", Homepage = "https://vpns.example" } }
            : source);
        var judge = ExportSample.JudgeOf(sources);
        var header = ExportSample.Text(SnapshotExport.Edl, judge).Split('\n').TakeWhile(line => line.StartsWith('#')).ToList();
        Assert.Equal($"# snapshot {judge.Snapshot.Id}, policy p1, data of 2026-08-22T12:00:00Z", header[1]);
        Assert.Contains("# source: vpns (vpns); CC-BY-4.0; Made by others; https://vpns.example; data of 2026-08-22T12:00:00Z", header);
        Assert.DoesNotContain(header, line => line.Contains("proxies", StringComparison.Ordinal));
        Assert.Equal(header.Skip(1), AttributionText.LinesOf(judge).Select(line => "# " + line));
    }

    [Fact]
    public void Write_TableThatIsNotExportable_LeavesNoAsn()
    {
        var ranges = ExportSample.Text(SnapshotExport.Ranges, ExportSample.JudgeOf(ExportSample.Sources("asn-table")));
        Assert.DoesNotContain("6450", ranges, StringComparison.Ordinal);
        Assert.DoesNotContain("Name of", ranges, StringComparison.Ordinal);
        Assert.True(ranges.Split('\n').Length > 300);
    }

    sealed record Row(Prefix Prefix, string Content);

    static List<Row> RowsOf(string kind)
    {
        var text = ExportSample.Text(SnapshotExport.All.Single(export => export.Name == kind), Live);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Skip(kind == "edl" ? 0 : 1);
        return [.. lines.Select(line => kind switch
        {
            "edl" => new Row(Prefix.Parse(line), ""),
            "watchlist" => new Row(Prefix.Parse(line[..line.IndexOf(',', StringComparison.Ordinal)]), line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..].TrimEnd('\r')),
            _ => RangesRow(line),
        })];
    }

    static Row RangesRow(string line)
    {
        var fields = line.Split(',', 4);
        var prefix = Prefix.Parse(fields[0]);
        Assert.Equal((prefix.First.ToString(), prefix.Last.ToString()), (fields[1], fields[2]));
        return new(prefix, fields[3]);
    }

    static Row? RowOf(List<Row> rows, Address address) => rows.SingleOrDefault(row => row.Prefix.Contains(address));

    static Address Beside(Address address, int step)
    {
        var beside = Address.FromUInt128(address.Value + (step > 0 ? 1 : UInt128.MaxValue));
        return beside.IsIPv4 == address.IsIPv4 ? beside : address;
    }

    // Written out a second time, as plainly as can be.
    static string? ExpectedOf(string kind, Address address)
    {
        var (verdict, asn, provider, categories, _) = ExportSample.FactsOf(Export, address);
        var words = string.Join(' ', categories.Select(category => category.Word()));
        var number = asn?.Asn.Number.ToString(CultureInfo.InvariantCulture) ?? "";
        if (verdict.IsSpecial || categories.Count == 0)
        {
            return null;
        }
        switch (kind)
        {
            case "edl":
                return verdict.Score >= 50 ? "" : null;
            case "watchlist":
                var matters = verdict.Kind is VerdictKind.Hosting or VerdictKind.Anonymizer or VerdictKind.HostileInfrastructure;
                var band = verdict.Confidence < 40 ? "low" : verdict.Confidence < 70 ? "medium" : "high";
                return matters ? $"{words},{verdict.Score / 5 * 5},{verdict.Level.Word()},{verdict.Kind.Word()},{Safe(provider)},{number},{band}" : null;
            default:
                var role = asn is null or { Role: AsnRole.Unknown } ? "" : asn.Role.Word();
                var sources = string.Join(' ', Export.SourcesBehind(Export.Snapshot.ProfileAt(Export.Snapshot.Find(address))).Select(source => source.Id));
                return $"{number},{Safe(asn?.Name)},{role},{verdict.Kind.Word()},{verdict.Level.Word()},{verdict.Score},{verdict.Confidence},{words},{Safe(provider)},{sources}";
        }
    }

    static string Safe(string? text)
    {
        var safe = text is { Length: > 0 } && "=+-@".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text ?? "";
        return safe.Contains('"', StringComparison.Ordinal) || safe.Contains(',', StringComparison.Ordinal) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
