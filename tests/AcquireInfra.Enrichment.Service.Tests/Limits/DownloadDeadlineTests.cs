using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AcquireInfra.Enrichment.Service.Limits;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Limits;

/// <summary>Of the bundled data every one of these is more than the sockets take up for a caller that reads nothing.</summary>
public sealed class DownloadDeadlineTests(ServiceFixture fixture)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/snapshots/current/file")]
    [InlineData("/v1/exports/ranges.csv")]
    [InlineData("/v1/exports/enrichment.mmdb")]
    public async Task Get_ReadTooSlowly_IsCutOffAndItsPlaceIsFree(string path)
    {
        using var folder = new TemporaryFolder(); // of its own: a service removes the exports of others
        Directory.CreateDirectory(folder["state/snapshots"]);
        foreach (var file in Directory.GetFiles(Path.Combine(fixture.StateFolder, "snapshots")))
        {
            File.Copy(file, Path.Combine(folder["state/snapshots"], Path.GetFileName(file)));
        }
        await using var service = await RunningService.StartAsync(folder["state"], "--Enrichment:DownloadDeadline=00:00:01");
        var places = service.Services.GetRequiredService<Gates>().BulkJobs;
        using var caller = new TcpClient { ReceiveBufferSize = 4096 };
        await caller.ConnectAsync(IPAddress.Loopback, service.Ports.Rest, Cancelled);
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancelled);
        await caller.GetStream().ReadExactlyAsync(new byte[100], Cancelled); // an export is made before
        var began = Stopwatch.GetTimestamp();
        Assert.Equal(1, places.Active);
        for (; places.Active > 0 && Stopwatch.GetElapsedTime(began).TotalSeconds < 10; await Task.Delay(5, Cancelled))
        {
        }
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.5, 4); // before the web server's own limit
        Assert.Equal(0, places.Active);
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }
}
