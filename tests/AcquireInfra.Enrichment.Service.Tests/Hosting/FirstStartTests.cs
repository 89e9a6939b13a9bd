namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>What callers see while the first snapshot is compiled. Whoever holds the lock of the state folder keeps it from being.</summary>
public sealed class FirstStartTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public FirstStartTests()
    {
        SmallData.Write(_folder["data"]);
        Directory.CreateDirectory(_folder["state"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_NothingCompiledYet_ListensAtOnceAndAnswers503UntilItIs()
    {
        RunningService service;
        await using (HoldLock())
        {
            service = await StartAtOnceAsync();
            Assert.Equal(200, (await service.Rest.FetchAsync("/health/live")).Status);
            Assert.Equal((503, "notReady"), await ReadinessAsync(service));
            var answer = await service.Rest.LookupAsync("192.0.2.1");
            Assert.Equal((503, "no_snapshot"), (answer.Status, answer.Code));
            Assert.Contains("meanwhile nothing serves", Assert.Single(service.Log.Lines, line => line.Event.Id == 3004).Text, StringComparison.Ordinal);
            Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal)); // it is no error, however often it is asked
        }
        await using (service)
        {
            await service.CompiledAsync();
            Assert.Equal((200, "ready"), await ReadinessAsync(service));
            Assert.Equal(200, (await service.Rest.LookupAsync("192.0.2.1")).Status);
        }
    }

    [Fact]
    public async Task Start_InputsChanged_TheSnapshotOfBeforeServesUntilTheNewOneIsThere()
    {
        await using (await RunningService.StartAsync(_folder["state"], Data))
        {
        }
        SmallData.Write(_folder["data"], "192.0.2.0/25\n");
        RunningService service;
        await using (HoldLock())
        {
            service = await StartAtOnceAsync();
            Assert.Equal((200, "degraded"), await ReadinessAsync(service));
            Assert.Equal("192.0.2.0/24", await NetworkAsync(service));
        }
        await using (service)
        {
            await service.CompiledAsync();
            Assert.Equal((200, "ready"), await ReadinessAsync(service));
            Assert.Equal("192.0.2.0/25", await NetworkAsync(service));
        }
    }

    // No lock, no wait and no window of 503: what is compiled is live before anyone can ask.
    [Fact]
    public async Task Start_InputsUnchanged_IsReadyWhenItListens()
    {
        await using (await RunningService.StartAsync(_folder["state"], Data))
        {
        }
        await using var held = HoldLock();
        await using var service = await StartAtOnceAsync();
        Assert.Equal((200, "ready"), await ReadinessAsync(service));
        Assert.Equal("192.0.2.0/24", await NetworkAsync(service));
        await service.CompiledAsync();
        Assert.Single(service.Log.Lines, line => line.Event.Id == 3001); // it was opened once
    }

    [Fact]
    public async Task Process_StoppedBeforeItsFirstSnapshot_ExitsWith0AtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var held = HoldLock();
        using var process = ServiceProcess.Start(_folder, Data);
        using var client = await process.ClientWhenListeningAsync();
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    string Data => $"--Enrichment:DataFolder={_folder["data"]}";

    FileStream HoldLock() => new(_folder["state/lock"], FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // On a thread of its own: a start that blocks would block this test too.
    Task<RunningService> StartAtOnceAsync() => Task.Run(() => RunningService.StartListeningAsync(_folder["state"], Data))
        .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    static async Task<(int Status, string? Word)> ReadinessAsync(RunningService service)
    {
        var answer = await service.Rest.FetchAsync("/health/ready");
        return (answer.Status, answer.Json.GetProperty("status").GetString());
    }

    static async Task<string?> NetworkAsync(RunningService service) =>
        (await service.Rest.LookupAsync("192.0.2.1")).Json.GetProperty("network").GetString();
}
