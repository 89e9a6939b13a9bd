using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Evaluation;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

/// <summary>Real feeds, by the manifest that names each file of the folder.</summary>
[Trait("Needs", "feeds")]
public sealed class PublicFeedsTests
{
    [Fact]
    public void Manifest_EveryFileOfTheFolder_IsNamed()
    {
        var named = new DataFolder(Repository.Data).LocateSources(PublicFeeds.Manifest, Repository.Feeds).Sources.SelectMany(source => source.Files)
            .Where(file => !file.StartsWith(Repository.Data, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Repository.Feeds, file)).ToHashSet();
        var there = Directory.GetFiles(Repository.Feeds, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Feeds, file))
            .Where(file => file != "README.md" && !file.StartsWith("licenses", StringComparison.Ordinal));
        Assert.Equal(there.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    // Faults that the folder's own README names, and no others.
    [Fact]
    public void Load_EveryFile_HasTheFaultsItIsKnownFor()
    {
        var faulty = PublicFeeds.Loaded.Files.Where(file => file.Content.FaultCount > 0)
            .ToDictionary(file => Path.GetFileName(file.Path), file => file.Content.FaultCount);
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["hexydec-datacentres.csv"] = 556,               // private prefixes, listed for IBM
                ["hexydec-crawlers.csv"] = 4,                    // host bits twice, a private and a documentation prefix
                ["lordalfred-vultr-ipv4_merged.txt"] = 3,        // documentation prefixes
                ["lordalfred-vultr-ipv6_merged.txt"] = 4,        // documentation, 2002::/16, and two protocol prefixes
                ["tor-all-relays.csv"] = 1,                      // a relay that announces a special-purpose address
                ["misp-rfc5735.json"] = 2,                       // wider than any feed prefix may be
                ["misp-ipv6-linklocal.json"] = 1,
            },
            faulty);
    }

    // None is cut, has too many faults, or states a date that is not believed.
    [Fact]
    public void Load_EveryFile_IsWholeAndHasItsDate() =>
        Assert.All(PublicFeeds.Loaded.Files, file => Assert.Equal([], file.Warnings));

    [Fact]
    public void Compile_AllFeeds_StaysWithinItsSize()
    {
        Assert.True(PublicFeeds.Snapshot.FileBytes <= 48 * 1024 * 1024, $"{PublicFeeds.Snapshot.FileBytes} bytes");
        Assert.True(PublicFeeds.Snapshot.IndexBytes <= 20 * 1024 * 1024, $"{PublicFeeds.Snapshot.IndexBytes} bytes of index");
    }

    // Every entry of every feed is found again: the sweep against the entries themselves.
    [Fact]
    public void Find_FirstAndLastAddressOfEveryEntry_HasItsClaim()
    {
        var (loaded, snapshot) = (PublicFeeds.Loaded, PublicFeeds.Snapshot);
        var missing = 0;
        foreach (var source in loaded.Sources.Where(source => source.Info.Kind == SourceKind.Claims && source.Info.Categories.Count > 0))
        {
            var index = snapshot.Sources.ToList().FindIndex(info => info.Id == source.Info.Id);
            foreach (var content in source.Contents)
            {
                foreach (var entry in content.Entries)
                {
                    missing += HasClaim(snapshot, entry.Prefix.First, index) && HasClaim(snapshot, entry.Prefix.Last, index) ? 0 : 1;
                }
            }
        }
        Assert.Equal(0, missing);
    }

    [Fact]
    public void Judge_AddressesOfTheFeeds_AreWhatTheFeedsSay()
    {
        var judge = new Judge(PublicFeeds.Snapshot, new DataFolder(Repository.Data).ReadPolicy(), PublicFeeds.Day);
        int Share(string sourceId, Category category)
        {
            var entries = PublicFeeds.Loaded.Sources.Single(source => source.Info.Id == sourceId).Contents.SelectMany(content => content.Entries.ToArray()).ToList();
            return 100 * entries.Count(entry => judge.VerdictOf(entry.Prefix.First).Present.Has(category)) / entries.Count;
        }
        Assert.Equal(100, Share("tor-exits", Category.Tor));
        Assert.Equal(100, Share("icloud-private-relay", Category.Relay));
        Assert.Equal(100, Share("aws", Category.Hosting));
        Assert.Equal(100, Share("spamhaus-drop-v4", Category.Bulletproof));
        Assert.Equal(100, Share("tn3w-protonvpn", Category.Vpn));
    }

    // How the reliabilities of the manifest were found; see data/README.md.
    [Fact]
    public void Reliability_OfSourcesThatOthersSpeakOf_IsNotAboveWhatTheyEarn()
    {
        var earned = SourceAgreement.All(PublicFeeds.Snapshot).Where(row => row is { IsAuthoritative: false, Reliability: not null }).ToList();
        Assert.True(earned.Count >= 12, $"{earned.Count} earn one");
        Assert.All(earned, row => Assert.True(row.Shipped <= row.Reliability, row.ToString()));
    }

    [Fact]
    public void Explain_EverySegment_IsInBoundsAndAddsUp()
    {
        var judge = new Judge(PublicFeeds.Snapshot, new DataFolder(Repository.Data).ReadPolicy(), PublicFeeds.Day);
        var judged = 0;
        foreach (var segment in judge.Snapshot.ScopedSegmentsIn(AddressRange.IPv4).Concat(judge.Snapshot.ScopedSegmentsIn(AddressRange.IPv6)))
        {
            var report = judge.Explain(segment.First);
            Assert.InRange(report.Verdict.RawScore, report.Verdict.Score, 100);
            Assert.InRange(report.Verdict.Score, 0, 100);
            Assert.Equal(report.Verdict.Score, report.Points.Sum(row => row.Points));
            Assert.All(report.Points, row => Assert.InRange(row.Probability, 0, 1)); // no NaN is in a range
            judged++;
        }
        Assert.True(judged > 500_000, $"{judged} segments");
    }

    static bool HasClaim(Snapshot snapshot, Address address, int source)
    {
        foreach (var claim in snapshot.ClaimsOf(snapshot.ProfileAt(snapshot.Find(address)).Word).OnPrefixes)
        {
            if (snapshot.ClaimAt(claim).Source == source)
            {
                return true;
            }
        }
        return false;
    }
}
