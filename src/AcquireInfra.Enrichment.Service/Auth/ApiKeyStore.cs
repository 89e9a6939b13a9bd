using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// The API keys that are valid now. Configuration and file are read again every few seconds, by content: a mounted secret is often
/// replaced by moving a link, which file watchers miss. What cannot be used changes nothing, and shows in readiness.
/// </summary>
internal sealed class ApiKeyStore(
    IOptionsMonitor<EnrichmentOptions> options, Warnings warnings, TimeProvider time, ILogger<ApiKeyStore> logger) : BackgroundService
{
    /// <summary>Longest time from a change of a file to its effect.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    ApiKeyRing _current = ApiKeyRing.Empty;

    public ApiKeyRing Current => Volatile.Read(ref _current);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Refresh();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Refresh();
        }
    }

    /// <summary>All keys of an options object and of the file it names; null, and why in <paramref name="faults"/>, when any is wrong.</summary>
    public static ApiKeyRing? Read(AuthOptions auth, List<string> faults)
    {
        try
        {
            return ApiKeyRing.Create([.. auth.ApiKeys, .. auth.ApiKeysFile is { Length: > 0 } path ? ApiKeysFile.Read(path) : []], faults);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            faults.Add($"{EnrichmentOptions.Section}:Auth:ApiKeysFile: {exception.Message}");
            return null;
        }
    }

    void Refresh()
    {
        var faults = new List<string>();
        var next = TryRead(faults);
        var text = string.Join(' ', faults);
        var isNews = warnings.Set(nameof(ApiKeyStore), next is null ? "The API keys were changed to what cannot be used; the last good ones stay valid." : null, text);
        if (next is null && isNews)
        {
            Log.ApiKeysRefused(logger, text);
        }
        if (next is not null && !next.IsSameAs(_current))
        {
            Volatile.Write(ref _current, next);
            Log.ApiKeysLive(logger, next.Count);
        }
    }

    ApiKeyRing? TryRead(List<string> faults)
    {
        try
        {
            return Read(options.CurrentValue.Auth, faults);
        }
        catch (OptionsValidationException exception)
        {
            faults.AddRange(exception.Failures);
            return null;
        }
    }
}
