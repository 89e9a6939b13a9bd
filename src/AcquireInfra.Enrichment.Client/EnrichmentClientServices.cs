using AcquireInfra.Enrichment.Client.Remote;
using AcquireInfra.Enrichment.Client.Replication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client;

/// <summary>Puts the client in place.</summary>
public static class EnrichmentClientServices
{
    /// <summary>Adds <see cref="EnrichmentClient"/>, and the hosted service that keeps its replica where that is enabled.</summary>
    public static IServiceCollection AddEnrichmentClient(this IServiceCollection services, Action<EnrichmentClientOptions> configure)
    {
        services.AddOptionsWithValidateOnStart<EnrichmentClientOptions, EnrichmentClientOptionsValidator>().Configure(configure);
        services.AddSingleton<IValidateOptions<EnrichmentClientOptions>, EnrichmentClientOptionsRules>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Credential>();
        services.AddSingleton<RemoteScorer>();
        services.AddSingleton<ReplicaService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ReplicaService>());
        services.AddSingleton(provider => new EnrichmentClient(
            provider.GetRequiredService<RemoteScorer>(), provider.GetRequiredService<ReplicaService>()));
        services.AddHttpClient(SnapshotDownload.ClientName, http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => Transport.Handler(OptionsOf(provider)));
        services.AddGrpcClient<V1.EnrichmentService.EnrichmentServiceClient>((provider, grpc) => grpc.Address = OptionsOf(provider).Address)
            .ConfigurePrimaryHttpMessageHandler(provider => Transport.Handler(OptionsOf(provider)))
            .ConfigureChannel((provider, channel) => Transport.Configure(channel, OptionsOf(provider)))
            .AddCallCredentials(async (context, metadata, provider) =>
            {
                var credential = provider.GetRequiredService<Credential>();
                if (await credential.ValueAsync(context.CancellationToken).ConfigureAwait(false) is { } value)
                {
                    metadata.Add(Credential.Header, value);
                }
            });
        return services;
    }

    static EnrichmentClientOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<EnrichmentClientOptions>>().Value;
}
