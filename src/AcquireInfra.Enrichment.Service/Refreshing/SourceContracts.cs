using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Refreshing;

/// <summary>All sources, and what they are good for together.</summary>
/// <param name="Coverage">Each category that is assessed, and the fresh sources that cover it.</param>
/// <param name="UncoveredIPv4">Categories that are unknown of every IPv4 address.</param>
/// <param name="UncoveredIPv6">Categories that are unknown of every IPv6 address.</param>
/// <param name="SnapshotId">What the ages are of; null while there is none.</param>
internal sealed record SourcesResponse(
    IReadOnlyList<SourceResponse> Sources,
    IReadOnlyList<CategoryCoverage> Coverage,
    [property: JsonPropertyName("uncoveredIpv4")] IReadOnlyList<string> UncoveredIPv4,
    [property: JsonPropertyName("uncoveredIpv6")] IReadOnlyList<string> UncoveredIPv6,
    string? SnapshotId)
{
    public static SourcesResponse From(SourceCatalog catalog, Judge? judge, DateTimeOffset now)
    {
        var configured = catalog.Configured;
        return new(
            [.. configured.Sources.Select(source => source.Entry).Concat(configured.SwitchedOff).Select(entry => SourceResponse.From(entry, catalog, judge, now))],
            judge is null ? [] : [.. Categories.All.Select((word, at) => CategoryCoverage.Of((Category)at, judge))],
            judge is null ? [] : [.. judge.UncoveredAnywhere(isIPv6: false).Select(category => category.Word())],
            judge is null ? [] : [.. judge.UncoveredAnywhere(isIPv6: true).Select(category => category.Word())],
            judge?.Snapshot.Id);
    }
}

internal sealed record CategoryCoverage(string Category, IReadOnlyList<string> Sources)
{
    public static CategoryCoverage Of(Category category, Judge judge) => new(
        category.Word(), [.. judge.Snapshot.Sources.Where(source => judge.CoveredBy(source).Has(category)).Select(source => source.Id)]);
}

/// <summary>A source: what it is, how fresh the live snapshot's data of it is, and how its refreshes go.</summary>
/// <param name="AsOf">The data's own date, UTC; null where the live snapshot has none of it.</param>
/// <param name="IsStale">Past its maximum age in all of its categories: it covers nothing.</param>
/// <param name="LastAttemptAt">Null where it was never refreshed.</param>
/// <param name="LastSuccessAt">When its publisher was last reached.</param>
/// <param name="Failures">Attempts that failed since then.</param>
/// <param name="Problem">Fixed word for why the last one did, <c>broken</c> where its files could not be read for the live snapshot; else null.</param>
/// <param name="Detail">The same in words.</param>
/// <param name="Held">The version that is published and was refused.</param>
internal sealed record SourceResponse(
    string Id, string Name, bool Enabled, SourceKind Kind, IReadOnlyList<string> Categories, double Reliability, string Family, string Licence,
    string? Attribution, bool Exportable, DateTime? AsOf, long? AgeSeconds, int? Entries, bool? IsStale, DateTime? LastAttemptAt,
    DateTime? LastSuccessAt, DateTime? NextDueAt, int Failures, string? Problem, string? Detail, HeldVersion? Held)
{
    public static SourceResponse From(SourceEntry entry, SourceCatalog catalog, Judge? judge, DateTimeOffset now)
    {
        var live = judge?.Snapshot.Sources.FirstOrDefault(source => source.Id == entry.Id);
        var state = catalog.States.GetValueOrDefault(entry.Id);
        var trouble = catalog.Broken.GetValueOrDefault(entry.Id);
        return new(
            entry.Id, entry.Name, entry.Enabled, entry.Kind, entry.Categories, entry.Reliability, entry.Family ?? entry.Id, entry.Licence,
            entry.Attribution, entry.Exportable, live?.AsOf.UtcDateTime, live is null ? null : (long)Math.Max(0, (now - live.AsOf).TotalSeconds),
            live?.Entries, live is null ? null : judge!.IsStale(live), state?.LastAttemptAt?.UtcDateTime, state?.LastSuccessAt?.UtcDateTime,
            state?.NextDueAt?.UtcDateTime, state?.Failures ?? 0, state?.Problem ?? (trouble is null ? null : "broken"),
            state?.ProblemDetail ?? trouble, HeldVersion.From(state?.Held));
    }
}

/// <param name="Hash">To accept it by.</param>
/// <param name="Reasons">The gates that it did not pass, the gravest first.</param>
/// <param name="TimesSeen">Refreshes that found it.</param>
internal sealed record HeldVersion(string Hash, IReadOnlyList<HeldReason> Reasons, DateTime FirstSeenAt, int TimesSeen)
{
    public static HeldVersion? From(RefusedVersion? refused) => refused is null ? null : new(
        refused.Version.Hash, [.. refused.Faults.Select(fault => new HeldReason(fault.Reason.Word(), fault.Detail))],
        refused.FirstSeenAt.UtcDateTime, refused.TimesSeen);
}

/// <param name="Reason">Fixed word.</param>
/// <param name="Detail">What was found and what is allowed.</param>
internal sealed record HeldReason(string Reason, string Detail);

/// <summary>Lets a version pass that was refused.</summary>
/// <param name="Hash">Of the version that is held.</param>
/// <param name="Reason">Why it is right after all; kept with it. At most 500 characters.</param>
internal sealed record AcceptRequest(string Hash, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SourcesResponse))]
[JsonSerializable(typeof(AcceptRequest))]
internal sealed partial class SourcesJson : JsonSerializerContext;
