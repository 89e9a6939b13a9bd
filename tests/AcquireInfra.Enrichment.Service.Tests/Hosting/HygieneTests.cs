using System.Net.Sockets;
using System.Text;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>Hostile bytes in every place of a request: the sender's fault, never ours, and nothing of them in the log.</summary>
public sealed class HygieneTests : IAsyncLifetime
{
    // Marks each log line that holds any part of a request.
    const string Canary = "canary4711";

    readonly TemporaryFolder _folder = new();
    RunningService _service = null!;

    public async ValueTask InitializeAsync() => _service = await SmallData.StartAsync(_folder);

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "half a surrogate pair", [0xED, 0xA0, 0x80] },
        { "an overlong slash", [0xC0, 0xAF] },
        { "no UTF-8 at all", [0xFF, 0xFE] },
        { "NUL", [0] },
        { "CR LF", [.. "\r\n"u8] },
        { "LF alone", [.. "\n"u8] },
        { "ESC", [0x1B, .. "[31m"u8] },
        { "U+2028", [.. "\u2028"u8] },
        { "U+202E", [.. "\u202E"u8] },
        { "C1 NEL", [.. "\u0085"u8] },
        { "a tab and a backspace", [9, 8] },
        { "format items", [.. "{0}{Address}%s"u8] },
    };

    [Theory, MemberData(nameof(Hostile))]
    public async Task Request_HostileBytesInEveryPlace_AreTheSendersFaultAndNotLogged(string what, byte[] bytes)
    {
        byte[] marked = [.. Encoding.ASCII.GetBytes(Canary), .. bytes, .. Encoding.ASCII.GetBytes(Canary)];
        var escaped = Encoding.ASCII.GetBytes(string.Concat(marked.Select(value => $"%{value:X2}")));
        byte[] json = [.. "{\"ips\":[\""u8, .. marked, .. "\",{\"ip\":\"192.0.2.7\",\"id\":\""u8, .. marked, .. "\"}],\""u8, .. marked, .. "\":1}"u8];
        byte[][] requests =
        [
            Request("GET", [.. "/v1/ip/"u8, .. marked]), Request("GET", [.. "/v1/ip/"u8, .. escaped]), Request("GET", [.. "/"u8, .. escaped]),
            Request("GET", [.. "/v1/ip/192.0.2.7?asOf="u8, .. escaped]), Request("GET", [.. "/v1/ip/192.0.2.7?"u8, .. escaped, .. "="u8]),
            Request("GET", [.. "/v1/snapshots/"u8, .. escaped]),
            .. ((string[])["X-Request-Id", "traceparent", "User-Agent", "Accept", "X-Api-Key", "Authorization", "If-None-Match", "Range", Canary])
                .Select(header => Request("GET", "/v1/snapshots/current/file"u8, [.. Encoding.ASCII.GetBytes(header + ": "), .. marked, .. "\r\n"u8])),
            Request("GET", "/v1/ip/192.0.2.7"u8, [.. "Host: "u8, .. marked, .. "\r\n"u8]),
            Request("POST", "/v1/ip:batch"u8, "Content-Type: application/json\r\n"u8, json),
            Request("POST", "/v1/ip:batch"u8, [.. "Content-Type: application/json; charset="u8, .. marked, .. "\r\n"u8], json),
            Request("POST", "/v1/ip:batch"u8, [.. "Content-Type: "u8, .. marked, .. "\r\n"u8], json),
            Request("POST", [.. "/v1/ip:"u8, .. escaped], [], json),
        ];
        foreach (var request in requests)
        {
            var answer = await SendAsync(request);
            var status = answer.Length == 0 ? 400 : int.Parse(answer.Split(' ')[1], null); // closed without a word is a refusal too
            Assert.True(status is >= 200 and < 500, $"{what}: {Encoding.Latin1.GetString(request)}\n{answer}");
        }
        Assert.Equal(200, (await _service.Rest.LookupAsync("192.0.2.7")).Status);
        Assert.DoesNotContain(_service.Log.Lines, line => line.Text.Contains(Canary, StringComparison.Ordinal));
        Assert.DoesNotContain(_service.Log.Lines, line => line.Text.Any(char.IsControl));
        Assert.DoesNotContain(_service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[", "]", 65)]
    [InlineData("[", "]", 100_000)]
    [InlineData("{\"ips\":", "}", 10_000)]
    [InlineData("{\"ips\":[{\"ip\":", "}]}", 10_000)]
    [InlineData("{\"ips\":[[", "]]}", 50_000)]
    public async Task Batch_DepthBombs_AreRefused(string open, string close, int depth)
    {
        var whole = string.Concat(Enumerable.Repeat(open, depth)) + "\"192.0.2.7\"" + string.Concat(Enumerable.Repeat(close, depth));
        foreach (var body in (string[])[whole, $"{{\"ips\":[{whole}]}}", string.Concat(Enumerable.Repeat(open, depth))])
        {
            var answer = await _service.Rest.PostAsync(body);
            Assert.True((400, "bad_request") == (answer.Status, answer.Code), answer.Text);
        }
    }

    // One text of 7 MB, a name as long, and 300,000 members of the same name.
    [Fact]
    public async Task Batch_LongTextsAndManyMembers_AreRefusedInFewBytes()
    {
        var text = new string('1', 7_000_000);
        foreach (var body in (string[])[
            $"{{\"ips\":[\"{text}\"]}}", $"{{\"{text}\":1}}",
            $"{{{string.Join(',', Enumerable.Repeat("\"ips\":[]", 300_000))}}}", $"{{\"ips\":[{text}]}}"])
        {
            var answer = await _service.Rest.PostAsync(body);
            Assert.InRange(answer.Status, 200, 499);
            Assert.True(answer.Text.Length < 2_000, $"{answer.Text.Length} characters are sent back");
        }
    }

    // What a terminal or a collector reads: one record, one line, and it begins with its time.
    [Fact]
    public async Task Console_HostileRequests_EveryLineIsARecord()
    {
        SmallData.Write(_folder["process-data"]);
        using var process = ServiceProcess.Start(_folder, $"--Enrichment:DataFolder={_folder["process-data"]}", "--Enrichment:AuditLog=true", "--Enrichment:DrainSeconds=0", "--Enrichment:StateFolder=" + _folder["process-state"]);
        using var client = await process.ClientWhenReadyAsync();
        foreach (var text in (string[])["192.0.2.7", "192.0.2.7\r\n2026-11-24T12:00:00.000Z forged", "\u001B[31m192.0.2.7", "192.0.2.7\u2028forged", "fe80::1%\nforged"])
        {
            await client.LookupAsync(text);
            await client.BatchAsync([Wire.Quote(text)]);
        }
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync());
        Assert.True(process.OutputLines.Count > 6, "the log was not read");
        Assert.All(process.OutputLines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [a-z]{4}: [^\u0000-\u001F\u007F-\u009F\u2028\u2029\u202E]*$", line));
        Assert.DoesNotContain(process.OutputLines, line => line.Contains("forged", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    static byte[] Request(string method, ReadOnlySpan<byte> target, ReadOnlySpan<byte> header = default, ReadOnlySpan<byte> body = default)
    {
        var host = header.StartsWith("Host"u8) ? "" : "Host: localhost\r\n";
        var length = body.IsEmpty ? "" : $"Content-Length: {body.Length}\r\n";
        return [.. Encoding.ASCII.GetBytes(method + " "), .. target, .. Encoding.ASCII.GetBytes($" HTTP/1.1\r\n{host}{length}Connection: close\r\n"), .. header, .. "\r\n"u8, .. body];
    }

    async Task<string> SendAsync(byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _service.Ports.Rest, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            await stream.WriteAsync(request, TestContext.Current.CancellationToken);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return ""; // refused while it was still being sent
        }
    }
}
