using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Overriding;

internal static class OverrideServices
{
    /// <summary>The overrides, and what reads their file.</summary>
    public static IHostApplicationBuilder AddOverriding(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<EnrichmentOptions>>().Value;
            var (snapshots, logger) = (provider.GetRequiredService<SnapshotHolder>(), provider.GetRequiredService<ILogger<OverrideStore>>());
            return new OverrideStore(options.StateFolder, options.Overrides.MaxEntries, provider.GetRequiredService<TimeProvider>(), record =>
            {
                Log.OverridesChanged(logger, record.Revision, record.Action, record.Changes.Count, record.Who);
                snapshots.Announce();
            });
        });
        builder.Services.AddSingleton<OverridesFile>().AddSingleton<OverrideFloor>();
        builder.Services.AddHostedService<OverrideKeeper>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, OverridesJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, OverrideAnswersJson.Default);
        });
        return builder;
    }
}
