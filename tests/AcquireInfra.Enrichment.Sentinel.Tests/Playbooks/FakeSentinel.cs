using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>
/// What a playbook talks to: Sentinel's connector and Azure's management API as far as our playbooks use them, held in memory; and the
/// service itself, by its own address. A request that the real ones would refuse is refused.
/// </summary>
/// <param name="service">The running service.</param>
internal sealed class FakeSentinel(HttpClient service)
{
    public const string ServiceUrl = "https://enrichment.example";
    public const string Audience = "api://00000000-0000-0000-0000-0000000000aa";
    public const string ResourceManager = "https://management.azure.com";
    public const string IncidentId = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/w/providers/Microsoft.SecurityInsights/Incidents/i";

    const int MaxComment = 30_000;

    public List<(string Name, string Message)> Comments { get; } = [];

    public List<string> Tags { get; } = [];

    public string Severity { get; set; } = "Low";

    public int SeverityChanges { get; private set; }

    public int TagChanges { get; private set; }

    /// <summary>Takes the place of the service's answer; null for its own.</summary>
    public Func<int, Received?> ServiceFault { get; set; } = _ => null;

    public int ServiceCalls { get; private set; }

    public bool CommentsCanBeRead { get; set; } = true;

    /// <summary>Comments can be changed by who wrote them, and by nobody else.</summary>
    public bool CommentsCanBeChanged { get; set; } = true;

    public string? ApiKey { get; set; }

    public Task<Received> SendAsync(Sent sent) =>
        sent.Url.StartsWith(ServiceUrl + "/", StringComparison.Ordinal) ? AskServiceAsync(sent)
        : Task.FromResult(sent.Connection is not null ? Connector(sent)
            : sent.Url.StartsWith(ResourceManager + "/", StringComparison.Ordinal) ? Manage(sent)
            : throw new InvalidOperationException($"{sent.Action} asks {sent.Url}, which nobody expects."));

    async Task<Received> AskServiceAsync(Sent sent)
    {
        ServiceCalls++;
        if (ServiceFault(ServiceCalls) is { } fault)
        {
            return fault;
        }
        var isKnown = ApiKey is null
            ? (string?)sent.Authentication?["type"] == "ManagedServiceIdentity" && (string?)sent.Authentication["audience"] == Audience
            : (string?)sent.Headers["X-Api-Key"] == ApiKey;
        if (!isKnown)
        {
            return new(401, null);
        }
        using var request = new HttpRequestMessage(new(sent.Method), sent.Url[ServiceUrl.Length..]) { Content = sent.Method == "GET" ? null : JsonContent.Create(sent.Body) };
        using var response = await service.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken));
    }

    Received Connector(Sent sent)
    {
        if (sent.Connection != "connection-of-sentinel" || (string?)sent.Body?["incidentArmId"] != IncidentId)
        {
            return new(404, null);
        }
        switch (sent.Method, sent.Url)
        {
            case ("POST", "/Incidents/Comment"):
                return Comment(Comments.Count.ToString("comment-0", CultureInfo.InvariantCulture), (string?)sent.Body["message"]);
            case ("PUT", "/Incidents"):
                if (sent.Body["tagsToAdd"] is JsonObject tags)
                {
                    TagChanges++;
                    Tags.AddRange(tags["TagsToAdd"]!.AsArray().Select(tag => (string)tag!["Tag"]!));
                }
                if (sent.Body["severity"] is JsonValue severity)
                {
                    SeverityChanges++;
                    Severity = (string)severity!;
                }
                return Received.Ok();
            default:
                return new(404, null);
        }
    }

    Received Manage(Sent sent)
    {
        if ((string?)sent.Authentication?["type"] != "ManagedServiceIdentity" || (string?)sent.Authentication["audience"] != ResourceManager + "/")
        {
            return new(401, null);
        }
        var path = new Uri(sent.Url).AbsolutePath;
        if (!sent.Url.Contains("api-version=", StringComparison.Ordinal) || !path.StartsWith(IncidentId + "/comments", StringComparison.Ordinal))
        {
            return new(404, null);
        }
        if (sent.Method == "GET")
        {
            return CommentsCanBeRead ? Received.Ok(new JsonObject { ["value"] = new JsonArray([.. Comments.Select(CommentNode)]) }) : new(403, null);
        }
        return CommentsCanBeChanged ? Comment(path[(path.LastIndexOf('/') + 1)..], (string?)sent.Body?["properties"]?["message"]) : new(409, null);
    }

    static JsonObject CommentNode((string Name, string Message) comment) =>
        new() { ["id"] = $"{IncidentId}/comments/{comment.Name}", ["name"] = comment.Name, ["properties"] = new JsonObject { ["message"] = comment.Message } };

    Received Comment(string name, string? message)
    {
        if (message is not { Length: > 0 and <= MaxComment })
        {
            return new(400, null);
        }
        var at = Comments.FindIndex(comment => comment.Name == name);
        if (at >= 0)
        {
            Comments[at] = (name, message);
        }
        else
        {
            Comments.Add((name, message));
        }
        return Received.Ok(CommentNode((name, message)));
    }
}
