using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What somebody who was asked about one address says of it now. No source of the snapshot: who, and how far to trust it, comes along.</summary>
/// <param name="Strength">0..1: how sure it is, apart from the network that the address is in; it has no age.</param>
public sealed record LiveEvidence(SourceInfo Source, Category Category, string? Provider, double Strength);

/// <summary>What was found out about one address beyond the snapshot.</summary>
/// <param name="Covered">Categories of which whoever was asked would have said so: the address is not in them unless there is evidence.</param>
public sealed record LiveFindings(IReadOnlyList<LiveEvidence> Evidence, CategorySet Covered)
{
    public static LiveFindings None { get; } = new([], CategorySet.Empty);
}
