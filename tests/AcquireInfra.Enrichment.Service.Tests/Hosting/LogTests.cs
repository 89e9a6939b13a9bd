namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

public sealed class LogTests
{
    // Addresses may be personal data: at the default level nothing that is logged holds one, whatever is asked and however it fails.
    [Fact]
    public async Task Log_AtDefaultLevel_HoldsNoLookedUpAddress()
    {
        await using var service = await StartAsync();
        await AskAsync(service);
        Assert.Single(service.Log.Lines, line => line.Event.Name == "SnapshotLive"); // the capture works
        Assert.DoesNotContain(service.Log.Lines, line => HoldsOne(line.Text));
    }

    [Fact]
    public async Task Log_WithRequestLogsOn_WouldHoldThem()
    {
        await using var service = await StartAsync("--Logging:LogLevel:Microsoft.AspNetCore=Information");
        await AskAsync(service);
        Assert.Contains(service.Log.Lines, line => HoldsOne(line.Text)); // else the test above proves nothing
    }

    // Line ends and escapes of a caller never reach a log line.
    [Fact]
    public async Task Log_HostileRequests_HasNoForgedLine()
    {
        await using var service = await StartAsync();
        await service.Rest.LookupAsync("192.0.2.1\r\nlevel=info msg=forged\u001B[31m\u202E");
        await service.Rest.PostAsync("{\"ips\":[\"192.0.2.1\\r\\nmsg=forged\"],\"\\u001B\":1}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/ip/192.0.2.1");
        request.Headers.TryAddWithoutValidation("X-Request-Id", "forged");
        request.Headers.TryAddWithoutValidation("traceparent", "forged");
        await service.Rest.AnswerToAsync(request);
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.Contains("forged", StringComparison.Ordinal));
    }

    static bool HoldsOne(string text) =>
        text.Contains("203.0.113.", StringComparison.Ordinal) || text.Contains("2001:db8:", StringComparison.OrdinalIgnoreCase);

    static async Task<RunningService> StartAsync(params string[] options)
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        return await RunningService.StartAsync(folder["state"], [$"--Enrichment:DataFolder={folder["data"]}", .. options]);
    }

    static async Task AskAsync(RunningService service)
    {
        await service.Rest.LookupAsync("203.0.113.7");
        await service.Rest.LookupAsync("2001:db8:7::7");
        await service.Rest.LookupAsync("203.0.113.7/24");
        await service.Rest.FetchAsync("/203.0.113.7");
        await service.Rest.FetchAsync("/v1/ip/203.0.113.7%00");
        await service.Rest.BatchAsync(["\"203.0.113.8\"", "\"203.0.113.9 and more\"", """{"ip":"2001:db8:8::8","at":"203.0.113.7"}"""]);
        await service.Rest.PostAsync("{\"ips\":[\"203.0.113.8\"");
        await service.Rest.PostAsync("203.0.113.8");
        await service.Rest.PostAsync([.. "{\"ips\":[\"203.0.113.8 "u8, 0xFF, .. "\"]}"u8], "application/json");
    }
}
