using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>What differs between two snapshots, both judged by the present policy at the date of the newer data.</summary>
/// <param name="Added">Space that is in a category more.</param>
/// <param name="Removed">Space that is in a category less.</param>
/// <param name="Changed">Space in the same categories with another score.</param>
public sealed record DiffResponse(
    string From, string To, IReadOnlyList<CategoryDiffResponse> Categories, SpaceResponse Added, SpaceResponse Removed, SpaceResponse Changed)
{
    public static DiffResponse Of(Judge from, Judge to, SnapshotDiff diff) => new(
        from.Snapshot.Id, to.Snapshot.Id,
        [.. diff.Categories.Select(row => new CategoryDiffResponse(row.Category.Word(), SpaceResponse.Of(row.Added), SpaceResponse.Of(row.Removed)))],
        SpaceResponse.Of(diff.Added), SpaceResponse.Of(diff.Removed), SpaceResponse.Of(diff.Changed));
}

public sealed record CategoryDiffResponse(string Category, SpaceResponse Added, SpaceResponse Removed);

/// <param name="IPv6Slash64s">/64 networks; what is left of one counts as one.</param>
public sealed record SpaceResponse(
    int Segments,
    [property: JsonPropertyName("ipv4Addresses")] ulong IPv4Addresses,
    [property: JsonPropertyName("ipv6Slash64s")] ulong IPv6Slash64s)
{
    public static SpaceResponse Of(SpaceCount count) => new(count.Segments, (ulong)count.IPv4Addresses, (ulong)((count.IPv6Addresses + ulong.MaxValue) >> 64));
}

/// <summary>A line of a diff: addresses of which all is the same.</summary>
public sealed record ChangedSegmentResponse(
    IReadOnlyList<string> Prefixes, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, string VerdictBefore, string VerdictAfter,
    int ScoreBefore, int ScoreAfter)
{
    public static ChangedSegmentResponse Of(ChangedSegment segment)
    {
        AddressRange.TryCreate(segment.First, segment.Last, out var range);
        return new(
            [.. range.ToPrefixes().Select(prefix => prefix.ToString())],
            [.. segment.Added.Members().Select(category => category.Word())],
            [.. segment.Removed.Members().Select(category => category.Word())],
            segment.Before.Kind.Word(), segment.After.Kind.Word(), segment.Before.Score, segment.After.Score);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DiffResponse))]
[JsonSerializable(typeof(ChangedSegmentResponse))]
public sealed partial class DiffJson : JsonSerializerContext;

/// <summary>The segments that differ as NDJSON.</summary>
public static class DiffLines
{
    const int FlushedLines = 1_000;

    public static async Task WriteAsync(IEnumerable<ChangedSegment> segments, Stream output, CancellationToken cancelled)
    {
        using var lines = new MemoryStream();
        var count = 0;
        foreach (var segment in segments)
        {
            JsonSerializer.Serialize(lines, ChangedSegmentResponse.Of(segment), DiffJson.Default.ChangedSegmentResponse);
            lines.WriteByte((byte)'\n');
            if (++count % FlushedLines == 0)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }
        await FlushAsync().ConfigureAwait(false);

        async Task FlushAsync()
        {
            await output.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancelled).ConfigureAwait(false);
            lines.SetLength(0);
        }
    }
}
