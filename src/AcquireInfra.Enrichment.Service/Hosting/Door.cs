using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// What a listening endpoint is for, by its name in <c>Kestrel:Endpoints</c>: <c>Admin</c> has health and metrics and nothing else,
/// <c>Grpc</c> has gRPC and nothing else, and any other has everything else. Known by the connection: what a request says of itself (a
/// Host header, a port in it) does not matter.
/// </summary>
internal sealed class Door
{
    static readonly Door Admin = new();
    static readonly Door Grpc = new();
    static readonly PathString Metrics = "/metrics";
    static readonly PathString Health = "/health";

    Door()
    {
    }

    public static void Mark(KestrelServerOptions kestrel)
    {
        foreach (var (name, door) in (ReadOnlySpan<(string, Door)>)[(nameof(Admin), Admin), (nameof(Grpc), Grpc)])
        {
            kestrel.ConfigurationLoader?.Endpoint(name, endpoint => endpoint.ListenOptions.Use(next => connection =>
            {
                connection.Features.Set(door);
                return next(connection);
            }));
        }
    }

    /// <summary>Whether the request came in where what it asks for is.</summary>
    public static bool IsRight(HttpContext context)
    {
        var door = context.Features.Get<Door>();
        var path = context.Request.Path;
        return door == Admin ? path.StartsWithSegments(Health) || path.StartsWithSegments(Metrics)
            : door == Grpc ? context.IsGrpc()
            : !path.StartsWithSegments(Metrics) && !context.IsGrpc();
    }
}
