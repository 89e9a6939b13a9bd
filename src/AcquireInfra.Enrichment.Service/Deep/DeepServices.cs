using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Deep;

internal static class DeepServices
{
    /// <summary>Slow signals, and who is asked for them.</summary>
    public static IHostApplicationBuilder AddDeep(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<EnrichmentOptions>, DeepSectionValidator>();
        builder.Services.AddSingleton<DeepPanel>(provider => new(
            ProvidersOf(provider.GetRequiredService<IOptions<EnrichmentOptions>>().Value.Deep), provider.GetRequiredService<IOptions<EnrichmentOptions>>(),
            provider.GetRequiredService<Observability.EnrichmentMetrics>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DeepPanel>>()));
        builder.Services.AddSingleton<DeepLookup>();
        return builder;
    }

    static List<IDeepProvider> ProvidersOf(DeepOptions options)
    {
        if (!options.Enabled)
        {
            return [];
        }
        var dns = new DnsQuery(options);
        return [.. options.ReverseDns ? [new ReverseDnsProvider(dns)] : (IDeepProvider[])[], .. options.DnsLists.Select(list => new DnsListProvider(list, dns))];
    }
}
