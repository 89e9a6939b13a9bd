using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Health;
using AcquireInfra.Enrichment.Service.Lookup;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>The composition root, apart from Program so that tests start the same application in process.</summary>
internal static class ServiceApp
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceHost.CreateBuilder(args);
        builder.AddEnrichment();
        builder.AddEndpoints();
        builder.AddAuth();
        builder.AddHealth();
        builder.AddLookup();
        var app = builder.Build();
        app.UseProblems();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapLookup();
        app.MapHealth();
        app.MapOpenApi().RequireAuthorization();
        return app;
    }
}
