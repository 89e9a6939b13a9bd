using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Refreshing;

/// <summary>Real feeds, published by a fake upstream: each passes the gates as it is, and none of its poisoned twins does.</summary>
[Trait("Needs", "feeds")]
public sealed partial class PublicFeedsRefreshTests
{
    [Fact]
    public async Task Refresh_AllFeeds_AreAcceptedThenUnchangedAndCompiledOnce()
    {
        await using var rig = new RefreshRig();
        var sources = Publish(rig);
        Assert.True(sources.Count > 45);
        var began = Stopwatch.GetTimestamp();
        foreach (var (entry, report) in await RefreshAsync(rig, sources))
        {
            Assert.True(report.Outcome == RefreshOutcome.Accepted, $"{entry.Id}: {report.Outcome} {report.Reason}, {report.Detail}");
        }
        var (compilations, first) = Compile(rig, sources);
        TestContext.Current.TestOutputHelper?.WriteLine($"{sources.Count} feeds, fetched to compiled: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.Equal(1, compilations);
        rig.Time.Advance(TimeSpan.FromHours(1));
        Assert.All(await RefreshAsync(rig, sources), pair => Assert.Equal(RefreshOutcome.Unchanged, pair.Report.Outcome));
        Assert.Equal((0, first), Compile(rig, sources));
    }

    [Fact]
    public async Task Refresh_PoisonedTwinsOfEachFeed_ChangeNothing()
    {
        await using var rig = new RefreshRig();
        var sources = Publish(rig);
        await RefreshAsync(rig, sources);
        var before = Inputs(rig, sources);
        foreach (var twin in new[] { "empty", "page", "tenth", "half the internet", "cut" })
        {
            var poisoned = sources.Where(source => CanHave(twin, source)).ToList();
            foreach (var url in poisoned.SelectMany(source => source.Urls))
            {
                rig.Upstream.Publish(new Uri(url.Url).AbsolutePath, Poisoned(File.ReadAllBytes(FileOf(url)), twin));
            }
            var reports = await RefreshAsync(rig, poisoned);
            Assert.All(reports.Select(pair => (twin, pair.Entry.Id, pair.Report.Outcome)), refused => Assert.Equal(RefreshOutcome.Refused, refused.Outcome));
        }
        Assert.Equal(before, Inputs(rig, sources));
    }

    // A list of proxies may lose half of itself in a day; a database is bytes, in which no prefix is to be found.
    static bool CanHave(string twin, SourceEntry source) => twin switch
    {
        "tenth" or "cut" => source.Format!.Syntax != FeedSyntax.MaxMindDb && source.Gates.MaxShrink < 0.5,
        "half the internet" => source.Format!.Syntax != FeedSyntax.MaxMindDb && source.Format.Asn.Count == 0,
        _ => true,
    };

    // A day of 49 % growth, one of 4.1 % shrink, and others: as big as any in the list's own history.
    [Fact]
    public async Task Refresh_HistoryOfTheRealList_IsAccepted()
    {
        await using var rig = new RefreshRig();
        var lines = File.ReadAllLines(Path.Combine(Repository.Feeds, "hosting/x4bnet-datacenter-ipv4.txt"));
        foreach (var share in (double[])[1 / 1.49, 1, 0.9586, 0.972, 1])
        {
            var random = new Random(7); // the same lines go first each time
            var kept = lines.Where(_ => random.NextDouble() < share);
            var report = await rig.RefreshAsync(string.Join('\n', kept));
            Assert.True(report.Outcome == RefreshOutcome.Accepted, $"{share:P1}: {report.Reason}, {report.Detail}");
        }
    }

    static List<SourceEntry> Publish(RefreshRig rig)
    {
        var manifest = Path.Combine(Repository.Root, "tests", "public-feeds.sources.json");
        var sources = new DataFolder(Repository.Data).LocateSources(manifest, Repository.Feeds).Sources
            .Where(source => source.Files.Count > 0 && source.Entry.Categories.Count > 0 && !source.Files[0].StartsWith(Repository.Data, StringComparison.Ordinal));
        List<SourceEntry> entries = [];
        foreach (var source in sources)
        {
            var paths = source.Files.Select(file => "/" + Path.GetRelativePath(Repository.Feeds, file)).ToList();
            foreach (var path in paths)
            {
                rig.Upstream.Publish(path, File.ReadAllBytes(Repository.Feeds + path), new(2026, 8, 22, 0, 0, 0, TimeSpan.Zero));
            }
            entries.Add(source.Entry with { Urls = [.. paths.Select(path => new SourceUrl { Url = rig.Upstream.UrlOf(path) })], DownloadFormat = null });
        }
        return entries;
    }

    static string FileOf(SourceUrl url) => Repository.Feeds + new Uri(url.Url).AbsolutePath;

    static byte[] Poisoned(byte[] good, string twin) => twin switch
    {
        "empty" => [],
        "page" => Encoding.ASCII.GetBytes("<!DOCTYPE html><title>503</title>"),
        "tenth" => good[..(good.Length / 10)],
        "cut" => good[..(good.Length / 2)],
        _ => WithHalfTheInternet(Encoding.UTF8.GetString(good)),
    };

    // In the place of each prefix, in whatever format; a list of ASNs has none.
    static byte[] WithHalfTheInternet(string text) =>
        Encoding.UTF8.GetBytes(AnyPrefix().Replace(text, "0.0.0.0/1"));

    static async Task<IReadOnlyList<(SourceEntry Entry, RefreshReport Report)>> RefreshAsync(RefreshRig rig, IReadOnlyList<SourceEntry> sources)
    {
        List<(SourceEntry, RefreshReport)> reports = [];
        foreach (var source in sources)
        {
            reports.Add((source, await rig.RefreshAsync(source)));
        }
        return reports;
    }

    static IReadOnlyList<LocatedSource> Located(RefreshRig rig, IReadOnlyList<SourceEntry> sources) =>
        rig.Store.WithFetched([.. sources.Select(source => new LocatedSource(source, []))], rig.Time.GetUtcNow());

    static string Inputs(RefreshRig rig, IReadOnlyList<SourceEntry> sources) => InputsHash.Of(Located(rig, sources), "", TestContext.Current.CancellationToken);

    [GeneratedRegex("""(\d{1,3}(\.\d{1,3}){3}(:\d+)?|[0-9a-fA-F]{1,4}:[0-9a-fA-F:]+)(/\d+)?(?=["\s,;]|$)""")]
    private static partial Regex AnyPrefix();

    static (int Compilations, string Id) Compile(RefreshRig rig, IReadOnlyList<SourceEntry> sources)
    {
        var compilations = 0;
        var snapshot = new SnapshotStore(rig.StateFolder).GetOrCompile(
            Located(rig, sources), "", rig.Limits, rig.Time.GetUtcNow(), (_, _) => compilations++, TestContext.Current.CancellationToken);
        return (compilations, snapshot.Id);
    }
}
