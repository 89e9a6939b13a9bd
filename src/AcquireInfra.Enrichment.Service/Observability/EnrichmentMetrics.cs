using System.Diagnostics;
using System.Diagnostics.Metrics;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Refreshing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Service.Observability;

/// <summary>
/// Every metric of ours. Units are UCUM's. Tags come from closed sets: doors, problem codes, limits, the sources of the manifest, and the
/// live snapshot; never an address, a path or a caller.
/// </summary>
internal sealed class EnrichmentMetrics
{
    public const string MeterName = "AcquireInfra.Enrichment";

    // A look-up takes microseconds, a stream minutes.
    static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
            [0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300],
    };

    readonly SnapshotHolder _snapshots;
    readonly TimeProvider _time;
    readonly Gates _gates;
    readonly Histogram<double> _lookupDuration;
    readonly Counter<long> _addresses;
    readonly Counter<long> _errors;
    readonly Counter<long> _refusals;
    readonly Counter<long> _refreshes;
    readonly Counter<long> _refusedVersions;
    readonly Counter<long> _compilations;
    readonly Counter<long> _asked;
    readonly Counter<long> _found;
    readonly Counter<long> _redis;
    readonly SourceCatalog _catalog;
    string? _shown;
    string? _shownBefore;
    long _swappedAtTicks;

    public EnrichmentMetrics(IMeterFactory meters, SnapshotHolder snapshots, Gates gates, SourceCatalog catalog, TimeProvider time)
    {
        (_snapshots, _gates, _catalog, _time) = (snapshots, gates, catalog, time);
        var meter = meters.Create(MeterName);
        _lookupDuration = meter.CreateHistogram(
            "enrichment.lookup.duration", "s", "From the request read to its answer made, by door; of streams, to their end.", advice: Durations);
        _addresses = meter.CreateCounter<long>("enrichment.lookup.addresses", "{address}", "Addresses judged, by door.");
        _errors = meter.CreateCounter<long>("enrichment.errors", "{error}", "Requests that failed, by the code of the problem.");
        _refusals = meter.CreateCounter<long>("enrichment.refusals", "{request}", "Requests that a limit refused, by which.");
        meter.CreateObservableGauge("enrichment.active", Active, "{request}", "What the limits let in and is not answered yet, by limit.");
        meter.CreateObservableGauge("enrichment.snapshot.info", Info, "1", "1 for the live snapshot by the head of its id, 0 for those before.");
        meter.CreateObservableGauge("enrichment.snapshot.age", Age, "s", "Since the date of the newest data in the live snapshot.");
        meter.CreateObservableGauge("enrichment.snapshot.swapped", Swapped, "s", "When the live snapshot went live, in Unix time.");
        meter.CreateObservableGauge("enrichment.source.age", Sources, "s", "Since the source's own date, by source.");
        meter.CreateObservableGauge("enrichment.source.next_due", NextDue, "s", "When the source is refreshed next, in Unix time, by source.");
        meter.CreateObservableGauge("enrichment.source.held", Held, "1", "1 while a version of the source is refused and held, else 0, by source.");
        _refreshes = meter.CreateCounter<long>("enrichment.refresh.attempts", "{attempt}", "Refreshes, by source and outcome.");
        _refusedVersions = meter.CreateCounter<long>("enrichment.refresh.refused", "{attempt}", "Refreshes that a gate refused, by source and reason.");
        _asked = meter.CreateCounter<long>("enrichment.deep.queries", "{query}", "Questions to third parties, by provider and outcome.");
        _found = meter.CreateCounter<long>("enrichment.deep.lookups", "{lookup}", "Deep look-ups, by where the findings were: process, redis or asked.");
        _redis = meter.CreateCounter<long>("enrichment.redis.operations", "{operation}", "Operations on Redis, by operation and outcome.");
        _compilations = meter.CreateCounter<long>("enrichment.snapshot.compilations", "{compilation}", "Compilations, by outcome.");
    }

    /// <param name="door">A <see cref="LookupDoor"/>.</param>
    /// <param name="began">A timestamp of <see cref="Stopwatch"/>.</param>
    public void Answered(string door, int addresses, long began)
    {
        _lookupDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("door", door));
        _addresses.Add(addresses, new KeyValuePair<string, object?>("door", door));
    }

    /// <param name="code">Of a <see cref="Exports.ProblemKind"/>.</param>
    public void Failed(string code) => _errors.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <param name="reason">Of a <see cref="Refusal"/>.</param>
    public void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <param name="outcome">Of a <see cref="Feeds.Refreshing.RefreshOutcome"/>.</param>
    public void Refreshed(string source, string outcome) => _refreshes.Add(1, new("source", source), new("outcome", outcome));

    /// <param name="reason">Of a <see cref="Feeds.Gates.GateReason"/>.</param>
    public void VersionRefused(string source, string reason) => _refusedVersions.Add(1, new("source", source), new("reason", reason));

    /// <param name="outcome">compiled, unchanged, canaries or failed.</param>
    public void Compiled(string outcome) => _compilations.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="outcome">found, nothing, or the word of a fault.</param>
    public void Asked(string provider, string outcome) => _asked.Add(1, new("provider", provider), new("outcome", outcome));

    /// <param name="place">process, redis or asked.</param>
    public void Found(string place) => _found.Add(1, new KeyValuePair<string, object?>("place", place));

    /// <param name="outcome">ok, timedOut, failed or resting.</param>
    public void AskedRedis(string operation, string outcome) => _redis.Add(1, new("operation", operation), new("outcome", outcome));

    /// <summary>A snapshot has just gone live.</summary>
    public void SnapshotSwapped() => Volatile.Write(ref _swappedAtTicks, _time.GetUtcNow().UtcTicks);

    IEnumerable<Measurement<long>> Active() =>
    [
        new(_gates.Lookups.Active, new KeyValuePair<string, object?>("limit", LimitPolicy.Lookups)),
        new(_gates.Batches.Active, new KeyValuePair<string, object?>("limit", LimitPolicy.Batches)),
        new(_gates.BulkJobs.Active, new KeyValuePair<string, object?>("limit", LimitPolicy.BulkJobs)),
    ];

    // A series that is not measured any more would be exported with its last value for ever, so the one before is set to 0.
    IEnumerable<Measurement<int>> Info()
    {
        const int Head = 12;
        if (_snapshots.Current?.Id[..Head] is { } id && id != _shown)
        {
            (_shown, _shownBefore) = (id, _shown);
        }
        if (_shownBefore is not null)
        {
            yield return new(0, new KeyValuePair<string, object?>("snapshot", _shownBefore));
        }
        if (_shown is not null)
        {
            yield return new(1, new KeyValuePair<string, object?>("snapshot", _shown));
        }
    }

    IEnumerable<Measurement<double>> Age() => _snapshots.Current is { } snapshot ? [new(SecondsSince(snapshot.DataAsOf))] : [];

    IEnumerable<Measurement<double>> Swapped() => Volatile.Read(ref _swappedAtTicks) is > 0 and var ticks
        ? [new((ticks - DateTimeOffset.UnixEpoch.UtcTicks) / (double)TimeSpan.TicksPerSecond)]
        : [];

    IEnumerable<Measurement<double>> Sources() => _snapshots.Current?.Sources.Select(source =>
        new Measurement<double>(SecondsSince(source.AsOf), new KeyValuePair<string, object?>("source", source.Id))) ?? [];

    IEnumerable<Measurement<double>> NextDue() => _catalog.States.Where(pair => pair.Value.NextDueAt is not null).Select(pair =>
        new Measurement<double>(pair.Value.NextDueAt!.Value.ToUnixTimeMilliseconds() / 1000.0, new KeyValuePair<string, object?>("source", pair.Key)));

    IEnumerable<Measurement<int>> Held() => _catalog.States.Select(pair =>
        new Measurement<int>(pair.Value.Held is null ? 0 : 1, new KeyValuePair<string, object?>("source", pair.Key)));

    double SecondsSince(DateTimeOffset at) => (_time.GetUtcNow() - at).TotalSeconds;
}
