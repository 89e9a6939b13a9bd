using System.Net;
using System.Net.Sockets;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>The real application in this process, on real Kestrel and three free ports of the loopback.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    readonly WebApplication _app;

    RunningService(WebApplication app, Ports ports)
    {
        _app = app;
        Ports = ports;
        Rest = new() { BaseAddress = new($"http://127.0.0.1:{ports.Rest}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Rest { get; }

    public Ports Ports { get; }

    /// <summary>All that was logged since the application was built.</summary>
    public CapturedLog Log { get; } = new();

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it and waits until it has compiled what it can.</summary>
    public static async Task<RunningService> StartAsync(string stateFolder, params string[] options)
    {
        var service = await StartListeningAsync(stateFolder, options);
        await service.CompiledAsync();
        return service;
    }

    /// <summary>Starts it and waits no longer than a supervisor does.</summary>
    public static Task<RunningService> StartListeningAsync(string stateFolder, params string[] options) => StartAnywhereAsync(stateFolder, null, options);

    /// <summary>Starts it on ports that are free; where another test was faster at one, on others.</summary>
    /// <param name="more">Registrations beside the application's own.</param>
    public static async Task<RunningService> StartAnywhereAsync(string stateFolder, Action<IServiceCollection>? more, params string[] options)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartAtAsync(Ports.Free(), stateFolder, more, options);
            }
            catch (IOException exception) when (attempt < 5 && exception.Message.Contains("address already in use", StringComparison.Ordinal))
            {
                // a port that was free a moment ago
            }
        }
    }

    /// <summary>Starts it where another one was, or will be.</summary>
    public static Task<RunningService> StartAtAsync(Ports ports, string stateFolder, params string[] options) => StartAtAsync(ports, stateFolder, null, options);

    /// <param name="more">Registrations beside the application's own.</param>
    public static async Task<RunningService> StartAtAsync(Ports ports, string stateFolder, Action<IServiceCollection>? more, params string[] options)
    {
        const string Quiet = "--Logging:Console:LogLevel:Default=None"; // the captured log has it all
        const string Offline = "--Enrichment:Refresh:Enabled=false"; // no test asks a publisher that it has not made itself
        var app = ServiceApp.Build([.. ports.Options, Quiet, Offline, $"--Enrichment:StateFolder={stateFolder}", .. options], more);
        var service = new RunningService(app, ports);
        service.Services.GetRequiredService<ILoggerFactory>().AddProvider(service.Log);
        try
        {
            await service._app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
        return service;
    }

    public Task CompiledAsync() => Services.GetServices<IHostedService>().OfType<SnapshotLoader>().Single().ExecuteTask!
        .WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Ports that were free a moment ago.</summary>
internal sealed record Ports(int Rest, int Grpc, int Admin)
{
    public IEnumerable<string> Options =>
    [
        $"--Kestrel:Endpoints:Rest:Url=http://127.0.0.1:{Rest}", $"--Kestrel:Endpoints:Grpc:Url=http://127.0.0.1:{Grpc}",
        $"--Kestrel:Endpoints:Admin:Url=http://127.0.0.1:{Admin}",
    ];

    public static Ports Free()
    {
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start()); // all three at once: one closed early would be handed out again
        var ports = listeners.ConvertAll(listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        listeners.ForEach(listener => listener.Dispose());
        return new(ports[0], ports[1], ports[2]);
    }
}
