using System.Diagnostics;
using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>A service on the bundled data that fetches all real feeds from a fake publisher.</summary>
[Trait("Needs", "feeds")]
public sealed class PublicFeedsServiceTests
{
    static readonly TimeSpan Goal = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Patience = 4 * Goal; // the goal is for a machine that does nothing else

    static readonly DateTimeOffset Published = new(2026, 8, 22, 0, 0, 0, TimeSpan.Zero);

    static string Feeds => Environment.GetEnvironmentVariable("ENRICHMENT_FEEDS") is { Length: > 0 } folder
        ? folder
        : throw new InvalidOperationException("tests/run.sh sets ENRICHMENT_FEEDS to the folder of real feeds.");

    [Fact]
    public async Task Refresh_AllFeeds_AreLiveInSecondsAndNothingIsCompiledWhileNothingChanges()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = new FakeUpstream();
        await using var service = await StartAsync(folder, upstream);
        var (holder, requests, catalog) = (service.Services.GetRequiredService<SnapshotHolder>(), service.Services.GetRequiredService<RefreshRequests>(), service.Services.GetRequiredService<SourceCatalog>());
        var ids = catalog.Refreshed.Select(source => source.Entry.Id).ToHashSet();
        Assert.True(ids.Count > 45, $"only {ids.Count} sources");

        var began = Stopwatch.GetTimestamp();
        foreach (var id in ids)
        {
            requests.Ask(id);
        }
        while (holder.Current!.Sources.Count(source => ids.Contains(source.Id)) < ids.Count)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "not live: " + string.Join("; ", service.Log.Lines.Where(line => line.Event.Id is 2005 or 2006 or 3003).Select(line => line.Text)));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        var live = Stopwatch.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{ids.Count} feeds, {upstream.Requests.Count} downloads: live {live.TotalSeconds:F1} s after they were asked for (goal {Goal.TotalSeconds} s), snapshot of {holder.Current.FileBytes} bytes");

        var (downloads, compilations, snapshot) = (upstream.Requests.Count, Compilations(service), holder.Current.Id);
        await SourcesClient.UntilAsync(() => Task.FromResult(ids.All(id => catalog.States[id].LastAttemptAt is not null)), "the round does not end");
        var again = DateTimeOffset.UtcNow;
        foreach (var id in ids)
        {
            requests.Ask(id);
        }
        await SourcesClient.UntilAsync(() => Task.FromResult(ids.All(id => catalog.States[id].LastAttemptAt >= again)), "they are not asked again");
        requests.Ask(ids.First());
        await SourcesClient.UntilAsync(() => Task.FromResult(upstream.Requests.Count > 2 * downloads), "the round after does not begin"); // so that of the one before has ended
        Assert.All(upstream.Requests.Skip(downloads), request => Assert.Contains("If-None-Match", request.Headers.Keys));
        Assert.Equal((compilations, snapshot), (Compilations(service), holder.Current.Id));
        Assert.All(ids, id => Assert.Null(catalog.States[id].Held));
    }

    static int Compilations(RunningService service) => service.Log.Lines.Count(line => line.Event.Name == "SnapshotCompiling");

    static async Task<RunningService> StartAsync(TemporaryFolder folder, FakeUpstream upstream)
    {
        await File.WriteAllTextAsync(folder["further.json"], Manifest(upstream), TestContext.Current.CancellationToken);
        var service = await RunningService.StartAnywhereAsync(folder["state"], RefreshedService.TrustUpstream, [
            $"--Enrichment:Sources={folder["further.json"]}", "--Enrichment:Refresh:AllowedPrefixes:0=127.0.0.0/8"]);
        await service.CompiledAsync();
        return service;
    }

    /// <summary>The manifest of the real feeds with addresses in the place of files; what the feeds folder does not have is off.</summary>
    static string Manifest(FakeUpstream upstream)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(NpmTools.Root, "tests", "public-feeds.sources.json")))!.AsObject();
        var (changes, sources) = (manifest["changes"]!.AsArray(), manifest["sources"]!.AsArray());
        sources.RemoveAll(source => source!["categories"]!.AsArray().Count == 0); // lists to compare with, one of them of a prefix that no feed may have
        foreach (var source in changes.Concat(sources).Select(node => node!.AsObject()))
        {
            var paths = source["files"]!.AsArray().Select(file => "/" + (string)file!).ToList();
            paths.ForEach(path => upstream.Publish(path, File.ReadAllBytes(Feeds + path), Published));
            source["urls"] = new JsonArray([.. paths.Select(path => new JsonObject { ["url"] = upstream.UrlOf(path) })]);
            source.Remove("files");
        }
        var fetched = changes.Select(change => (string)change!["id"]!).ToHashSet();
        var bundled = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "sources.json")))!["sources"]!.AsArray();
        foreach (var source in bundled.Select(node => node!.AsObject()).Where(source => source.ContainsKey("urls") && !fetched.Contains((string)source["id"]!)))
        {
            changes.Add((string)source["id"]! == "asn-table"
                ? new JsonObject { ["id"] = "asn-table", ["urls"] = null, ["downloadFormat"] = null, ["refreshInterval"] = null }
                : new JsonObject { ["id"] = (string)source["id"]!, ["enabled"] = false });
        }
        return manifest.ToJsonString();
    }
}
