using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>Says at every start, and in readiness, what <see cref="EnrichmentOptions.AllowInsecureBind"/> lets pass.</summary>
internal sealed class BindNotice(IOptions<EnrichmentOptions> options, BindRules rules, Warnings warnings, ILogger<BindNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var faults = rules.Faults(options.Value).ToList();
        foreach (var fault in faults)
        {
            Log.InsecureBind(logger, fault);
        }
        warnings.Set(nameof(BindNotice), faults.Count == 0 ? null : "Insecure, as Enrichment:AllowInsecureBind allows: " + string.Join(" ", faults));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
