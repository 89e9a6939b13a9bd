using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

public sealed class BatchEndpointTests(ServiceFixture fixture)
{
    [Fact]
    public async Task PostBatch_MixedItems_OrderAndDuplicatesAndIdsAreKept()
    {
        var answer = await fixture.Rest.BatchAsync(
        [
            "\"192.0.2.1\"", """{"ip":"192.0.2.2","id":"a"}""", "\"nonsense\"",
            """{"id":"a","ip":"nonsense"}""", "\"192.0.2.1\"", """{"ip":"192.0.2.1:443","id":""}""",
        ]);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        string[] inputs = ["192.0.2.1", "192.0.2.2", "nonsense", "nonsense", "192.0.2.1", "192.0.2.1:443"];
        Assert.Equal(inputs, results.Select(result => Text(result, "input")));
        Assert.Equal(["192.0.2.1", "192.0.2.2", null, null, "192.0.2.1", "192.0.2.1"], results.Select(result => Text(result, "ip")));
        Assert.Equal([null, "a", null, "a", null, ""], results.Select(result => Text(result, "id")));
        AssertSummary(answer, total: 6, failed: 2);
    }

    [Theory]
    [InlineData("""{"ip":"192.0.2.1","port":443}""")]                        // an unknown member
    [InlineData("""{"ip":"192.0.2.1","IP":"192.0.2.2"}""")]
    [InlineData("""{"ip":"192.0.2.1","ip":"192.0.2.2"}""")]                  // the last one would win unseen
    [InlineData("""{"ip":"192.0.2.1","\u0069p":"192.0.2.2"}""")]
    [InlineData("""{"ip":["192.0.2.1"]}""")]
    [InlineData("""{"ip":3221225985}""")]
    [InlineData("""{"ip":null}""")]
    [InlineData("""{"ip":"192.0.2.1","id":7}""")]
    [InlineData("""{"ip":"192.0.2.1","id":null}""")]
    [InlineData("""{"ip":"192.0.2.1","at":"11/12/2026"}""")]                 // November or December?
    [InlineData("""{"ip":"192.0.2.1","at":"2026-11-24"}""")]
    [InlineData("""{"ip":"192.0.2.1","at":1795521600}""")]
    [InlineData("""{"ip":"192.0.2.1","at":null}""")]
    [InlineData("""{"\u0000":1}""")]
    [InlineData("{\"ip\":\"192.0.2.1\",\"id\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef+\"}")] // 257 bytes
    [InlineData("3221225985")]
    [InlineData("1e400")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[[[[[[\"192.0.2.1\"]]]]]]")]                                // eight levels with those round it
    public async Task PostBatch_ItemOfAnotherShape_IsAnErrorInItsPlace(string item)
    {
        var answer = await fixture.Rest.BatchAsync(["\"192.0.2.1\"", item, "\"192.0.2.2\""]);
        Assert.Equal(200, answer.Status);
        var results = answer.Json.GetProperty("results");
        Assert.Equal("bad_request", Text(results[1].GetProperty("error"), "code"));
        Assert.Equal(("192.0.2.1", "192.0.2.2"), (Text(results[0], "ip"), Text(results[2], "ip")));
        AssertSummary(answer, total: 3, failed: 1);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("{}")]                                                       // no address is the empty one
    [InlineData("""{"id":"a"}""")]
    [InlineData("\"192.0.2.1\\u0000\"")]
    [InlineData("\"192.0.2.1\\ud800\"")]                                     // half a surrogate pair
    [InlineData("\"\\udc00\"")]
    [InlineData("""{"ip":"\ud800","id":"\ud800"}""")]
    [InlineData("\"192.0.2.1\\ud83d\\ude00\"")]
    public async Task PostBatch_ItemThatIsNoAddress_IsAnErrorInItsPlace(string item)
    {
        var answer = await fixture.Rest.BatchAsync([item, "\"192.0.2.2\""]);
        var results = answer.Json.GetProperty("results");
        Assert.Equal("bad_address", Text(results[0].GetProperty("error"), "code"));
        Assert.Equal("192.0.2.2", Text(results[1], "ip"));
        AssertSummary(answer, total: 2, failed: 1);
    }

    // The JSON reader lets bytes that are no UTF-8 through; GetString and GetRawText throw on them.
    [Theory]
    [InlineData("{\"ips\":[\"192.0.2.1?\"]}")]
    [InlineData("{\"ips\":[{\"ip\":\"?\"}]}")]
    [InlineData("{\"ips\":[{\"ip\":\"192.0.2.1\",\"id\":\"?\"}]}")]
    [InlineData("{\"ips\":[{\"ip\":\"192.0.2.1\",\"at\":\"?\"}]}")]
    [InlineData("{\"ips\":[{\"?\":\"192.0.2.1\"}]}")]
    [InlineData("{\"ips\":[[\"?\"]]}")]
    [InlineData("{\"ips?\":[]}")]
    public async Task PostBatch_BytesThatAreNoUtf8_AreTheSendersFault(string body)
    {
        foreach (var bytes in (byte[][])[[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82]])
        {
            var halves = body.Split('?').Select(Encoding.ASCII.GetBytes).ToArray();
            var answer = await fixture.Rest.PostAsync([.. halves[0], .. bytes, .. halves[1]], "application/json");
            Assert.True(answer.Status is 200 or 400, $"{answer.Status} for {Convert.ToHexString(bytes)}");
            Assert.True(answer.Status == 400 || answer.Text.Contains("\"failed\":1", StringComparison.Ordinal)
                || body.Contains("\"id\"", StringComparison.Ordinal), answer.Text);
        }
    }

    [Fact]
    public async Task PostBatch_EmptyList_GivesAnEmptyAnswer()
    {
        var answer = await fixture.Rest.BatchAsync([]);
        Assert.Equal(200, answer.Status);
        Assert.Equal(0, answer.Json.GetProperty("results").GetArrayLength());
        AssertSummary(answer, total: 0, failed: 0);
    }

    [Fact]
    public async Task PostBatch_ByteOrderMarkAndWhiteSpace_AreNoMatter()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. "\r\n\t {\"ips\" : [ \"192.0.2.1\" ] }\n"u8];
        var answer = await fixture.Rest.PostAsync(body, "application/json; charset=utf-8");
        AssertSummary(answer, total: 1, failed: 0);
    }

    [Fact]
    public async Task PostBatch_TenThousandItems_AreAnswered()
    {
        var padding = new string('x', 240); // the body is larger than what Kestrel takes for other requests
        var answer = await fixture.Rest.BatchAsync(Enumerable.Range(0, 10_000).Select(at =>
            $"{{\"ip\":\"198.51.{100 + at / 256}.{at % 256}\",\"id\":\"{at} {padding}\"}}"));
        AssertSummary(answer, total: 10_000, failed: 0);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 10_000).Select(at => $"{at} {padding}"), results.Select(result => Text(result, "id")));
        Assert.Equal("198.51.139.15", Text(results[^1], "ip"));
    }

    [Fact]
    public async Task PostBatch_OneItemTooMany_IsRefused()
    {
        var answer = await fixture.Rest.BatchAsync(Enumerable.Repeat("\"192.0.2.1\"", 10_001));
        Assert.Equal((413, "too_many_items", "application/problem+json"), (answer.Status, answer.Code, answer.ContentType));
        Assert.Contains("more than 10000 items", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}")]                                                       // no "ips"
    [InlineData("{\"ips\":null}")]
    [InlineData("{\"ips\":\"192.0.2.1\"}")]
    [InlineData("{\"ips\":{}}")]
    [InlineData("{\"IPS\":[]}")]
    [InlineData("{\"ips\":[],\"deep\":true}")]                               // an unknown member
    [InlineData("{\"ips\":[],\"ips\":[]}")]                                  // the last one would win unseen
    [InlineData("{\"ips\":[]} {}")]
    [InlineData("{\"ips\":[]}\0")]
    [InlineData("{\"ips\":[]")]
    [InlineData("{\"ips\":[\"192.0.2.1\",]}")]
    [InlineData("{\"ips\":['192.0.2.1']}")]
    [InlineData("{\"ips\":[]/**/}")]
    [InlineData("{\"ips\":[NaN]}")]
    [InlineData("{\"ips\":[\"192.0.2.1\n\"]}")]                              // a line end inside a string
    [InlineData("{\"ips\":[[[[[[[[\"192.0.2.1\"]]]]]]]]}")]                  // nine levels
    public async Task PostBatch_BodyThatIsNoBatch_IsRefused(string body)
    {
        var answer = await fixture.Rest.PostAsync(body);
        Assert.Equal((400, "bad_request", "application/problem+json"), (answer.Status, answer.Code, answer.ContentType));
    }

    [Theory]
    [InlineData("application/xml"), InlineData("application/x-www-form-urlencoded"), InlineData("text/json"), InlineData(null)]
    [InlineData("application/json; charset=utf-16"), InlineData("text/plain; charset=iso-8859-1")]
    public async Task PostBatch_AnotherContentType_IsRefused(string? contentType)
    {
        var answer = await fixture.Rest.PostAsync("{\"ips\":[]}"u8.ToArray(), contentType);
        Assert.Equal((415, "unsupported_media_type", "application/problem+json"), (answer.Status, answer.Code, answer.ContentType));
    }

    [Theory]
    [InlineData("ip,score", "ip score")]
    [InlineData("score,input,ip", "input ip score")]
    [InlineData("reason,ip", "ip reason")]                                   // not of a flat row
    [InlineData("points,snapshotId", "points snapshotId")]
    public async Task PostBatch_Fields_AreTheOnlyMembers(string fields, string expected)
    {
        string[] items = ["\"192.0.2.1\"", """{"ip":"159.65.1.1","id":"a"}""", "\"nonsense\""];
        var whole = (await fixture.Rest.BatchAsync(items)).Json.GetProperty("results");
        var answer = await fixture.Rest.PostAsync(Encoding.UTF8.GetBytes($"{{\"ips\":[{string.Join(',', items)}]}}"), "application/json", "?fields=" + fields);
        AssertSummary(answer, total: 3, failed: 1);
        var results = answer.Json.GetProperty("results");
        Assert.Equal(expected, string.Join(' ', results[0].Members().Select(member => member.Name)));
        Assert.All(results[1].Members(), member => Assert.Contains(member, whole[1].Members()));
        Assert.Equal(("a", "bad_address"), (Text(results[1], "id"), Text(results[2].GetProperty("error"), "code")));
    }

    [Theory]
    [InlineData("?fields=ip,colour", "'colour'")]
    [InlineData("?fields=", "''")]
    [InlineData("?fields=IP", "'IP'")]
    [InlineData("?format=xml", "'xml'")]
    [InlineData("?format=1", "'1'")]
    [InlineData("?format=ndjson,json", "'ndjson,json'")]
    [InlineData("?format=", "''")]
    [InlineData("?format=csv&fields=ip,reason", "rawScore")]                 // says which fields rows have
    public async Task PostBatch_ParameterThatIsNone_IsRefused(string query, string named)
    {
        var answer = await fixture.Rest.PostAsync("{\"ips\":[]}"u8.ToArray(), "application/json", query);
        Assert.Equal((400, "bad_request"), (answer.Status, answer.Code));
        Assert.Contains(named, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    // Explained and flat answers to one batch say the same.
    [Fact]
    public async Task PostBatch_EveryFormat_SaysTheSame()
    {
        var body = """{"ips":["159.65.1.1",{"ip":"2001:db8::1","id":"a,\"b\""},"x",{"ip":"1.1.1.1","at":"2026-01-01T00:00:00Z"}]}"""u8.ToArray();
        var whole = (await fixture.Rest.PostAsync(body, "application/json")).Json.GetProperty("results").EnumerateArray().ToList();
        var lines = await fixture.Rest.PostAsync(body, "application/json", "?format=ndjson");
        Assert.Equal("application/x-ndjson", lines.ContentType);
        var rows = lines.Text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(5, rows.Count);
        foreach (var (row, verdict) in rows.Zip(whole))
        {
            Assert.All(row.Members(), member => Assert.Contains(member, verdict.Members()));
        }
        Assert.Equal("""{"total":4,"ok":3,"failed":1}""", rows[4].GetProperty("summary").GetRawText());
        var table = await fixture.Rest.PostAsync(body, "application/json", "?format=csv&fields=input,score");
        var expected = whole.Select(verdict => verdict.TryGetProperty("score", out var score) && score.ValueKind == JsonValueKind.Number ? score.GetRawText() : "").ToList();
        Assert.Equal(
            $"input,id,score,error,errorReason\n159.65.1.1,,{expected[0]},,\n2001:db8::1,\"a,\"\"b\"\"\",,,\nx,,,bad_address,not_an_address\n1.1.1.1,,{expected[3]},,\n",
            table.Text);
    }

    static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) ? value.GetString() : null;

    static void AssertSummary(Answer answer, int total, int failed)
    {
        Assert.Equal($"{{\"total\":{total},\"ok\":{total - failed},\"failed\":{failed}}}", answer.Json.GetProperty("summary").GetRawText());
        Assert.Equal(total, answer.Json.GetProperty("results").GetArrayLength());
    }
}
