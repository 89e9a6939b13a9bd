using AcquireInfra.Enrichment.Snapshots;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

internal static class EnrichmentServices
{
    /// <summary>Options, the live snapshot and the judge.</summary>
    public static IHostApplicationBuilder AddEnrichment(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptionsWithValidateOnStart<EnrichmentOptions, EnrichmentOptionsValidator>().BindConfiguration(EnrichmentOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<EnrichmentOptions>, EnrichmentSectionValidator>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SnapshotHolder>();
        builder.Services.AddSingleton<JudgeProvider>();
        builder.Services.AddSingleton<DataTrouble>();
        builder.Services.AddSingleton<SnapshotCompilation>();
        builder.Services.AddSingleton<Warnings>();
        builder.Services.AddSingleton<SnapshotUpdate>();
        builder.Services.AddSingleton<SnapshotLoader>().AddHostedService(services => services.GetRequiredService<SnapshotLoader>());
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<EnrichmentOptions>>((host, options) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(options.Value.DrainSeconds) + Drain.LastCall);
        return builder;
    }
}
