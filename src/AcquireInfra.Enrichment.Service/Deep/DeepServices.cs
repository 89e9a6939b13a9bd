using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Deep;

internal static class DeepServices
{
    /// <summary>Slow signals, and who is asked for them.</summary>
    public static IHostApplicationBuilder AddDeep(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<EnrichmentOptions>, DeepSectionValidator>();
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DeepPanel>(
            provider, ProvidersOf(provider.GetRequiredService<IOptions<EnrichmentOptions>>().Value.Deep)));
        builder.Services.AddSingleton<DeepLookup>();
        return builder;
    }

    static IReadOnlyList<IDeepProvider> ProvidersOf(DeepOptions options)
    {
        if (!options.Enabled)
        {
            return [];
        }
        var dns = new DnsQuery(options);
        return [.. options.ReverseDns ? [new ReverseDnsProvider(dns)] : (IDeepProvider[])[], .. options.DnsLists.Select(list => new DnsListProvider(list, dns))];
    }
}
