using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>
/// Reads what is asked about an incident. A playbook cannot handle a refusal, so that whatever is a JSON object or array is answered: what
/// cannot be read is warned of.
/// </summary>
public static class IncidentReader
{
    /// <summary>Comments of one incident that are looked at; Sentinel keeps 100.</summary>
    const int MaxComments = 200;

    /// <param name="mostAddresses">Of the incident, and of its alert.</param>
    /// <param name="question">Null where the body is neither an object nor an array.</param>
    public static bool TryRead(JsonElement body, int mostAddresses, [NotNullWhen(true)] out IncidentQuestion? question)
    {
        question = body.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Read(body, mostAddresses) : null;
        return question is not null;
    }

    static IncidentQuestion Read(JsonElement body, int mostAddresses)
    {
        var warnings = new List<string>();
        var entities = new EntityAddresses(mostAddresses);
        if (body.ValueKind == JsonValueKind.Array)
        {
            entities.Add(body);
        }
        foreach (var given in ((string[])["entities", "relatedEntities", "ips"]).Select(name => Unpacked(body, name, warnings)).OfType<JsonElement>())
        {
            entities.Add(given);
        }
        if (entities.TooMany > 0)
        {
            warnings.Add($"{entities.TooMany} entities are past the {mostAddresses} that one incident may have here, and are not judged.");
        }
        return new(
            body.Member("incidentArmId")?.GetText() ?? "", SeverityIn(body, warnings), entities.Addresses, entities.Skipped, entities.Others,
            entities.TooMany, AlertAddresses(body, mostAddresses, warnings), TimeIn(body, warnings), [.. CommentsIn(body, warnings).Take(MaxComments)], MaxCommentIn(body, warnings),
            warnings);
    }

    // Logic Apps turn an array into its text where an expression stands inside a longer one.
    static JsonElement? Unpacked(JsonElement body, string name, List<string> warnings)
    {
        if (body.Member(name) is not { ValueKind: JsonValueKind.String } text)
        {
            return body.Member(name);
        }
        var json = text.GetText().Trim();
        if (json.Length == 0 || json[0] is not ('[' or '{'))
        {
            return text;
        }
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            warnings.Add($"\"{name}\" is a text that is no JSON, and is not looked at.");
            return null;
        }
    }

    static string SeverityIn(JsonElement body, List<string> warnings)
    {
        var given = body.Member("severity")?.GetText() ?? "";
        if (given.Length > 0 && !IncidentSeverities.TryParse(given, out _))
        {
            warnings.Add($"'{SafeText.Shown(given)}' is none of the severities {string.Join(", ", Enum.GetNames<IncidentSeverity>())}, and is left as it is.");
        }
        return given;
    }

    // None is something else than not said: a caller who knows of none of the alert's wants nothing raised.
    static HashSet<Address>? AlertAddresses(JsonElement body, int most, List<string> warnings)
    {
        if (Unpacked(body, "alertEntities", warnings) is not { } given)
        {
            return null;
        }
        var entities = new EntityAddresses(most);
        entities.Add(given);
        return [.. entities.Addresses.Select(named => named.Address)];
    }

    static DateTimeOffset? TimeIn(JsonElement body, List<string> warnings)
    {
        var given = body.Member("at")?.GetText() ?? "";
        if (given.Length == 0)
        {
            return null;
        }
        if (UtcTime.TryParse(given, out var time))
        {
            return time;
        }
        warnings.Add($"\"at\" is a time like 2026-11-24T12:00:00Z, in UTC, and not '{SafeText.Shown(given)}': judged as of now.");
        return null;
    }

    static int? MaxCommentIn(JsonElement body, List<string> warnings)
    {
        if (body.Member("maxComment") is not { } given)
        {
            return null;
        }
        if (given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out var most) && most >= IncidentComment.FewestCharacters)
        {
            return most;
        }
        warnings.Add($"\"maxComment\" is a whole number of characters, {IncidentComment.FewestCharacters} at least, and is not looked at.");
        return null;
    }

    // As the API lists them, as texts, or one alone.
    static IEnumerable<EarlierComment> CommentsIn(JsonElement body, List<string> warnings)
    {
        foreach (var given in ((string[])["comments", "comment"]).Select(name => name == "comments" ? Unpacked(body, name, warnings) : body.Member(name)).OfType<JsonElement>())
        {
            var listed = given.Member("value") is { ValueKind: JsonValueKind.Array } page ? page : given;
            foreach (var comment in listed.ValueKind == JsonValueKind.Array ? listed.EnumerateArray().ToList() : [listed])
            {
                var properties = comment.Member("properties") ?? comment;
                yield return comment.ValueKind == JsonValueKind.String
                    ? new("", comment.GetText())
                    : new(comment.Member("name")?.GetText() ?? "", properties.Member("message")?.GetText() ?? "");
            }
        }
    }
}
