using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Rpc;

internal static class RpcServices
{
    /// <summary>Longest answer, in bytes.</summary>
    public const int MaxAnswerBytes = 16 << 20;

    public static IHostApplicationBuilder AddRpc(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EncoderProvider>();
        builder.Services.AddSingleton<SnapshotWatch>();
        builder.Services.AddSingleton<Stopping>();
        builder.Services.AddSingleton<RpcFailures>();
        builder.Services.AddSingleton<EnrichmentRpcService>();
        builder.Services.AddGrpc();
        builder.Services.AddGrpcReflection();
        builder.Services.AddOptions<GrpcServiceOptions<EnrichmentRpcService>>().Configure<IOptions<EnrichmentOptions>>((grpc, enrichment) =>
        {
            grpc.MaxReceiveMessageSize = enrichment.Value.MaxGrpcMessageBytes;
            grpc.MaxSendMessageSize = MaxAnswerBytes;
            grpc.EnableDetailedErrors = false;
        });
        return builder;
    }

    public static void MapRpc(this WebApplication app)
    {
        app.UseCallLimits();
        // Its look-ups have metrics of their own; a second histogram would cost a unary call a tenth of its time.
        app.MapGrpcService<EnrichmentRpcService>().RequireRoles().DisableHttpMetrics();
        if (app.Environment.IsDevelopment() || app.Services.GetRequiredService<IOptions<EnrichmentOptions>>().Value.GrpcReflection)
        {
            app.MapGrpcReflectionService().RequireAuthorization();
        }
    }
}
