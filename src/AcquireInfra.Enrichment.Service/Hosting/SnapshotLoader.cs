using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Service.SignIns;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// Puts the first snapshot in place. The one in the state folder is live before the service listens, and is all there is to do while its
/// inputs are unchanged. Else one is compiled in the background, and until it is there the last good one serves, or none. Nothing waits
/// for the network: what is there is what was fetched before. Bundled data that is missing and wrong configuration stop the start; every
/// other trouble shows in readiness.
/// </summary>
internal sealed class SnapshotLoader(IOptions<EnrichmentOptions> options, JudgeProvider judges, SourceCatalog catalog, SnapshotUpdate update,
    SignInScoring signIns)
    : BackgroundService
{
    bool _isDone;

    /// <exception cref="BundledDataMissingException">A bundled file is missing or cannot be read.</exception>
    /// <exception cref="ManifestException">A manifest or a policy is wrong.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var data = new DataFolder(options.Value.DataFolder);
        UsePolicy(data.ReadPolicyJson());
        signIns.ReadPolicy(data);
        catalog.Read(data, options.Value.Sources is { Length: > 0 } manifest ? manifest : null);
        _isDone = update.OpenFirst(cancellationToken);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _isDone ? Task.CompletedTask : Task.Run(() => update.Run(stoppingToken), stoppingToken);

    void UsePolicy(byte[] json)
    {
        try
        {
            judges.UsePolicy(json);
        }
        catch (FormatException exception)
        {
            throw new ManifestException(exception.Message, exception);
        }
    }
}
