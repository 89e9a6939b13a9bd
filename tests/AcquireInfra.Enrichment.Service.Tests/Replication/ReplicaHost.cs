extern alias client;

using client::AcquireInfra.Enrichment.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Service.Tests.Replication;

/// <summary>A program with the client in it, whose replica follows a service.</summary>
internal sealed class ReplicaHost : IAsyncDisposable
{
    readonly IHost _host;

    ReplicaHost(IHost host, CapturedLog log) => (_host, Log) = (host, log);

    public EnrichmentClient Client => _host.Services.GetRequiredService<EnrichmentClient>();

    public CapturedLog Log { get; }

    /// <param name="folder">The replica's; null for a client without one.</param>
    public static async Task<ReplicaHost> StartAsync(Ports ports, string? folder, string? apiKey = null)
    {
        var log = new CapturedLog();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddEnrichmentClient(options =>
        {
            options.Address = new($"http://127.0.0.1:{ports.Grpc}");
            options.ApiKey = apiKey;
            options.Deadline = TimeSpan.FromSeconds(10);
            options.Replica.Enabled = folder is not null;
            options.Replica.RestAddress = new($"http://127.0.0.1:{ports.Rest}");
            options.Replica.Folder = folder ?? options.Replica.Folder;
            options.Replica.RetryDelay = TimeSpan.FromMilliseconds(50);
            options.Replica.MaxRetryDelay = TimeSpan.FromMilliseconds(200);
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host, log);
    }

    public Task ReadyAsync() => UntilAsync(() => Client.Replica is not null, "there is a replica");

    public Task FollowsAsync(string snapshotId) => UntilAsync(() => Client.Replica!.SnapshotId == snapshotId, "it answers from " + snapshotId);

    public async Task UntilAsync(Func<bool> isSo, string what)
    {
        for (var wait = 0; wait < 10_000 && !isSo(); wait++)
        {
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
        Assert.True(isSo(), $"still not: {what}. {string.Join('\n', Log.Lines.Select(line => line.Text))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
    }
}
