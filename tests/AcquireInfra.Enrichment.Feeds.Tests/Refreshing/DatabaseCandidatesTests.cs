using System.Diagnostics;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Tests.Downloads;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Tests.Refreshing;

/// <summary>Broken and wrong databases in the place of the ASN table in use: none takes it.</summary>
[Trait("Needs", "feeds")]
public sealed class DatabaseCandidatesTests
{
    static readonly string Databases = Path.Combine(Repository.Feeds, "..", "mmdb-test-data", "maxmind");

    [Fact]
    public async Task Refresh_BrokenOrWrongDatabase_IsRefusedSoon()
    {
        await using var rig = new RefreshRig();
        var table = Table(rig);
        rig.Upstream.Publish("/asn.mmdb", File.ReadAllBytes(Path.Combine(Databases, "test-data", "GeoLite2-ASN-Test.mmdb")));
        var start = await rig.RefreshAsync(table);
        Assert.True(start.Outcome == RefreshOutcome.Accepted, start.Detail);
        var inUse = rig.Store.StateOf(table).Accepted;
        string[] wrong = ["City-Test", "City-Test-Broken-Double-Format", "City-Test-Invalid-Node-Count", "Connection-Type-Test"];
        string[] candidates =
        [
            .. Directory.GetFiles(Path.Combine(Databases, "bad-data"), "*.mmdb", SearchOption.AllDirectories),
            .. wrong.Select(name => Path.Combine(Databases, "test-data", $"GeoIP2-{name}.mmdb")),
        ];
        Assert.True(candidates.Length >= 24);
        foreach (var candidate in candidates)
        {
            var began = Stopwatch.GetTimestamp();
            rig.Upstream.Publish("/asn.mmdb", File.ReadAllBytes(candidate));
            var report = await rig.RefreshAsync(table);
            Assert.True(report.Outcome == RefreshOutcome.Refused, $"{candidate}: {report.Outcome}");
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), candidate);
            Assert.Equal(inUse!.Hash, report.State.Accepted!.Hash);
        }
    }

    // Cut anywhere, a database is none; in a gzip, so is one with a bit turned.
    [Theory, InlineData(false), InlineData(true)]
    public async Task Refresh_DamagedDatabase_IsRefusedOrFails(bool isPacked)
    {
        await using var rig = new RefreshRig();
        var table = Table(rig);
        var good = File.ReadAllBytes(Path.Combine(Databases, "test-data", "GeoLite2-ASN-Test.mmdb"));
        good = isPacked ? UnpackerTests.Gzip(good) : good;
        rig.Upstream.Publish("/asn.mmdb", good);
        var start = await rig.RefreshAsync(table);
        Assert.True(start.Outcome == RefreshOutcome.Accepted, start.Detail);
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            var damaged = isPacked ? (byte[])good.Clone() : good[..random.Next(1, good.Length)];
            damaged[random.Next(damaged.Length)] ^= (byte)(isPacked ? 1 << random.Next(8) : 0);
            rig.Upstream.Publish("/asn.mmdb", damaged);
            Assert.True((await rig.RefreshAsync(table)).Outcome is RefreshOutcome.Refused or RefreshOutcome.Failed, $"round {round}");
        }
    }

    static SourceEntry Table(RefreshRig rig)
    {
        var format = new FeedFormat
        {
            Syntax = FeedSyntax.MaxMindDb,
            Asn = ["autonomous_system_number"],
            Name = "autonomous_system_organization",
            AllowSpecialPurpose = true,
        };
        return rig.Source(format, "/asn.mmdb") with { Kind = SourceKind.AsnTable, Categories = [], Gates = new() { MinIPv6Length = 12 } };
    }
}
