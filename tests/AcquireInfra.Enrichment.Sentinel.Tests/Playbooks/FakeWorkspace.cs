using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>
/// The workspace of scheduled playbooks: its watchlists and incidents by the management API, and the answers of our two queries, which it
/// gives as the queries would. Everything else is asked of <see cref="FakeSentinel"/>.
/// </summary>
internal sealed partial class FakeWorkspace(FakeSentinel sentinel)
{
    const string Workspace = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/w";
    const string LogAnalytics = "https://api.loganalytics.azure.com";

    /// <summary>Addresses of sign-ins, and when they were used.</summary>
    public List<(string Address, DateTimeOffset At)> SignIns { get; } = [];

    /// <summary>By alias: rows by their ids.</summary>
    public Dictionary<string, Dictionary<string, JsonObject>> Lists { get; } = [];

    public Dictionary<string, JsonObject> Incidents { get; } = [];

    public Dictionary<string, string> Comments { get; } = [];

    /// <summary>Writes and deletions of rows of AcquireInfraAddresses.</summary>
    public int Changes { get; private set; }

    public IEnumerable<string> Addresses => Lists["AcquireInfraAddresses"].Values.Select(row => (string)row["Address"]!).Order(StringComparer.Ordinal);

    /// <summary>Puts a row there, as an earlier run would have.</summary>
    public void Keep(string address) => Lists["AcquireInfraAddresses"][GuidOf(address)] = new() { ["Address"] = address, ["Level"] = "high" };

    public Task<Received> SendAsync(Sent sent)
    {
        if (sent.Url.StartsWith(LogAnalytics, StringComparison.Ordinal))
        {
            return Task.FromResult(Query(sent));
        }
        if (!sent.Url.StartsWith($"{FakeSentinel.ResourceManager}{Workspace}/providers/Microsoft.SecurityInsights/", StringComparison.Ordinal))
        {
            return sentinel.SendAsync(sent);
        }
        Assert.Equal((FakeSentinel.ResourceManager + "/", "?api-version=2025-09-01"), ((string?)sent.Authentication?["audience"], new Uri(sent.Url).Query));
        return Task.FromResult(Manage(sent, new Uri(sent.Url).AbsolutePath.Split("/Microsoft.SecurityInsights/")[1].Split('/')));
    }

    Received Manage(Sent sent, string[] path) => (sent.Method, path) switch
    {
        ("GET", ["watchlists", var alias]) => new(Lists.ContainsKey(alias) ? 200 : 404, null),
        ("PUT", ["watchlists", var alias]) => MakeList(alias, sent.Body!["properties"]!),
        ("PUT", ["watchlists", var alias, "watchlistItems", var id]) => WriteRow(alias, id, sent.Body!["properties"]!["itemsKeyValue"]!.AsObject()),
        ("DELETE", ["watchlists", var alias, "watchlistItems", var id]) => DeleteRow(alias, id),
        ("PUT", ["incidents", var id]) => Keep(Incidents, id, sent.Body!["properties"]!.AsObject()),
        ("PUT", ["incidents", var id, "comments", _]) => Keep(Comments, id, (string)sent.Body!["properties"]!["message"]!),
        _ => new(404, null),
    };

    Received MakeList(string alias, JsonNode properties)
    {
        Assert.All((string[])["displayName", "provider", "itemsSearchKey"], name => Assert.NotEmpty((string)properties[name]!));
        Lists.Add(alias, []);
        return Received.Ok();
    }

    Received WriteRow(string alias, string id, JsonObject row)
    {
        Assert.True(Guid.TryParse(id, out _), id);
        Changes += alias == "AcquireInfraAddresses" ? 1 : 0;
        Lists[alias][id] = row.DeepClone().AsObject();
        return Received.Ok();
    }

    Received DeleteRow(string alias, string id)
    {
        Changes++;
        return new(Lists[alias].Remove(id) ? 200 : 204, null);
    }

    static Received Keep<T>(Dictionary<string, T> kept, string id, T value)
    {
        Assert.True(Guid.TryParse(id, out _), id);
        kept[id] = value;
        return Received.Ok();
    }

    Received Query(Sent sent)
    {
        Assert.Equal(("POST", $"{LogAnalytics}/v1{Workspace}/query", "https://api.loganalytics.io"), (sent.Method, sent.Url, (string?)sent.Authentication?["audience"]));
        var query = (string)sent.Body!["query"]!;
        var rows = query.Contains("_GetWatchlist", StringComparison.Ordinal) ? RowsOfAddresses() : RowsOfSignIns();
        return Received.Ok(new JsonObject { ["tables"] = new JsonArray(new JsonObject { ["name"] = "PrimaryResult", ["rows"] = new JsonArray([.. rows]) }) });
    }

    // addresses.kql: a full outer join of what was seen and what is kept.
    IEnumerable<JsonNode> RowsOfAddresses()
    {
        string[] columns = ["Prefix", "Categories", "Score", "Level", "Verdict", "Provider", "Asn", "Confidence"];
        var known = Lists["AcquireInfraAddresses"].Values.ToDictionary(row => (string)row["Address"]!, row => string.Join('|', columns.Select(column => (string?)row[column])));
        var seen = SignIns.Select(signIn => signIn.Address).ToHashSet();
        return seen.Union(known.Keys).Order(StringComparer.Ordinal).Select(address => new JsonArray(
            address, $"{GuidOf(address)}|{Head(known.GetValueOrDefault(address, ""))}", seen.Contains(address)));

        static string Head(string line) => line[..Math.Min(line.Length, 180)];
    }

    IEnumerable<JsonNode> RowsOfSignIns() => SignIns.GroupBy(signIn => signIn.Address).Select(group => new JsonArray(
        group.Key, group.Min(signIn => signIn.At).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"2026-11-24 10:00 UTC, {group.Count()} sign-ins of 1 principals"), GuidOf("day")));

    static string GuidOf(string of)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(of)));
        return Dashes().Replace(hash[..32], "$1-$2-$3-$4-$5");
    }

    [GeneratedRegex("^(.{8})(.{4})(.{4})(.{4})(.{12})$")]
    private static partial Regex Dashes();
}
