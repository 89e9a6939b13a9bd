using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>What a snapshot says of a source: its manifest entry, and what its files gave.</summary>
internal static class SourceDescription
{
    /// <param name="roles">Rows of a role table; 0 for the other kinds.</param>
    /// <param name="isWhole">Whether all of its files were read whole; else it covers nothing.</param>
    public static SourceInfo Of(SourceEntry entry, IReadOnlyList<LoadedFile> files, int roles, bool isWhole) => new()
    {
        Id = entry.Id,
        Name = entry.Name,
        Kind = entry.Kind,
        Family = entry.Family ?? entry.Id,
        Categories = entry.Categories,
        Covers = isWhole ? CoversOf(entry) : [],
        Provider = entry.Provider,
        IPv4 = files.Any(file => HasFamily(file.Content, isIPv4: true)) || roles > 0,
        IPv6 = files.Any(file => HasFamily(file.Content, isIPv4: false)) || roles > 0,
        Reliability = entry.Reliability,
        ReliabilityByCategory = entry.ReliabilityByCategory,
        Authoritative = entry.Authoritative,
        Exportable = entry.Exportable,
        Licence = entry.Licence,
        Attribution = entry.Attribution,
        Homepage = entry.Homepage,
        AsOf = files.Min(file => file.AsOf), // a source is not fresher than its stalest part
        HoldOff = entry.HoldOffDays is { } holdOff ? TimeSpan.FromDays(holdOff) : null,
        MaxAge = entry.MaxAgeDays is { } maxAge ? TimeSpan.FromDays(maxAge) : null,
        Entries = files.Sum(file => file.Content.Entries.Length + file.Content.Asns.Length) + roles,
        Faults = files.Sum(file => file.Content.FaultCount),
    };

    static IReadOnlyList<string> CoversOf(SourceEntry entry) =>
        entry.Covers ?? (entry.Format?.CategoryFlags.Count > 0 ? [.. entry.Format.CategoryFlags.Values.Distinct()] : entry.Categories);

    // A list of ASNs speaks for both families.
    static bool HasFamily(FeedContent content, bool isIPv4)
    {
        foreach (var entry in content.Entries)
        {
            if (entry.Prefix.IsIPv4 == isIPv4)
            {
                return true;
            }
        }
        return content.Asns.Length > 0;
    }
}
