using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Service.Hosting;

namespace AcquireInfra.Enrichment.Service.Overriding;

/// <summary>Reads the log of overrides before the service listens, and looks at their file every other second. No trouble with either ends the service.</summary>
internal sealed class OverrideKeeper(OverrideStore store, OverridesFile file, TimeProvider time, ILogger<OverrideKeeper> logger) : BackgroundService
{
    /// <summary>A change of the file is in force after two of these at most, and what it takes to read it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    const int MaxFaultsTold = 10;

    string? _trouble;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (store.Open() is > 0 and var torn)
        {
            Log.OverridesTorn(logger, torn);
        }
        if (store.Trouble is { } trouble)
        {
            Log.OverridesReadOnly(logger, trouble);
        }
        Look();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    void Look()
    {
        try
        {
            if (file.Look() && file.Faults is { Count: > 0 } faults)
            {
                var told = string.Join(' ', faults.Take(MaxFaultsTold));
                Log.OverridesFileRefused(logger, store.CsvPath, faults.Count, told);
            }
            _trouble = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (exception.Message != _trouble)
            {
                Log.OverridesFileUnreadable(logger, store.CsvPath, exception.Message); // once, however often it is tried
            }
            _trouble = exception.Message;
        }
    }
}
