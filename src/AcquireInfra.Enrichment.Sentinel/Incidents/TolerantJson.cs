using System.Text.Json;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>Reading of JSON whose names come in any case and whose values in any type.</summary>
internal static class TolerantJson
{
    /// <summary>A member whatever the case of its name; null where it is not there, is null, or there is no object.</summary>
    public static JsonElement? Member(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        if (element.TryGetProperty(name, out var exact))
        {
            return exact.ValueKind == JsonValueKind.Null ? null : exact;
        }
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value.ValueKind == JsonValueKind.Null ? null : member.Value;
            }
        }
        return null;
    }

    /// <summary>A text; empty where it is none, or is half a surrogate pair, which has no text.</summary>
    public static string GetText(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
