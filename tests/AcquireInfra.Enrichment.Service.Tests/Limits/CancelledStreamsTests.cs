using System.Globalization;
using AcquireInfra.Enrichment.Service.Tests.Hosting;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Tests.Limits;

/// <summary>Callers that go away in the middle, against a process of its own, so that its handles are its own too.</summary>
public sealed class CancelledStreamsTests
{
    [Fact]
    public async Task Streams_ThousandCancelled_LeaveNoPlaceTakenAndNoHandle()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Handles are counted in /proc.");
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}", "--Enrichment:Limits:MaxBulkJobs=1000");
        using var rest = await process.ClientWhenReadyAsync();
        using var admin = new HttpClient { BaseAddress = new($"http://127.0.0.1:{process.Ports.Admin}") };
        await CancelAsync(process, count: 50); // what a first use opens stays open
        Assert.Equal(0, await ActiveAsync(admin));
        var before = process.HandleCount;
        await CancelAsync(process, count: 1_000);
        for (var wait = 0; wait < 100 && await ActiveAsync(admin) > 0; wait++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, await ActiveAsync(admin));
        Assert.True(process.HandleCount <= before + 10, $"{before} handles before, {process.HandleCount} after");
        Assert.Empty(process.ErrorLines);
        Assert.Equal(200, (await rest.LookupAsync("192.0.2.7")).Status);
    }

    static async Task CancelAsync(ServiceProcess process, int count)
    {
        using var client = new RpcClient(process.Ports);
        var random = new Random(20261124);
        for (var done = 0; done < count; done += 50)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CancelOneAsync(client, random.Next(20), random.Next(3))));
        }
    }

    // At once, while a batch is on its way, or after its answer.
    static async Task CancelOneAsync(RpcClient client, int milliseconds, int how)
    {
        using var cancel = new CancellationTokenSource();
        using var call = client.Stream(new CallOptions(cancellationToken: cancel.Token));
        try
        {
            if (how > 0)
            {
                await call.RequestStream.WriteAsync(new() { Ips = { Enumerable.Repeat("192.0.2.7", 200) } }, TestContext.Current.CancellationToken);
            }
            if (how > 1)
            {
                await call.ReadAsync();
            }
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            await cancel.CancelAsync();
            await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled)
        {
            // as it was meant
        }
    }

    static async Task<double> ActiveAsync(HttpClient admin)
    {
        var metrics = await admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var rows = metrics.Split('\n').Where(row => row.StartsWith("enrichment_active", StringComparison.Ordinal) && row.Contains("bulk_jobs", StringComparison.Ordinal));
        return double.Parse(Assert.Single(rows).Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
