using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

/// <summary>The bundled data, compiled once for all of these.</summary>
public sealed class BundledSnapshot : IDisposable
{
    readonly TemporaryFolder _state = new();

    public BundledSnapshot()
    {
        var data = new DataFolder(Repository.Data);
        var (sources, text) = data.LocateSources(furtherManifest: null);
        Snapshot = new SnapshotStore(_state.Path).GetOrCompile(
            sources, text, FeedLimits.Default, DateTimeOffset.UtcNow, (loaded, _) => Loaded = loaded, TestContext.Current.CancellationToken);
        Judge = new Judge(Snapshot, data.ReadPolicy(), new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    }

    public Snapshot Snapshot { get; }

    public LoadedSources Loaded { get; private set; } = null!;

    public Judge Judge { get; }

    public void Dispose() => _state.Dispose();
}

public sealed class BundledDataTests(BundledSnapshot bundled) : IClassFixture<BundledSnapshot>
{
    [Fact]
    public void Load_EveryFile_HasNoFault()
    {
        Assert.All(bundled.Loaded.Files, file => Assert.Equal((0, 0), (file.Content.FaultCount, file.Warnings.Count)));
        Assert.Equal(91_065, bundled.Snapshot.AsnCount);
    }

    [Fact]
    public void Roles_EveryRow_NamesAnAsnOfTheTable()
    {
        var roles = bundled.Loaded.Sources.Single(source => source.Info.Kind == SourceKind.AsnRoles).Roles;
        Assert.True(roles.Count > 1_000);
        Assert.All(roles, row => Assert.False(string.IsNullOrEmpty(bundled.Snapshot.AsnOf(row.Asn)?.Name), $"{row.Asn} is not in the table"));
    }

    [Fact]
    public void Roles_SeedAsns_AreHostersButForTheTwoCarriers()
    {
        uint[] hosters = [9009, 202448, 16276, 14061, 63949, 24940, 51167, 47583, 60068];
        Assert.All(hosters, asn => Assert.Equal(AsnRole.Hosting, bundled.Snapshot.AsnOf(new Asn(asn))!.Role));
        Assert.All((uint[])[174, 3257], asn => Assert.Equal(AsnRole.Transit, bundled.Snapshot.AsnOf(new Asn(asn))!.Role));
    }

    // Real addresses, because the bundled data is the point.
    [Theory]
    [InlineData("159.65.1.1", "AS14061", VerdictKind.Hosting, "DigitalOcean")]
    [InlineData("5.9.1.1", "AS24940", VerdictKind.Hosting, "Hetzner")]
    [InlineData("52.95.110.1", "AS16509", VerdictKind.Hosting, "AWS")]
    [InlineData("2001:41d0:1::1", "AS16276", VerdictKind.Hosting, "OVHcloud")]
    [InlineData("1.1.1.1", "AS13335", VerdictKind.BenignService, "Cloudflare")]
    [InlineData("73.1.1.1", "AS7922", VerdictKind.Ordinary, "Comcast")]
    [InlineData("38.1.1.1", "AS174", VerdictKind.Unlisted, "Cogent")]
    [InlineData("18.26.0.1", "AS3", VerdictKind.Ordinary, "Massachusetts Institute of Technology")]
    public void Judge_KnownAddress_IsWhatItIs(string address, string asn, VerdictKind kind, string provider)
    {
        var report = bundled.Judge.Explain(Address.Parse(address));
        Assert.Equal((asn, kind, provider), (report.Asn?.Asn.ToString(), report.Verdict.Kind, report.Provider));
    }

    [Theory, InlineData("38.1.1.1"), InlineData("77.67.2.1")]
    public void Judge_CarrierWithoutPrefixEvidence_ScoresNothing(string address) =>
        Assert.Equal((0, 0), (bundled.Judge.Explain(Address.Parse(address)).Verdict.Score, bundled.Judge.Explain(Address.Parse(address)).Verdict.RawScore));

    [Fact]
    public void SegmentsIn_AllOfIPv4_CountEveryAddressOnce()
    {
        var (segments, addresses) = (0, 0UL);
        foreach (var segment in bundled.Snapshot.SegmentsIn(AddressRange.IPv4))
        {
            addresses += segment.Last.IPv4 - segment.First.IPv4 + 1UL;
            segments++;
        }
        Assert.Equal(1UL << 32, addresses);
        Assert.InRange(segments, 500_000, 900_000);
    }

    [Fact]
    public void Judge_EveryProfile_IsInBoundsAndOrdinaryLinesAreNotAccused()
    {
        var accused = 0;
        for (var index = 1u; index < bundled.Snapshot.ProfileCount; index++)
        {
            var profile = bundled.Snapshot.ProfileAt(index);
            var verdict = bundled.Judge.VerdictOf(index, isIPv6: false);
            Assert.InRange(verdict.RawScore, verdict.Score, 100);
            var role = bundled.Snapshot.AsnOf(profile)?.Role;
            accused += role is AsnRole.Access or AsnRole.Transit or AsnRole.Education or AsnRole.Government && verdict.Score > 0 ? 1 : 0;
        }
        Assert.Equal(0, accused);
    }
}
