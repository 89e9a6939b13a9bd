using System.Text.Json;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Tests.Addressing;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

public sealed partial class ProblemsTests(ServiceFixture fixture)
{
    [Theory]
    [InlineData("GET", "/", 404, "not_found")]
    [InlineData("GET", "/v1", 404, "not_found")]
    [InlineData("GET", "/v1/asn", 404, "not_found")]
    [InlineData("GET", "/favicon.ico", 404, "not_found")]
    [InlineData("GET", "/a/b", 404, "not_found")]
    [InlineData("POST", "/grpc.health.v1.Unknown/Check", 404, "not_found")]
    [InlineData("GET", "/v1/ip:batch", 405, "method_not_allowed")]
    [InlineData("PUT", "/v1/ip:batch", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/ip/192.0.2.1", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/ip/192.0.2.1", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/ip", 400, "bad_address")]
    [InlineData("GET", "/v1/ip/nonsense", 400, "bad_address")]
    public async Task Request_ThatNothingAnswers_IsAProblem(string method, string path, int status, string code)
    {
        var answer = await fixture.Rest.AnswerToAsync(new(new HttpMethod(method), path));
        Assert.Equal((status, code), (answer.Status, answer.Code));
        AssertSound(answer);
    }

    [Fact]
    public async Task Request_TwoHundredMalformedOnes_TellNothingOfUs()
    {
        var refused = 0;
        foreach (var row in AddressCases.All.Where(row => row.Canonical is null))
        {
            var single = await fixture.Rest.LookupAsync(row.Input);
            var batch = await fixture.Rest.PostAsync(row.Input);
            foreach (var answer in (Answer[])[single, batch])
            {
                Assert.InRange(answer.Status, 400, 499);
                if (answer.Text.Length > 0)
                {
                    AssertSound(answer);
                    refused++;
                }
            }
        }
        Assert.True(refused > 300, $"only {refused} problems were seen");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData("\u202E4.3.2.1", "\\u202E4.3.2.1")]
    [InlineData("a\u001B[31mb\r\nc\td", "a\\u001B[31mb\\u000D\\u000Ac\\u0009d")]
    [InlineData("\\u0041", "\\u005Cu0041")]          // no one is to take it for an escape of ours
    [InlineData("\U0001F600", "\\uD83D\\uDE00")]
    [InlineData("é\u2028", "\\u00E9\\u2028")]
    public async Task BadAddress_Input_IsShownEscaped(string input, string shown)
    {
        var answer = await fixture.Rest.LookupAsync(input);
        Assert.Equal(shown, answer.Json.GetProperty("given").GetString());
        Assert.Contains($"'{shown}'", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        AssertSound(answer);
        var batch = await fixture.Rest.BatchAsync([Wire.Quote(input)]);
        Assert.Equal(shown, batch.Json.GetProperty("results")[0].GetProperty("input").GetString());
        Assert.DoesNotMatch(UnsafeCharacters(), batch.Text);
    }

    [Theory, InlineData(64, false), InlineData(65, true), InlineData(1_000, true)]
    public async Task BadAddress_LongInput_IsCutTo64(int length, bool isCut)
    {
        var input = new string('x', length);
        var expected = isCut ? new string('x', 64) + "…" : input;
        var answer = await fixture.Rest.LookupAsync(input);
        Assert.Equal(expected, answer.Json.GetProperty("given").GetString());
        var batch = await fixture.Rest.BatchAsync([Wire.Quote(input)]);
        Assert.Equal(expected, batch.Json.GetProperty("results")[0].GetProperty("input").GetString());
        Assert.True(answer.Text.Length + batch.Text.Length < 1_500, "an answer grows with its input");
    }

    // A5: what every problem has, and what none shows.
    static void AssertSound(Answer answer)
    {
        Assert.Equal("application/problem+json", answer.ContentType);
        Assert.Equal(answer.Status, answer.Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(answer.Code);
        Assert.NotEmpty(answer.Json.GetProperty("title").GetString()!);
        Assert.NotEmpty(answer.Json.GetProperty("detail").GetString()!);
        Assert.DoesNotMatch(UnsafeCharacters(), answer.Text);
        // The caller's own words are no leak of ours, and neither is the RFC that "type" names.
        var given = answer.Json.TryGetProperty("given", out var shown) ? shown.GetString()! : "";
        var ours = string.Join('\n', answer.Json.EnumerateObject().Where(member => member.Name is not ("type" or "traceId" or "given"))
            .Select(member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()));
        ours = given.Length == 0 ? ours : ours.Replace(given, "", StringComparison.Ordinal);
        foreach (var leak in Leaks())
        {
            Assert.DoesNotMatch(leak, ours);
        }
    }

    // Markup, controls, direction marks: nothing that a page, a terminal or a log would obey.
    [GeneratedRegex(@"[<>&\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]")]
    private static partial Regex UnsafeCharacters();

    static Regex[] Leaks() =>
    [
        new(@"\bat [\w.]+\("),                                                       // a stack frame
        new(@"\.cs\b|:line \d"),
        new(@"Exception\b|\b(System|Microsoft|AcquireInfra|Grpc|Google)\.[A-Z]"),    // a type
        new(@"BatchRequest|JsonElement|IReadOnlyList|DateTimeOffset"),
        new(@"(?<![\w/.])/(home|tmp|usr|var|etc|work|app|root)\b|[A-Za-z]:\\"),      // a path
        new(@"(?<![\d.])\d+\.\d+\.\d+(?![\d.])"),                                    // a version; an address has four parts
        new(@"Kestrel|ASP\.NET|\.NET\b|net10", RegexOptions.IgnoreCase),
        new(@"(Password|Pwd|Server|AccountKey|Endpoint)\s*=", RegexOptions.IgnoreCase), // a connection string
    ];
}
