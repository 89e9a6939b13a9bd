using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Refreshing;

internal static class RefreshServices
{
    /// <summary>The sources, and what keeps them fresh.</summary>
    public static IHostApplicationBuilder AddRefreshing(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var network = new FeedClientOptions();
        services.AddSingleton<IValidateOptions<EnrichmentOptions>, PrefixOptions>();
        services.AddSingleton(network).AddFeedClient(network);
        services.AddSingleton(provider => new FeedStore(provider.GetRequiredService<IOptions<EnrichmentOptions>>().Value.StateFolder));
        services.AddSingleton(provider =>
        {
            // Options are known once the application is built; connections read this one when they are made.
            network.AllowedPrefixes = PrefixOptions.Parse(provider.GetRequiredService<IOptions<EnrichmentOptions>>().Value.Refresh.AllowedPrefixes);
            return new FeedFetcher(provider.GetRequiredService<IHttpClientFactory>(), network, FetchLimits.Default);
        });
        services.AddSingleton(provider => new LastGoodFiles(provider.GetRequiredService<IOptions<EnrichmentOptions>>().Value.StateFolder));
        services.AddSingleton<SourceCatalog>().AddSingleton<RefreshRequests>();
        services.AddSingleton(provider => new FeedRefresher(
            provider.GetRequiredService<FeedStore>(), provider.GetRequiredService<FeedFetcher>(),
            provider.GetRequiredService<SourceCatalog>().Limits, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<SourceRefresher>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SourcesJson.Default));
        return builder;
    }
}
