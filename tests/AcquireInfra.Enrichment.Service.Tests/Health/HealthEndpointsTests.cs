using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace AcquireInfra.Enrichment.Service.Tests.Health;

public sealed class HealthEndpointsTests(ServiceFixture fixture)
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Live_BothPorts_IsHealthy(bool isAdmin)
    {
        using var client = ClientOf(fixture.Service, isAdmin);
        var answer = await client.FetchAsync("/health/live");
        Assert.Equal((200, "Healthy"), (answer.Status, answer.Text));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Ready_BothPorts_NamesTheSnapshot(bool isAdmin)
    {
        using var client = ClientOf(fixture.Service, isAdmin);
        var answer = await client.FetchAsync("/health/ready");
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal("ready", answer.Json.GetProperty("status").GetString());
        var verdict = await fixture.Rest.LookupAsync("192.0.2.1");
        Assert.Equal(verdict.Json.GetProperty("snapshotId").GetString(), answer.Json.GetProperty("snapshotId").GetString());
        Assert.Equal(3, answer.Json.GetProperty("sources").GetInt32());
        Assert.Equal(new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc), answer.Json.GetProperty("dataAsOf").GetDateTime());
    }

    [Fact]
    public async Task GrpcHealth_WithSnapshot_IsServing() =>
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await CheckAsync(fixture.Service)).Status);

    [Fact]
    public async Task GrpcHealth_UnknownService_IsNotFound()
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(fixture.Service, "no.such.Service"));
        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
    }

    [Fact]
    public async Task Service_WithoutSnapshot_LivesButIsNotReady()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["state"], "a file where the folder should be", TestContext.Current.CancellationToken);
        await using var service = await RunningService.StartAsync(folder["state"]);
        Assert.Equal(200, (await service.Rest.FetchAsync("/health/live")).Status);
        var ready = await service.Rest.FetchAsync("/health/ready");
        Assert.Equal((503, "notReady"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await CheckAsync(service)).Status);
        foreach (var answer in (Answer[])[await service.Rest.LookupAsync("192.0.2.1"), await service.Rest.BatchAsync(["\"192.0.2.1\""])])
        {
            Assert.Equal((503, "no_snapshot", "application/problem+json"), (answer.Status, answer.Code, answer.ContentType));
        }
        Assert.Equal(400, (await service.Rest.LookupAsync("nonsense")).Status); // wrong in any state
        Assert.Single(service.Log.Lines, line => line.Event.Id == 3002);
    }

    static async Task<HealthCheckResponse> CheckAsync(RunningService service, string name = "")
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{service.Ports.Grpc}");
        return await new Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(
            new HealthCheckRequest { Service = name },
            deadline: DateTime.UtcNow.AddSeconds(30), cancellationToken: TestContext.Current.CancellationToken);
    }

    static HttpClient ClientOf(RunningService service, bool isAdmin) =>
        new() { BaseAddress = new($"http://127.0.0.1:{(isAdmin ? service.Ports.Admin : service.Ports.Rest)}") };
}
