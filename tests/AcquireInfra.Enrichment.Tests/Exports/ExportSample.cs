using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Exports;

/// <summary>A snapshot of random prefixes of both families, all over the address space, with names that a spreadsheet would run.</summary>
internal static class ExportSample
{
    public static List<Prefix> Prefixes { get; } =
        [.. RandomPrefixes.Distinct(new Random(21), 500, isIPv6: false), .. RandomPrefixes.Distinct(new Random(22), 500, isIPv6: true)];

    /// <summary>The sources, some of them not exportable.</summary>
    public static CompilerSource[] Sources(params string[] notExportable)
    {
        var lists = Prefixes.Select((prefix, at) => (prefix, at)).GroupBy(pair => pair.at % 5, pair => pair.prefix.ToString())
            .Select(group => string.Join('\n', group)).ToList();
        CompilerSource[] sources =
        [
            TestSources.AsnTable(AsnTable()),
            TestSources.Roles("64500,hosting,=HYPERLINK(1),certain,\n64501,transit,Carrier,certain,\n64502,access,\"Access, Inc.\",certain,\n64503,vpn,Vee,knowledge,\n"),
            TestSources.Prefixes("vpns", "vpn", lists[0], source => source with { Provider = "+Plus" }),
            TestSources.Prefixes("proxies", "proxy", lists[1]),
            TestSources.Prefixes("tors", "tor", lists[2]),
            TestSources.Prefixes("crawlers", "crawler", lists[3]),
            TestSources.Asns("bad-asns", "bulletproof", "AS64501\nAS64504\n"),
        ];
        return [.. sources.Select(source => source with { Info = source.Info with { Exportable = !notExportable.Contains(source.Info.Id) } })];
    }

    public static Judge JudgeOf(IEnumerable<CompilerSource> sources, DateTimeOffset? at = null) =>
        new(TestSources.Open([.. sources]), TestPolicy.Bundled, at ?? TestSources.Day);

    /// <summary>Addresses on and beside the edges of the prefixes, and anywhere.</summary>
    public static IEnumerable<Address> Probes(int seed, int count)
    {
        var random = new Random(seed);
        var byFamily = Prefixes.ToLookup(prefix => prefix.IsIPv4);
        return Enumerable.Range(0, count).Select(at => RandomPrefixes.Near(random, [.. byFamily[at % 2 == 0]], isIPv6: at % 2 != 0));
    }

    public static byte[] Bytes(SnapshotExport export, Judge judge)
    {
        using var bytes = new MemoryStream();
        export.Write(judge, bytes);
        return bytes.ToArray();
    }

    public static string Text(SnapshotExport export, Judge judge) => Encoding.UTF8.GetString(Bytes(export, judge));

    public static ProfileFacts FactsOf(Judge export, Address address) =>
        ProfileFacts.Of(export, export.Snapshot.Find(address), SpecialPurpose.ScopeOf(address), !address.IsIPv4);

    // A quarter of the prefixes, cut to what does not overlap.
    static string AsnTable()
    {
        var table = new StringBuilder();
        foreach (var family in Prefixes.Where((_, at) => at % 4 == 0).GroupBy(prefix => prefix.IsIPv4))
        {
            Address? end = null;
            foreach (var prefix in family.Where(prefix => prefix.Length > 3).Order())
            {
                if (end is null || prefix.First > end)
                {
                    var asn = 64_500 + table.Length % 6;
                    table.Append($"{prefix.First},{prefix.Last},{asn},\"@Name of {asn}, \"\"quoted\"\"\"\n");
                    end = prefix.Last;
                }
            }
        }
        return table.ToString();
    }
}
