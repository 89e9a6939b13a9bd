using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>Functions of the workflow definition language that are functions of their arguments alone; what a playbook uses, and no more.</summary>
internal static class WorkflowFunctions
{
    public static JsonNode? Call(string name, IReadOnlyList<JsonNode?> given, DateTimeOffset now) => (name, given.Count) switch
    {
        ("coalesce", > 0) => given.FirstOrDefault(value => value is not null),
        ("json", 1) => Json(given[0]),
        ("string", 1) => WorkflowExpression.TextOf(given[0]),
        ("int", 1) => long.Parse(Text(given[0]), CultureInfo.InvariantCulture),
        ("concat", > 0) => string.Concat(given.Select(WorkflowExpression.TextOf)),
        ("replace", 3) => Text(given[0]).Replace(Text(given[1]), Text(given[2]), StringComparison.Ordinal),
        ("substring", 2) => Text(given[0])[(int)Number(given[1])..],
        ("substring", 3) => Text(given[0]).Substring((int)Number(given[1]), (int)Number(given[2])),
        ("split", 2) => new JsonArray([.. Text(given[0]).Split(Text(given[1])).Select(part => (JsonNode?)part)]),
        ("join", 2) => string.Join(Text(given[1]), Array(given[0]).Select(WorkflowExpression.TextOf)),
        ("toLower", 1) => Text(given[0]).ToLowerInvariant(),
        ("startsWith", 2) => Text(given[0]).StartsWith(Text(given[1]), StringComparison.OrdinalIgnoreCase),
        ("contains", 2) => Contains(given[0], given[1]),
        ("empty", 1) => given[0] is null || Length(given[0]) == 0,
        ("length", 1) => Length(given[0]),
        ("equals", 2) => JsonNode.DeepEquals(given[0], given[1]),
        ("not", 1) => !Flag(given[0]),
        ("and", > 0) => given.All(Flag),
        ("or", > 0) => given.Any(Flag),
        ("if", 3) => Flag(given[0]) ? given[1] : given[2],
        ("greater", 2) => Number(given[0]) > Number(given[1]),
        ("greaterOrEquals", 2) => Number(given[0]) >= Number(given[1]),
        ("less", 2) => Number(given[0]) < Number(given[1]),
        ("lessOrEquals", 2) => Number(given[0]) <= Number(given[1]),
        ("add", 2) => Number(given[0]) + Number(given[1]),
        ("sub", 2) => Number(given[0]) - Number(given[1]),
        ("mul", 2) => Number(given[0]) * Number(given[1]),
        ("div", 2) => Number(given[0]) / Number(given[1]), // of whole numbers, a whole number
        ("min", 2) => Math.Min(Number(given[0]), Number(given[1])),
        ("take", 2) => new JsonArray([.. Array(given[0]).Take((int)Number(given[1])).Select(value => value?.DeepClone())]),
        ("first", 1) => Array(given[0]).FirstOrDefault(),
        ("chunk", 2) => new JsonArray([.. Array(given[0]).Chunk((int)Number(given[1])).Select(part => new JsonArray([.. part.Select(value => value?.DeepClone())]))]),
        ("union", 2) => new JsonArray([.. Array(given[0]).Concat(Array(given[1])).Select(value => value?.DeepClone())]),
        ("createArray", _) => new JsonArray([.. given.Select(value => value?.DeepClone())]),
        ("encodeUriComponent" or "uriComponent", 1) => Uri.EscapeDataString(Text(given[0])),
        ("utcNow", 0) => Time(now),
        ("utcNow", 1) => now.UtcDateTime.ToString(Text(given[0]), CultureInfo.InvariantCulture),
        ("addHours", 2) => Time(DateTimeOffset.Parse(Text(given[0]), CultureInfo.InvariantCulture).AddHours(Number(given[1]))),
        ("addHours", 3) => DateTimeOffset.Parse(Text(given[0]), CultureInfo.InvariantCulture).AddHours(Number(given[1])).UtcDateTime.ToString(Text(given[2]), CultureInfo.InvariantCulture),
        _ => throw new WorkflowException($"There is no function {name} of {given.Count} arguments."),
    };

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    static JsonNode? Json(JsonNode? given)
    {
        try
        {
            return JsonNode.Parse(Text(given));
        }
        catch (JsonException exception)
        {
            throw new WorkflowException($"json(): {exception.Message}");
        }
    }

    static bool Contains(JsonNode? all, JsonNode? one) => all switch
    {
        JsonArray array => array.Any(element => JsonNode.DeepEquals(element, one)),
        JsonObject members => members.ContainsKey(Text(one)),
        _ => Text(all).Contains(Text(one), StringComparison.Ordinal),
    };

    static int Length(JsonNode? value) => value switch
    {
        JsonArray array => array.Count,
        JsonObject members => members.Count,
        _ => Text(value).Length,
    };

    static JsonArray Array(JsonNode? value) => value as JsonArray ?? throw new WorkflowException($"An array is wanted, and not {value?.ToJsonString() ?? "null"}.");

    static string Text(JsonNode? value) => value is JsonValue given && given.TryGetValue<string>(out var text)
        ? text
        : throw new WorkflowException($"A text is wanted, and not {value?.ToJsonString() ?? "null"}.");

    static bool Flag(JsonNode? value) => value is JsonValue given && given.TryGetValue<bool>(out var flag)
        ? flag
        : throw new WorkflowException($"True or false is wanted, and not {value?.ToJsonString() ?? "null"}.");

    static long Number(JsonNode? value) => value is JsonValue given && (given.TryGetValue<long>(out var number) || (given.TryGetValue<int>(out var small) && (number = small) == small))
        ? number
        : throw new WorkflowException($"A whole number is wanted, and not {value?.ToJsonString() ?? "null"}.");
}
