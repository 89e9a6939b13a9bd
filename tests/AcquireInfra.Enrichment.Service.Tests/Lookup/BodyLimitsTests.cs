using System.Net.Sockets;
using System.Text;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

/// <summary>Limits of the body, with numbers of the test's own: small bodies reach the server whole before it refuses them.</summary>
public sealed class BodyLimitsTests
{
    [Theory]
    [InlineData(1024, false, 200)]
    [InlineData(1025, false, 413)]
    [InlineData(1000, true, 200)]                     // Kestrel counts the chunks' own bytes
    [InlineData(1025, true, 413)]                     // no Content-Length to refuse by
    public async Task PostBatch_BodyOfBytes_LimitHolds(int bytes, bool isChunked, int expected)
    {
        await using var service = await StartAsync();
        var body = Encoding.ASCII.GetBytes("{\"ips\":[]}".PadRight(bytes));
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ip:batch") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = isChunked;
        var answer = await service.Rest.AnswerToAsync(request);
        Assert.Equal(expected, answer.Status);
        Assert.True(expected == 200 || (answer.Code, answer.ContentType) == ("body_too_large", "application/problem+json"), answer.Text);
    }

    [Theory, InlineData(3, 200), InlineData(4, 413)]
    public async Task PostBatch_Items_LimitHolds(int items, int expected)
    {
        await using var service = await StartAsync();
        var answer = await service.Rest.BatchAsync(Enumerable.Repeat("\"192.0.2.1\"", items));
        Assert.Equal(expected, answer.Status);
        Assert.True(expected == 200 || answer.Code == "too_many_items", answer.Text);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nZZ\r\n{\"ips\":[]}\r\n0\r\n\r\n", " 400 ")]
    [InlineData("Content-Length: 2000\r\n\r\n", " 413 ")] // refused before it is read
    public async Task PostBatch_BrokenOrTooLongTransfer_IsTheSendersFault(string rest, string status)
    {
        await using var service = await StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", service.Ports.Rest, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        var head = "POST /v1/ip:batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + rest), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = await reader.ReadToEndAsync(patience.Token);
        Assert.Contains(status, answer.Split('\r')[0], StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }

    static async Task<RunningService> StartAsync()
    {
        using var data = new TemporaryFolder();
        SmallData.Write(data.Path);
        using var state = new TemporaryFolder();
        return await RunningService.StartAsync(
            state.Path, $"--Enrichment:DataFolder={data.Path}", "--Enrichment:MaxBatchBytes=1024", "--Enrichment:MaxBatchItems=3");
    }
}
