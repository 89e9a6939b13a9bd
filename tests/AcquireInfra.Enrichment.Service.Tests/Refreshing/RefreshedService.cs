using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>A folder of small data with one source at a fake publisher, and services on it.</summary>
internal sealed class RefreshedService : IAsyncDisposable
{
    const string Path = "/list.txt";

    readonly TemporaryFolder _folder = new();
    bool _isGone;

    /// <param name="more">Members of the manifest beside its sources.</param>
    /// <param name="maxRetention">Of the source; null for none.</param>
    /// <param name="moreSources">Entries before it, each with a comma behind it.</param>
    public RefreshedService(string more = "", string? maxRetention = null, string moreSources = "")
    {
        SmallData.Write(_folder["data"]);
        File.WriteAllText(_folder["further.json"], $$"""
            { "sources": [ {{moreSources}} { "id": "fetched", "name": "Fetched", "urls": [{ "url": "{{Upstream.UrlOf(Path)}}" }],
              "format": { "syntax": "text", "allowSpecialPurpose": true }, "categories": ["vpn"], "reliability": 0.9, "exportable": true,
              "licence": "none"{{(maxRetention is null ? "" : $", \"maxRetention\": \"{maxRetention}\"")}} } ]{{more}} }
            """);
    }

    public FakeUpstream Upstream { get; } = new();

    /// <summary>The clock of the services; null for the real one.</summary>
    public TimeProvider? Time { get; init; }

    public string StateFolder => _folder["state"];

    /// <summary>Path of a file beside the manifest.</summary>
    public string this[string name] => _folder[name];

    public void Publish(string list) => Upstream.Publish(Path, list);

    public void Serve(Feeds.Tests.Upstream.Answer answer) => Upstream.Serve(Path, answer);

    /// <summary>Nobody listens there any more.</summary>
    public async Task CloseUpstreamAsync()
    {
        _isGone = true;
        await Upstream.DisposeAsync();
    }

    /// <summary>So many addresses of 203.0.113.0/24, a line each.</summary>
    public static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(at => $"203.0.113.{at}\n"));

    public Task<RunningService> StartAsync(params string[] options) => StartAsync(isOn: false, options);

    /// <param name="isOn">Whether it refreshes by itself; else when it is asked to.</param>
    public async Task<RunningService> StartAsync(bool isOn, params string[] options)
    {
        var service = await RunningService.StartAnywhereAsync(StateFolder, Register, [
            $"--Enrichment:DataFolder={_folder["data"]}", $"--Enrichment:Sources={_folder["further.json"]}",
            $"--Enrichment:Refresh:Enabled={isOn}", "--Enrichment:Refresh:AllowedPrefixes:0=127.0.0.0/8", .. options]);
        await service.CompiledAsync();
        return service;
    }

    void Register(IServiceCollection services)
    {
        TrustUpstream(services);
        if (Time is not null)
        {
            services.AddSingleton(Time);
        }
    }

    /// <summary>Registrations of a service that fetches from the fake publisher.</summary>
    public static void TrustUpstream(IServiceCollection services)
    {
        var network = (FeedClientOptions)services.Single(service => service.ServiceType == typeof(FeedClientOptions)).ImplementationInstance!;
        network.AcceptCertificate = (_, certificate, _, _) => FakeUpstream.IsItsOwn(certificate);
        network.Proxy = new WebProxy();
        network.RetryDelay = TimeSpan.FromMilliseconds(10);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isGone)
        {
            await Upstream.DisposeAsync();
        }
        _folder.Dispose();
    }
}

/// <summary>Asking a service about its sources, and waiting for what it does in the background.</summary>
internal static class SourcesClient
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<JsonElement> SourceAsync(this RunningService service, string id = "fetched") =>
        (await service.Rest.FetchAsync("/v1/sources")).Json.GetProperty("sources").EnumerateArray().Single(source => source.GetProperty("id").GetString() == id);

    /// <summary>Refreshes the source and waits until that is done.</summary>
    public static async Task<JsonElement> RefreshAsync(this RunningService service, string id = "fetched")
    {
        var before = (await service.SourceAsync(id)).GetProperty("lastAttemptAt").GetRawText();
        Assert.Equal(202, (await service.PostAsync(id + ":refresh", null)).Status);
        await UntilAsync(async () => (await service.SourceAsync(id)).GetProperty("lastAttemptAt").GetRawText() != before, "it was not refreshed");
        return await service.SourceAsync(id);
    }

    public static Task<Answer> PostAsync(this RunningService service, string path, string? json) => service.Rest.AnswerToAsync(
        new(HttpMethod.Post, "/v1/sources/" + path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") });

    /// <summary>The prefix that answers for an address; null where nothing lists it.</summary>
    public static async Task<string?> NetworkAsync(this RunningService service, string address) =>
        (await service.Rest.LookupAsync(address)).Json.GetProperty("network").GetString();

    public static Task KnowsAsync(this RunningService service, string address) =>
        UntilAsync(async () => await service.NetworkAsync(address) is not null, $"{address} is not known");

    public static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        for (var began = Stopwatch.GetTimestamp(); !await isSo(); await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, otherwise);
        }
    }
}
