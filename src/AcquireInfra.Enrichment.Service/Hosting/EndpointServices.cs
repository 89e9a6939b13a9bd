using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

internal static class EndpointServices
{
    /// <summary>Where the service may listen, and how TLS is spoken there.</summary>
    public static WebApplicationBuilder AddEndpoints(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BindRules>();
        builder.Services.AddSingleton<IValidateOptions<EnrichmentOptions>>(provider => provider.GetRequiredService<BindRules>());
        builder.Services.AddSingleton<IValidateOptions<EnrichmentOptions>, CertificateFiles>();
        builder.Services.AddHostedService<BindNotice>();
        builder.KeepStartFailuresShort();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<BindRules, IOptions<EnrichmentOptions>>((kestrel, rules, options) =>
        {
            // Kestrel reads its endpoints again when their configuration changes; the rules hold then as at the start.
            kestrel.ConfigureEndpointDefaults(_ => rules.Check(options.Value));
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.HandshakeTimeout = TimeSpan.FromSeconds(10);
            });
        });
        return builder;
    }
}
