using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Snapshots;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AcquireInfra.Enrichment.Service.Health;

/// <summary>
/// Liveness says that the process answers and touches nothing outside it; readiness says that look-ups are answered, and from what.
/// Both on the REST and the admin port; for gRPC callers readiness is the standard health service.
/// </summary>
internal static class HealthEndpoints
{
    public static IHostApplicationBuilder AddHealth(this IHostApplicationBuilder builder)
    {
        // Its answer to unknown services is a catch-all of two segments, which hides 405 and 415 of /v1/ip:batch behind a 404.
        builder.Services.AddGrpc(grpc => grpc.IgnoreUnknownServices = true);
        builder.Services.AddGrpcHealthChecks().AddCheck<SnapshotHealthCheck>("snapshot");
        return builder;
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteStatusAsync }).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous().DisableRateLimiting();
        app.MapGrpcHealthChecksService().AllowAnonymous().DisableRateLimiting();
    }

    static Task WriteStatusAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(report.Status.ToString());
    }

    static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var data = report.Entries.TryGetValue("snapshot", out var entry) ? entry.Data : new Dictionary<string, object>();
        return context.Response.WriteAsJsonAsync(
            new ReadinessResponse(
                report.Status == HealthStatus.Healthy ? "ready" : report.Status == HealthStatus.Degraded ? "degraded" : "notReady",
                entry.Description,
                data.GetValueOrDefault("snapshotId") as string,
                data.GetValueOrDefault("dataAsOf") as DateTime?,
                data.GetValueOrDefault("sources") as int?,
                context.RequestServices.GetRequiredService<Warnings>().Current),
            HealthJson.Default.ReadinessResponse,
            contentType: "application/json");
    }
}

/// <param name="Status">ready, degraded or notReady.</param>
/// <param name="Warnings">What an operator should know whatever the status.</param>
internal sealed record ReadinessResponse(
    string Status, string? Detail, string? SnapshotId, DateTime? DataAsOf, int? Sources, IReadOnlyList<string> Warnings);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ReadinessResponse))]
internal sealed partial class HealthJson : System.Text.Json.Serialization.JsonSerializerContext;

internal sealed class SnapshotHealthCheck(
    SnapshotHolder snapshots, JudgeProvider judges, SourceCatalog catalog, OverrideStore overrides, OverridesFile overridesFile, DataTrouble trouble, Drain drain)
    : IHealthCheck
{
    static readonly string NoFile = FetchFault.NoFile.Word();

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (drain.IsDraining)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The service was told to stop. It answers until it does."));
        }
        if (snapshots.Current is not { } snapshot)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy(trouble.Current ?? "There is no snapshot yet; the log says why."));
        }
        var data = new Dictionary<string, object>
        {
            ["snapshotId"] = snapshot.Id,
            ["dataAsOf"] = snapshot.DataAsOf.UtcDateTime,
            ["sources"] = snapshot.Sources.Count,
        };
        var troubles = ((string?[])[trouble.Current, StaleSources(), HeldSources(), UnreadableSources(), overrides.Trouble, OverridesFileFaults()]).OfType<string>().ToList();
        return Task.FromResult(troubles.Count > 0
            ? HealthCheckResult.Degraded(string.Join(' ', troubles), data: data)
            : HealthCheckResult.Healthy("Look-ups are answered.", data));
    }

    string? StaleSources() => judges.Current is { } judge ? Named("Past their maximum age", judge.Snapshot.Sources.Where(judge.IsStale).Select(source => source.Id)) : null;

    string? HeldSources() => Named("Refused and held, see /v1/sources", catalog.States.Where(pair => pair.Value.Held is not null).Select(pair => pair.Key));

    // A publisher that cannot be reached is no trouble until its data is old; a file of this machine is its operator's to mend.
    string? UnreadableSources() => Named("Missing or unreadable, see /v1/sources", catalog.States.Where(pair => pair.Value.Problem == NoFile).Select(pair => pair.Key));

    // Anyone may read this, and what is in the file is not for anyone.
    string? OverridesFileFaults() => overridesFile.Faults.Count is > 0 and var count ? $"overrides.csv has {count} faults and is not in force, see /v1/overrides." : null;

    static string? Named(string what, IEnumerable<string> sources) =>
        string.Join(", ", sources.Order(StringComparer.Ordinal)) is { Length: > 0 } names ? $"{what}: {names}." : null;
}
