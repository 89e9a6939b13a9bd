using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AcquireInfra.Enrichment.Service.Observability;

/// <summary>
/// Metrics for Prometheus on the admin port, always; metrics, traces and logs by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where
/// to. The standard <c>OTEL_</c> variables set the rest.
/// </summary>
internal static class Telemetry
{
    const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const string ServiceName = "acquireinfra-enrichment";

    public static IHostApplicationBuilder AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EnrichmentMetrics>();
        builder.Services.AddSingleton<LookupJournal>();
        builder.Services.AddSingleton<IProblemDetailsService, CountedProblems>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3)))
            .WithMetrics(metrics => metrics
                .AddMeter(EnrichmentMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddPrometheusExporter());
        if (builder.Configuration[EndpointVariable] is { Length: > 0 } endpoint)
        {
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out _))
            {
                throw new OptionsValidationException(
                    EndpointVariable, typeof(string), [$"{EndpointVariable}: '{endpoint}' is no URL; write it like http://collector:4317."]);
            }
            builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true); // without scopes: one of ASP.NET's holds the path
            telemetry
                .WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddProcessor(new AddressScrubber()))
                .UseOtlpExporter();
        }
        return builder;
    }

    public static void MapTelemetry(this WebApplication app) =>
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous().DisableRateLimiting();
}
