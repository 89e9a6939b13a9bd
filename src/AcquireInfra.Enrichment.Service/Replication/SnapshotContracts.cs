using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Replication;

/// <summary>The live snapshot.</summary>
/// <param name="Id">First half of the SHA-256 of its content, in hex; the ETag of its file.</param>
/// <param name="DataAsOf">Date of its newest source, UTC.</param>
internal sealed record SnapshotResponse(
    string Id, string PolicyVersion, long OverridesRevision, DateTime DataAsOf, long FileBytes, IReadOnlyList<SnapshotSource> Sources)
{
    public static SnapshotResponse From(Judge judge) => new(
        judge.Snapshot.Id, judge.PolicyVersion, judge.Overrides.Revision, judge.Snapshot.DataAsOf.UtcDateTime, judge.Snapshot.FileBytes,
        [.. judge.Snapshot.Sources.Select(SnapshotSource.From)]);
}

/// <summary>A source of the snapshot, and on what terms its data may be passed on.</summary>
/// <param name="AsOf">The data's own date, UTC.</param>
internal sealed record SnapshotSource(
    string Id, string Name, DateTime AsOf, int Entries, bool Exportable, string Licence, string? Attribution)
{
    public static SnapshotSource From(SourceInfo source) => new(
        source.Id, source.Name, source.AsOf.UtcDateTime, source.Entries, source.Exportable, source.Licence, source.Attribution);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SnapshotResponse))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
