using System.Net;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Parsing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Upstream;

/// <summary>A fake publisher, a state folder, and the refresher as the service composes it; loopback is let in.</summary>
public sealed class RefreshRig : IAsyncDisposable
{
    readonly TemporaryFolder _state = new();
    readonly ServiceProvider _services;

    public RefreshRig(FetchLimits? fetchLimits = null, FeedLimits? feedLimits = null, Action<FeedClientOptions>? network = null, Func<string, string?>? environment = null)
    {
        var options = new FeedClientOptions
        {
            AllowedPrefixes = [Prefix.Parse("127.0.0.0/8")],
            Proxy = new WebProxy(),
            RetryDelay = TimeSpan.FromMilliseconds(20),
            AcceptCertificate = (_, certificate, _, _) => FakeUpstream.IsItsOwn(certificate),
        };
        network?.Invoke(options);
        _services = new ServiceCollection().AddFeedClient(options).BuildServiceProvider();
        Fetcher = new(_services.GetRequiredService<IHttpClientFactory>(), options, fetchLimits ?? FetchLimits.Default, environment ?? (_ => null));
        Limits = feedLimits ?? FeedLimits.Default;
        Store = new(_state.Path);
        Refresher = new(Store, Fetcher, Limits, Time, () => 0.5);
    }

    public FakeUpstream Upstream { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public string StateFolder => _state.Path;

    public FeedLimits Limits { get; }

    public FeedFetcher Fetcher { get; }

    public FeedStore Store { get; }

    public FeedRefresher Refresher { get; }

    /// <summary>A source of text, or of another format, that is published at these paths.</summary>
    public SourceEntry Source(FeedFormat? format = null, params string[] paths) => new()
    {
        Id = "own",
        Name = "Own",
        Urls = [.. (paths.Length > 0 ? paths : ["/list.txt"]).Select(path => new SourceUrl { Url = Upstream.UrlOf(path) })],
        Format = format ?? new FeedFormat { Syntax = FeedSyntax.Text },
        Categories = ["vpn"],
        Reliability = 0.9,
        Exportable = true,
        Licence = "none",
    };

    public Task<RefreshReport> RefreshAsync(SourceEntry? source = null) =>
        Refresher.RefreshAsync(new(source ?? Source(), []), TestContext.Current.CancellationToken);

    /// <summary>Publishes a list and refreshes.</summary>
    public Task<RefreshReport> RefreshAsync(string list, SourceEntry? source = null)
    {
        Upstream.Publish("/list.txt", list);
        return RefreshAsync(source);
    }

    /// <summary>The entries that a compilation would read now.</summary>
    public IReadOnlyList<string> EntriesNow(SourceEntry? source = null)
    {
        var located = Store.WithFetched([new(source ?? Source(), [])], Time.GetUtcNow());
        var loaded = SourceLoader.Load(located, Limits, Path.Combine(_state.Path, "scratch"), Time.GetUtcNow(), TestContext.Current.CancellationToken);
        return [.. loaded.Files.SelectMany(file => file.Content.Entries.ToArray()).Select(entry => entry.Prefix.ToString())];
    }

    public FeedState State => Store.StateOf(Source());

    public IEnumerable<string> FilesOnDisk =>
        Directory.GetFiles(Path.Combine(_state.Path, "feeds", "own")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    /// <summary>So many addresses, each a line.</summary>
    public static string Lines(int count, int from = 0) =>
        string.Concat(Enumerable.Range(from, count).Select(at => $"9.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}\n"));

    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        await _services.DisposeAsync();
        _state.Dispose();
    }
}
