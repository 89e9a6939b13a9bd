using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// The way out: told to stop, the service says in readiness that it goes, serves on until load balancers have seen that, and only then
/// stops. Told a second time, it ends at once.
/// </summary>
internal sealed class Drain(IOptions<EnrichmentOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Drain> logger)
    : IHostedLifecycleService, IDisposable
{
    /// <summary>After the drain, for what still runs. The most an orchestrator must wait is this and <c>DrainSeconds</c>.</summary>
    public static readonly TimeSpan LastCall = TimeSpan.FromSeconds(25);

    readonly CancellationTokenSource _ending = new();
    readonly List<PosixSignalRegistration> _signals = [];
    int _told;

    /// <summary>Not ready, but serving.</summary>
    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>The drain is over: streams end now, and say how far they came. They are cut off after <see cref="LastCall"/>.</summary>
    public CancellationToken Ending => _ending.Token;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, _ =>
            {
                if (Interlocked.Increment(ref _told) > 1)
                {
                    Environment.Exit(ServiceExit.Stopped);
                }
            }));
        }
        return Task.CompletedTask;
    }

    // Runs before the web server is told to stop.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(options.Value.DrainSeconds);
        Log.Draining(logger, options.Value.DrainSeconds);
        await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ending.CancelAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _ending.Dispose();
    }
}
