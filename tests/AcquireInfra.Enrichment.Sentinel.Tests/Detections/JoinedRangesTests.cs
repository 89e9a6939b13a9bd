using System.Globalization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>The exported rows, joined as AcquireInfra_Lookup joins them, against the service: the same categories, score and level for every address.</summary>
public sealed class JoinedRangesTests
{
    static readonly Judge Service = ExportSample.JudgeOf(ExportSample.Sources());

    [Fact]
    public void Lookup_HundredThousandAddresses_SaysWhatTheServiceSays()
    {
        var table = JoinedTable.Of(ExportSample.Text(SnapshotExport.Watchlist, Service));
        var random = new Random(20261124);
        var addresses = table.Prefixes.SelectMany(Edges).Concat(Anywhere(random)).Take(100_000).ToList();
        var (matched, unmatched, kinds) = (0, 0, new HashSet<string>());
        foreach (var address in addresses)
        {
            var (expected, found) = (ExpectedOf(address), table.Find(address));
            Assert.True(expected == found, $"{address}: the service says {expected}, the join {found}");
            matched += found is null ? 0 : 1;
            unmatched += found is null ? 1 : 0;
            kinds.Add(found ?? "");
        }
        Assert.True(addresses.Count == 100_000 && matched > 30_000 && unmatched > 10_000 && kinds.Count > 15, $"{matched} matched, {unmatched} not, {kinds.Count} kinds");
    }

    // Were the rows nested, the longest prefix alone would lose categories: no address has two rows.
    [Fact]
    public void Rows_AnyAddress_HasOneAtMost()
    {
        var table = JoinedTable.Of(ExportSample.Text(SnapshotExport.Watchlist, Service));
        var sorted = table.Prefixes.OrderByDescending(prefix => prefix.IsIPv4).ThenBy(prefix => prefix.First).ToList();
        Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(pair.First.IsIPv4 != pair.Second.IsIPv4 || pair.First.Last < pair.Second.First));
        Assert.True(sorted.Count > 500);
    }

    // What KQL makes of an address without a row: no level, and so no severity of a page.
    [Fact]
    public void Lookup_AddressOfOrdinarySpace_HasNoRow()
    {
        var table = JoinedTable.Of(ExportSample.Text(SnapshotExport.Watchlist, Service));
        var unlisted = Anywhere(new Random(7)).Where(address => Service.VerdictOf(address).Kind is VerdictKind.Unlisted or VerdictKind.Special).Take(1_000).ToList();
        Assert.Equal(1_000, unlisted.Count);
        Assert.All(unlisted, address => Assert.Null(table.Find(address)));
    }

    // Scores are cut to steps of five, downwards, so that none looks to be of a higher level.
    static string? ExpectedOf(Address address)
    {
        var facts = ExportSample.FactsOf(Service, address);
        var matters = facts.Verdict.Kind is VerdictKind.Hosting or VerdictKind.Anonymizer or VerdictKind.HostileInfrastructure;
        var categories = string.Join(' ', facts.Categories.Select(category => category.Word()));
        return matters ? $"{categories} {facts.Verdict.Score / 5 * 5} {facts.Verdict.Level.Word()} {facts.Verdict.Kind.Word()}" : null;
    }

    static IEnumerable<Address> Edges(Prefix prefix) => new[] { prefix.First, prefix.Last, Beside(prefix.First, UInt128.MaxValue), Beside(prefix.Last, 1) };

    static IEnumerable<Address> Anywhere(Random random)
    {
        var byFamily = ExportSample.Prefixes.ToLookup(prefix => prefix.IsIPv4);
        for (var at = 0; ; at++)
        {
            yield return RandomPrefixes.Near(random, [.. byFamily[at % 2 == 0]], isIPv6: at % 2 != 0);
        }
    }

    static Address Beside(Address address, UInt128 step)
    {
        var beside = Address.FromUInt128(address.Value + step);
        return beside.IsIPv4 == address.IsIPv4 ? beside : address;
    }
}

/// <summary>
/// Rows joined as the function AcquireInfra_Lookup does: of all rows whose prefix holds an address, the one with the longest. Written without
/// anything of the snapshot: prefixes by length, and masks.
/// </summary>
internal sealed class JoinedTable
{
    readonly Dictionary<(bool IsIPv4, int Length, UInt128 Network), string> _rows = [];
    readonly List<Prefix> _prefixes = [];
    readonly int[][] _lengths;

    JoinedTable(string csv)
    {
        foreach (var line in csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var fields = line.Split(',');
            var prefix = Prefix.Parse(fields[0]);
            _rows.Add((prefix.IsIPv4, prefix.Length, prefix.First.Value), $"{fields[1]} {int.Parse(fields[2], CultureInfo.InvariantCulture)} {fields[3]} {fields[4]}");
            _prefixes.Add(prefix);
        }
        _lengths = [.. new[] { false, true }.Select(isIPv4 =>
            _prefixes.Where(prefix => prefix.IsIPv4 == isIPv4).Select(prefix => prefix.Length).Distinct().OrderDescending().ToArray())];
    }

    public static JoinedTable Of(string csv) => new(csv);

    public IReadOnlyList<Prefix> Prefixes => _prefixes;

    public string? Find(Address address)
    {
        foreach (var length in _lengths[address.IsIPv4 ? 1 : 0])
        {
            var hostBits = (address.IsIPv4 ? 32 : 128) - length;
            var network = hostBits == 128 ? 0 : address.Value >> hostBits << hostBits;
            if (_rows.TryGetValue((address.IsIPv4, length, network), out var row))
            {
                return row;
            }
        }
        return null;
    }
}
