using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>The defaults a host begins with: in code, under every configuration source, so that the program needs no file beside it.</summary>
internal static class ServiceHost
{
    static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Kestrel:Endpoints:Rest:Url"] = "http://127.0.0.1:8080",
        ["Kestrel:Endpoints:Grpc:Url"] = "http://127.0.0.1:8081",
        ["Kestrel:Endpoints:Grpc:Protocols"] = "Http2",
        ["Kestrel:Endpoints:Admin:Url"] = "http://127.0.0.1:8082",
        ["Logging:LogLevel:Default"] = "Information",
        // ASP.NET's own request logs print the path, and a path here holds the address looked up.
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        // An error for every probe of a first start; what readiness says has a line of its own.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
        // gRPC's own logs print the words of every error, and these quote what was no address.
        ["Logging:LogLevel:Grpc"] = "Warning",
        // Two warnings with a stack for each attempt of a download; what comes of them all is one line of ours.
        ["Logging:LogLevel:Polly"] = "None",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ ",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
    };

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory, // starts from any folder, and never watches a file system from its root
        });
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = Defaults });
        builder.Services.Configure<KestrelServerOptions>(Door.Mark);
        return builder;
    }
}
