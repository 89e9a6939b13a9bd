using System.Text.Json;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>The workbook's own file.</summary>
internal static class WorkbookFile
{
    static readonly JsonElement Root = JsonSerializer.Deserialize<JsonElement>(ShippedContent.Text("workbook", "AcquireInfra.json"));

    public static IEnumerable<JsonElement> Items => Root.GetProperty("items").EnumerateArray();

    public static string Version => Root.GetProperty("version").GetString()!;

    /// <summary>Queries of the tiles, as they run once the time range is filled in.</summary>
    public static IEnumerable<(string Name, string Text)> Queries => Items.Where(item => item.GetProperty("type").GetInt32() == 3).Select(item =>
        ($"workbook/{item.GetProperty("name").GetString()}", item.GetProperty("content").GetProperty("query").GetString()!.Replace("{TimeRange}", "> ago(7d)", StringComparison.Ordinal)));
}
