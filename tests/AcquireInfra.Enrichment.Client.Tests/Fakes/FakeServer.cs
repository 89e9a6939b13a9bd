using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>A service in this process, on two free ports of the loopback: gRPC, and REST for the snapshot and its policy.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<(string Path, int Status, string? Authorization)> _downloads = new();

    FakeServer(FakeData data, (int Grpc, int Http) ports)
    {
        (Data, Service) = (data, new FakeService(data));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (null, null));
        builder.Services.AddSingleton(Service);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, ports.Grpc, endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, ports.Http);
        });
        _app = builder.Build();
        _app.MapGrpcService<FakeService>();
        _app.MapGet("/v1/snapshots/current/file", context => AnswerAsync(context, SendSnapshotAsync));
        _app.MapGet("/v1/snapshots/current/policy", context => AnswerAsync(context, SendPolicyAsync));
    }

    public FakeData Data { get; }

    public FakeService Service { get; }

    public Uri Grpc { get; private set; } = null!;

    public Uri Rest { get; private set; } = null!;

    /// <summary>In place of the snapshot, where it is set.</summary>
    public Func<HttpContext, Task>? SendInstead { get; set; }

    public IReadOnlyList<(string Path, int Status, string? Authorization)> Downloads => [.. _downloads];

    public int Count(string path, int status) => _downloads.Count(download => download.Path.EndsWith(path, StringComparison.Ordinal) && download.Status == status);

    public static async Task<FakeServer> StartAsync(FakeData data, (int Grpc, int Http) ports = default)
    {
        var server = new FakeServer(data, ports);
        await server._app.StartAsync();
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        (server.Grpc, server.Rest) = (new Uri(addresses[0]), new Uri(addresses[1]));
        return server;
    }

    async Task AnswerAsync(HttpContext context, Func<HttpContext, Task> send)
    {
        try
        {
            await send(context);
        }
        finally
        {
            _downloads.Enqueue((context.Request.Path, context.Response.StatusCode, context.Request.Headers.Authorization));
        }
    }

    async Task SendSnapshotAsync(HttpContext context)
    {
        if (SendInstead is { } instead)
        {
            await instead(context);
            return;
        }
        var etag = $"\"{Data.Id}\"";
        context.Response.Headers.ETag = etag;
        context.Response.Headers["X-Enrichment-Policy-Version"] = Data.Judge.PolicyVersion;
        if (context.Request.Headers.IfNoneMatch == etag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        await context.Response.SendFileAsync(Data.SnapshotPath);
    }

    Task SendPolicyAsync(HttpContext context) => context.Response.Body.WriteAsync(Data.PolicyJson).AsTask();

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(50)); // streams that are open are not waited for
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
