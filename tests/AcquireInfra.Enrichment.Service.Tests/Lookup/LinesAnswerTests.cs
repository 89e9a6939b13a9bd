using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Service.Limits;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

public sealed class LinesAnswerTests(ServiceFixture fixture)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly string[] Addresses = ["159.65.1.1", "nonsense", "2001:db8::1", "1.1.1.1", "159.65.1.1"];

    [Theory]
    [InlineData("text/plain", "", "application/x-ndjson")]
    [InlineData("text/plain", "?format=csv&fields=input,score", "text/csv")]
    [InlineData("text/plain", "?format=json", "application/json")]
    [InlineData("application/x-ndjson", "", "application/x-ndjson")]
    [InlineData("text/csv", "?fields=score,level", "text/csv")]
    [InlineData("text/csv", "?format=ndjson", "application/x-ndjson")]
    public async Task PostLines_EveryFormat_SaysWhatTheBatchSays(string sent, string query, string answered)
    {
        var whole = (await fixture.Rest.BatchAsync(Addresses.Select(Wire.Quote))).Json.GetProperty("results").EnumerateArray().ToList();
        var lines = sent switch
        {
            "text/csv" => Addresses.Select(address => $"x,{address}").Prepend("a,ip"),
            "text/plain" => Addresses,
            _ => Addresses.Select(Wire.Quote),
        };
        var answer = await PostAsync(sent, string.Join("\r\n", lines), query);
        Assert.Equal((200, answered), (answer.Status, answer.ContentType));
        var rows = Rows(answer);
        Assert.Equal(5, rows.Count);
        foreach (var (row, verdict) in rows.Zip(whole))
        {
            Assert.True(row.TryGetProperty("score", out var score) == verdict.TryGetProperty("score", out var expected));
            Assert.Equal(Show(expected), Show(score));
        }
    }

    [Theory]
    [InlineData("application/x-ndjson", "text/csv", "text/csv")]
    [InlineData("text/plain", "application/json", "application/json")]
    [InlineData("text/plain", "text/html, text/csv;q=0.2, application/json;q=0.9", "application/json")]
    [InlineData("text/plain", "*/*, text/csv;q=0.5", "application/x-ndjson")]
    [InlineData("text/csv", "text/html", "text/csv")]
    public async Task PostLines_Accept_ChoosesTheFormat(string sent, string accept, string answered)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ip:batch") { Content = new StringContent("ip\n", Encoding.UTF8, sent) };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        Assert.Equal(answered, (await fixture.Rest.AnswerToAsync(request)).ContentType);
    }

    [Fact]
    public async Task PostLines_Ndjson_EndsWithASummary()
    {
        var answer = await PostAsync("application/x-ndjson", """{"ip":"192.0.2.1","id":"a"}""" + "\n\n7\n");
        var lines = answer.Text.Split('\n');
        Assert.Equal(4, lines.Length); // the last one is empty
        Assert.StartsWith("""{"input":"192.0.2.1","id":"a","ip":"192.0.2.1",""", lines[0], StringComparison.Ordinal);
        var trailer = JsonDocument.Parse(lines[2]).RootElement;
        Assert.Equal("""{"total":2,"ok":1,"failed":1}""", trailer.GetProperty("summary").GetRawText());
        Assert.False(trailer.TryGetProperty("error", out _));
        Assert.Equal(32, trailer.GetProperty("snapshotId").GetString()!.Length);
    }

    [Theory, InlineData("text/plain", "{\"summary\":{\"total\":0,"), InlineData("application/x-ndjson", "{\"summary\":{\"total\":0,")]
    public async Task PostLines_Nothing_IsAnswered(string sent, string expected) =>
        Assert.StartsWith(expected, (await PostAsync(sent, "")).Text, StringComparison.Ordinal);

    [Fact]
    public async Task PostLines_CsvWithoutAColumnIp_IsRefused()
    {
        var answer = await PostAsync("text/csv", "address\n192.0.2.1\n");
        Assert.Equal((400, "bad_request", "application/problem+json"), (answer.Status, answer.Code, answer.ContentType));
    }

    [Fact]
    public async Task PostLines_MoreThanAreAnswered_EndsWithWhy()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:MaxBulkLines=3");
        var lines = string.Concat(Enumerable.Repeat("192.0.2.1\n", 200_000)); // what is not answered is taken in all the same
        foreach (var (query, expected) in ((string, string)[])[("?fields=ip", "too_many_items"), ("?fields=ip&format=json", "too_many_items"), ("?fields=ip&format=csv", ",too_many_items,truncated")])
        {
            var answer = await PostAsync("text/plain", lines, query, service.Rest);
            Assert.Equal(200, answer.Status);
            Assert.Contains(expected, answer.Text, StringComparison.Ordinal);
            Assert.Equal(3, answer.Text.Split("192.0.2.1").Length - 1);
        }
        Assert.Contains("\"total\":3,", (await PostAsync("text/plain", lines, "", service.Rest)).Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task PostLines_LongerThanIsTaken_IsSaid(bool isLengthKnown)
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:MaxBulkBytes=100000");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ip:batch") { Content = new StringContent(string.Concat(Enumerable.Repeat("192.0.2.1\n", 20_000))) };
        request.Headers.TransferEncodingChunked = !isLengthKnown;
        var answer = await service.Rest.AnswerToAsync(request);
        Assert.True(answer.Status == 413 || (answer.Status == 200 && !isLengthKnown), answer.Text); // it may have begun
        Assert.Contains("body_too_large", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PostLines_Deadline_EndsWithWhy()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:BulkDeadline=00:00:01");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ip:batch") { Content = new SlowContent(lines: 30, TimeSpan.FromMilliseconds(100)) };
        request.Headers.TransferEncodingChunked = true;
        var answer = await service.Rest.AnswerToAsync(request);
        Assert.Contains("\"code\":\"deadline_exceeded\"", answer.Text, StringComparison.Ordinal);
    }

    // Neither the sender nor the reader moves: the deadline ends the job all the same.
    [Theory, InlineData("Content-Length: 1000000", 1), InlineData("Content-Length: 2000000", 200_000)]
    public async Task PostLines_ClientThatStandsStill_IsCutOffAfterTheDeadline(string header, int lines)
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:BulkDeadline=00:00:01");
        using var socket = await ConnectAsync(service.Ports.Rest);
        var head = Encoding.ASCII.GetBytes($"POST /v1/ip:batch HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n{header}\r\n\r\n");
        await socket.GetStream().WriteAsync((byte[])[.. head, .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("192.0.2.1\n", lines)))], TestContext.Current.CancellationToken);
        var gates = service.Services.GetRequiredService<Gates>();
        for (var wait = 0; gates.BulkJobs.Active == 0 && wait < 300; wait++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        for (var wait = 0; gates.BulkJobs.Active > 0 && wait < 400; wait++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, gates.BulkJobs.Active);
    }

    // As Python's urllib does it: all is written before anything is read.
    [Theory, InlineData("?fields=ip,score"), InlineData(""), InlineData("?format=csv")]
    public async Task PostLines_ClientThatReadsWhenItHasWritten_GetsAll(string query)
    {
        const int Count = 200_000;
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Count).Select(at => $"10.{at >> 16}.{at >> 8 & 255}.{at & 255}\n")));
        using var socket = await ConnectAsync(fixture.Service.Ports.Rest);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/ip:batch{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n"), TestContext.Current.CancellationToken);
        await stream.WriteAsync(body, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Contains("10.3.13.63", answer, StringComparison.Ordinal); // the last one
        Assert.EndsWith("\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
    }

    // Slowly enough that the server would cut off who reads nothing for so long.
    [Fact]
    public async Task PostLines_ClientThatWritesForLongBeforeItReads_IsNotCutOff()
    {
        using var socket = await ConnectAsync(fixture.Service.Ports.Rest);
        var stream = socket.GetStream();
        var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("192.0.2.1\n", 20_000)));
        await stream.WriteAsync("POST /v1/ip:batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        for (var part = 0; part < 9; part++)
        {
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{block.Length:x}\r\n"), .. block, .. "\r\n"u8], TestContext.Current.CancellationToken);
            await Task.Delay(1_000, TestContext.Current.CancellationToken);
        }
        await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Contains("{\"summary\":{\"total\":180000,\"ok\":180000,", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostLines_ClientThatGoesAway_LeavesNoJob()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:Limits:MaxBulkJobs=100");
        for (var round = 0; round < 20; round++)
        {
            using var socket = await ConnectAsync(service.Ports.Rest);
            await socket.GetStream().WriteAsync(
                "POST /v1/ip:batch HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n192.0.2.1\n"u8.ToArray(), TestContext.Current.CancellationToken);
            socket.LingerState = new(true, 0); // a reset
        }
        var gates = service.Services.GetRequiredService<Gates>();
        for (var wait = 0; gates.BulkJobs.Active > 0 && wait < 300; wait++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, gates.BulkJobs.Active);
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PostLines_MoreJobsThanPlaces_AreTurnedAway()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder, "--Enrichment:Limits:MaxBulkJobs=1");
        using var socket = await ConnectAsync(service.Ports.Rest);
        await socket.GetStream().WriteAsync(
            "POST /v1/ip:batch HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n192.0.2.1\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var gates = service.Services.GetRequiredService<Gates>();
        for (var wait = 0; gates.BulkJobs.Active == 0 && wait < 300; wait++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        var refused = await PostAsync("text/plain", "192.0.2.1", "", service.Rest);
        Assert.Equal((503, "overloaded"), (refused.Status, refused.Code));
        Assert.Equal(200, (await service.Rest.BatchAsync(["\"192.0.2.1\""])).Status); // one JSON text is no stream
    }

    Task<Answer> PostAsync(string contentType, string body, string query = "", HttpClient? client = null) =>
        (client ?? fixture.Rest).PostAsync(Encoding.UTF8.GetBytes(body), contentType, query);

    static async Task<TcpClient> ConnectAsync(int port)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        return socket;
    }

    // Rows as JSON, whatever they came as; of CSV its columns that are not empty.
    static List<JsonElement> Rows(Answer answer) => answer.ContentType switch
    {
        "application/json" => [.. answer.Json.GetProperty("results").EnumerateArray()],
        "text/csv" => [.. answer.Text.TrimEnd('\n').Split('\n').Skip(1).Select(row => FromCsv(answer.Text.Split('\n')[0].Split(','), row.Split(',')))],
        _ => [.. answer.Text.TrimEnd('\n').Split('\n').SkipLast(1).Select(line => JsonDocument.Parse(line).RootElement)],
    };

    static JsonElement FromCsv(string[] names, string[] values) => JsonSerializer.SerializeToElement(
        names.Zip(values).Where(pair => pair.First != "score" || values[^2].Length == 0).ToDictionary(pair => pair.First, pair => pair.Second));

    static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        JsonValueKind.Number => value.GetInt32().ToString(CultureInfo.InvariantCulture),
        _ => value.GetString()!,
    };

    sealed class SlowContent : HttpContent
    {
        readonly int _lines;
        readonly TimeSpan _pause;

        public SlowContent(int lines, TimeSpan pause)
        {
            (_lines, _pause) = (lines, pause);
            Headers.ContentType = new("text/plain");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var line = 0; line < _lines; line++)
            {
                await stream.WriteAsync("192.0.2.1\n"u8.ToArray());
                await stream.FlushAsync();
                await Task.Delay(_pause);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
