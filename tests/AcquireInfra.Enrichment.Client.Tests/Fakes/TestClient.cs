using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>A host with the client in it, as a program would have it.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    readonly IHost _host;

    TestClient(IHost host, LogLines log) => (_host, Log) = (host, log);

    public EnrichmentClient Client => _host.Services.GetRequiredService<EnrichmentClient>();

    public LogLines Log { get; }

    public static async Task<TestClient> StartAsync(Action<EnrichmentClientOptions> configure, TimeProvider? time = null)
    {
        var log = new LogLines();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }
        builder.Services.AddEnrichmentClient(configure);
        var host = builder.Build();
        await host.StartAsync();
        return new TestClient(host, log);
    }

    /// <summary>Waits for something that happens in the background.</summary>
    public static async Task UntilAsync(Func<bool> isSo, string what)
    {
        for (var wait = 0; wait < 2_000 && !isSo(); wait++)
        {
            await Task.Delay(5);
        }
        Assert.True(isSo(), "after ten seconds still not: " + what);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
