namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>
/// What a new version of a source may differ by from the one before. The defaults come from 699 consecutive versions of two big lists:
/// they shrank by 4 % at most, grew by 49 %, lost 10 % of their lines and changed the space they cover by 4 %.
/// </summary>
public sealed record GateSettings
{
    /// <summary>Share of the entries, or of the records, by count, that may be fewer. Default 0.2.</summary>
    public double MaxShrink { get; set; } = 0.20;

    /// <summary>Share of the entries that may be gone, whatever came in their place. Default 0.25.</summary>
    public double MaxRemoved { get; set; } = 0.25;

    /// <summary>Share of the entries, by count, that may be more. Default 1: twice as many.</summary>
    public double MaxGrowth { get; set; } = 1.00;

    /// <summary>Share of the covered space, of either family, that may be less, or more than its further entries explain. Default 0.25.</summary>
    public double MaxCoverageChange { get; set; } = 0.25;

    /// <summary>Share of all IPv4 addresses that may be covered; an ASN table may cover all. Default 0.2.</summary>
    public double MaxIPv4Share { get; set; } = 0.20;

    /// <summary>Share of the records that may be unreadable. Default 0.01.</summary>
    public double MaxUnparsable { get; set; } = 0.01;

    /// <summary>Shortest IPv4 prefix, in bits, that may occur. Default 8, of an ASN table at most 6: its rows are neighbours made one.</summary>
    public int MinIPv4Length { get; set; } = 8;

    /// <summary>Shortest IPv6 prefix, in bits, that may occur. Default 16.</summary>
    public int MinIPv6Length { get; set; } = 16;
}
