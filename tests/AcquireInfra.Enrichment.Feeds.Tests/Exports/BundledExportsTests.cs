using System.Net;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Tests.Loading;
using AcquireInfra.Enrichment.Verdicts;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Feeds.Tests.Exports;

/// <summary>The exports of real data, against the judge: what small tables may not show.</summary>
public sealed class BundledExportsTests(BundledSnapshot bundled) : IClassFixture<BundledSnapshot>
{
    [Fact]
    public void Mmdb_FiftyThousandAddresses_HaveTheVerdictOfTheJudge()
    {
        var export = bundled.Judge.ForExport();
        using var bytes = new MemoryStream();
        SnapshotExport.Mmdb.Write(bundled.Judge, bytes);
        bytes.Position = 0;
        using var reader = new Reader(bytes);
        var kinds = new HashSet<string>();
        foreach (var address in Addresses(50_000))
        {
            var record = reader.Find<Dictionary<string, object>>(IPAddress.Parse(address.ToString()));
            var facts = ProfileFacts.Of(export, export.Snapshot.Find(address), SpecialPurpose.ScopeOf(address), !address.IsIPv4);
            var expected = facts.Asn is null && facts.Categories.Count == 0 ? null : $"{facts.Verdict.Kind.Word()} {(facts.Verdict.IsSpecial ? "" : facts.Verdict.Score)} {facts.Asn?.Asn.Number}";
            var found = record is null ? null : $"{record["verdict"]} {record.GetValueOrDefault("score")} {record.GetValueOrDefault("autonomous_system_number")}";
            Assert.True(expected == found, $"{address}: expected {expected}, found {found}");
            kinds.Add(found?.Split(' ')[0] ?? "");
        }
        Assert.Equal(["", "anonymizer", "benignService", "hosting", "ordinary", "special", "unlisted"], kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Watchlist_OfTheBundledData_HasHostersAndVpnsAndIsNotTooLong()
    {
        using var bytes = new MemoryStream();
        SnapshotExport.Watchlist.Write(bundled.Judge, bytes);
        var lines = Encoding.UTF8.GetString(bytes.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 30_000, 150_000);
        Assert.All(lines.Skip(1), line => Assert.Matches(",(minimal|low|medium),(hosting|anonymizer),", line));
    }

    static IEnumerable<Address> Addresses(int count)
    {
        var random = new Random(20261124);
        ulong[] blocks = [0x2600, 0x2A00, 0x2400, 0x2001, 0x2002];
        for (var at = 0; at < count; at++)
        {
            yield return at % 2 == 0
                ? Address.FromIPv4((uint)random.NextInt64(1L << 32))
                : new(blocks[at % 5] << 48 | (ulong)random.NextInt64(1L << 44), (ulong)random.NextInt64());
        }
    }
}
