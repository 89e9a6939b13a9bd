using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>Which members of a verdict a caller wants: <c>?fields=ip,score</c>. They come in the order of the verdict.</summary>
/// <param name="Rows">The same of a flat row; null where a member is none of a row's.</param>
/// <param name="Shape">How a verdict of these members is written.</param>
internal sealed record AskedFields(RowFields? Rows, JsonTypeInfo<VerdictResponse> Shape)
{
    // More different selections than anyone has in use.
    const int MaxKept = 256;

    static readonly IReadOnlyList<string> Names = [.. VerdictJson.Default.VerdictResponse.Properties.Select(property => property.Name)];
    static readonly ConcurrentDictionary<string, AskedFields> Kept = new(StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public static AskedFields Whole { get; } = new(null, VerdictJson.Default.VerdictResponse);

    public bool IsWhole => ReferenceEquals(this, Whole);

    /// <param name="text">As it was sent; null for all of them.</param>
    public static bool TryRead(string? text, out AskedFields fields, out string fault)
    {
        fault = "";
        if (text is null)
        {
            fields = Whole;
            return true;
        }
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet();
        if (names.Count == 0 || !names.IsSubsetOf(Names))
        {
            var unknown = names.FirstOrDefault(name => !Names.Contains(name)) ?? "";
            fault = $"'{SafeText.Shown(unknown)}' is no field. There are {string.Join(", ", Names)}.";
            fields = Whole;
            return false;
        }
        var key = string.Join(',', Names.Where(names.Contains));
        if (Kept.Count >= MaxKept)
        {
            Kept.Clear();
        }
        fields = Kept.GetOrAdd(key, _ => new(RowFields.TryParse(key, out var rows, out var _) ? rows : null, ShapeOf(names)));
        return true;
    }

    static JsonTypeInfo<VerdictResponse> ShapeOf(HashSet<string> names)
    {
        var options = new JsonSerializerOptions(VerdictJson.Default.Options)
        {
            TypeInfoResolver = VerdictJson.Default.WithAddedModifier(type =>
            {
                if (type.Type == typeof(VerdictResponse))
                {
                    foreach (var property in type.Properties.Where(property => !names.Contains(property.Name) && property.Name != "id").ToList())
                    {
                        type.Properties.Remove(property);
                    }
                }
            }),
        };
        return (JsonTypeInfo<VerdictResponse>)options.GetTypeInfo(typeof(VerdictResponse));
    }
}
