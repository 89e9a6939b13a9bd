namespace AcquireInfra.Enrichment.Sentinel.Tests.Detections;

/// <summary>Columns of our watchlists, by alias, from the first line of the files that they are deployed with.</summary>
internal static class WatchlistSchemas
{
    public static IReadOnlyDictionary<string, string[]> ByAlias { get; } = ShippedContent.Names("watchlists", "*.csv").ToDictionary(
        AliasOf, name => HeaderOf(ShippedContent.Text("watchlists", name)).Split(','));

    public static string AliasOf(string fileName) =>
        fileName == "anonymizer-domains.csv" ? "AcquireInfraDomains" : Path.GetFileNameWithoutExtension(fileName);

    public static string HeaderOf(string csv) => csv[..csv.IndexOf('\n', StringComparison.Ordinal)].TrimEnd('\r');
}
