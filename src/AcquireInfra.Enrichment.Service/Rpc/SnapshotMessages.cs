using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Snapshots, sources and ASNs as messages.</summary>
internal static class SnapshotMessages
{
    public static V1.Snapshot Of(Judge judge) => new()
    {
        SnapshotId = judge.Snapshot.Id,
        PolicyVersion = judge.PolicyVersion,
        DataAsOf = judge.Snapshot.DataAsOf.ToTimestamp(),
        FileBytes = judge.Snapshot.FileBytes,
        OverridesRevision = judge.Overrides.Revision,
    };

    public static V1.Source Of(SourceInfo source) => new()
    {
        Id = source.Id,
        Name = source.Name,
        AsOf = source.AsOf.ToTimestamp(),
        Categories = { source.Categories.Select(CategoryOf) },
        Exportable = source.Exportable,
        Attribution = source.Attribution ?? "",
    };

    public static V1.GetAsnResponse Of(AsnInfo asn, AsnSpace space, Snapshot snapshot) => new()
    {
        Asn = asn.Asn.Number,
        Name = asn.Name,
        Role = asn.Role.WordIfKnown() ?? "",
        Provider = asn.Provider,
        Ipv4 = Of(space.IPv4),
        Ipv6 = Of(space.IPv6),
        SnapshotId = snapshot.Id,
    };

    static V1.AddressSpace Of(FamilySpace space) => new()
    {
        Total = space.Total,
        Categories =
        {
            space.Present.Select(category => new V1.CategoryShare { Category = VerdictMessages.Of(category), Count = space.ByCategory[(int)category] }),
        },
    };

    // A snapshot's sources name known categories only: it was compiled from them.
    static V1.Category CategoryOf(string word) =>
        Categories.TryParse(word, out var category) ? VerdictMessages.Of(category) : V1.Category.Unspecified;
}
