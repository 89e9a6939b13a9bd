using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Deep;
using AcquireInfra.Enrichment.Service.Exporting;
using AcquireInfra.Enrichment.Service.Health;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Service.Incidents;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.OpenApi;
using AcquireInfra.Enrichment.Service.Overriding;
using AcquireInfra.Enrichment.Service.Redis;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Service.Replication;
using AcquireInfra.Enrichment.Service.Rpc;
using AcquireInfra.Enrichment.Service.SignIns;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>The composition root, apart from Program so that tests start the same application in process.</summary>
internal static class ServiceApp
{
    /// <param name="more">Registrations beside the application's own.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? more = null)
    {
        var builder = ServiceHost.CreateBuilder(args);
        builder.AddEnrichment();
        builder.AddRefreshing();
        builder.AddOverriding();
        builder.AddTelemetry();
        builder.AddLimits();
        builder.AddEndpoints();
        builder.AddAuth();
        builder.AddHealth();
        builder.AddLookup();
        builder.AddApiDocuments();
        builder.AddReplication();
        builder.AddHistory();
        builder.AddIncidents();
        builder.AddSignIns();
        builder.AddSpace();
        builder.AddExports();
        builder.AddRedis();
        builder.AddDeep();
        builder.AddRpc();
        more?.Invoke(builder.Services);
        var app = builder.Build();
        // Problems first, so that whatever is refused below is one; routing by hand, since it would come before them otherwise.
        app.UseProblems();
        app.UseManners();
        app.UseRouting();
        app.UseAccess();
        app.MapLookup();
        app.MapReplication();
        app.MapHistory();
        app.MapSources();
        app.MapOverrides();
        app.MapIncidents();
        app.MapSignIns();
        app.MapSpace();
        app.MapExports();
        app.MapRpc();
        app.MapHealth();
        app.MapTelemetry();
        app.MapApiDocuments();
        return app;
    }
}
