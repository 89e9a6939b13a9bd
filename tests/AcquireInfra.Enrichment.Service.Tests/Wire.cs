using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>An answer of the service, read whole.</summary>
internal sealed record Answer(int Status, string? ContentType, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Code => Json.GetProperty("code").GetString()!;
}

/// <summary>Requests as callers send them, with nothing put right on the way.</summary>
internal static class Wire
{
    /// <summary>Sends the path as it stands: no escape is undone, no dot segment removed.</summary>
    public static Task<Answer> FetchAsync(this HttpClient client, string path)
    {
        var verbatim = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return client.AnswerToAsync(new(HttpMethod.Get, new Uri(client.BaseAddress + path.TrimStart('/'), verbatim)));
    }

    public static Task<Answer> LookupAsync(this HttpClient client, string address) =>
        client.FetchAsync("/v1/ip/" + Uri.EscapeDataString(address));

    /// <param name="items">Each one a JSON value.</param>
    public static Task<Answer> BatchAsync(this HttpClient client, IEnumerable<string> items) =>
        client.PostAsync($"{{\"ips\":[{string.Join(',', items)}]}}");

    public static Task<Answer> PostAsync(this HttpClient client, string json) =>
        client.PostAsync(Encoding.UTF8.GetBytes(json), "application/json");

    public static Task<Answer> PostAsync(this HttpClient client, byte[] body, string? contentType, string query = "")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return client.AnswerToAsync(new(HttpMethod.Post, "/v1/ip:batch" + query) { Content = content });
    }

    public static async Task<Answer> AnswerToAsync(this HttpClient client, HttpRequestMessage request)
    {
        using var sent = request;
        using var response = await client.SendAsync(sent, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text);
    }

    /// <summary>Names and values of an object, in order and as they were sent.</summary>
    public static IEnumerable<(string Name, string Value)> Members(this JsonElement element, string? except = null) =>
        element.EnumerateObject().Where(member => member.Name != except).Select(member => (member.Name, member.Value.GetRawText()));

    /// <summary>A JSON string of these UTF-16 code units; a serializer would put half surrogate pairs right.</summary>
    public static string Quote(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var unit in text)
        {
            var isPlain = unit is >= ' ' and <= '~' and not ('"' or '\\');
            _ = isPlain ? json.Append(unit) : json.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
        return json.Append('"').ToString();
    }
}
