using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.History;

/// <summary>Which snapshot was live when.</summary>
/// <param name="LiveId">Null until there is one.</param>
/// <param name="Pin">Null where the newest snapshot is to be live.</param>
/// <param name="Periods">The newest first.</param>
internal sealed record SnapshotsResponse(string? LiveId, PinResponse? Pin, IReadOnlyList<PeriodResponse> Periods);

/// <summary>What is live stays live, whatever is compiled.</summary>
/// <param name="Reason">Who decided, and why.</param>
internal sealed record PinResponse(string SnapshotId, DateTime Since, string Reason)
{
    public static PinResponse? From(SnapshotPin? pin) => pin is null ? null : new(pin.SnapshotId, pin.Since.UtcDateTime, pin.Reason);
}

/// <summary>A time for which one snapshot was live, under one policy.</summary>
/// <param name="Until">When the next one went live; null for the last.</param>
/// <param name="IsKept">Whether its file is there, so that it can be asked about and made live.</param>
/// <param name="Because">Who made it live, and why; null where it was simply the newest.</param>
/// <param name="DeletedBecause">Why its file is gone.</param>
/// <param name="MayBeKeptUntil">When the licence of a source asks for the file to be deleted.</param>
internal sealed record PeriodResponse(
    string SnapshotId, DateTime From, DateTime? Until, bool IsKept, DateTime DataAsOf, long FileBytes, string PolicyId, string? Because,
    string? DeletedBecause, DateTime? MayBeKeptUntil)
{
    public static PeriodResponse Of(LivePeriod period, LivePeriod? next, bool isKept) => new(
        period.SnapshotId, period.From.UtcDateTime, next?.From.UtcDateTime, isKept, period.DataAsOf.UtcDateTime, period.FileBytes, period.PolicyId,
        period.Because, period.DeletedBecause, period.MayBeKeptUntil?.UtcDateTime);
}

/// <param name="Reason">Why, in 1 to 500 characters; kept, and shown to whoever may look up.</param>
internal sealed record ChoiceRequest(string? Reason);

/// <summary>A verdict of some time, without what led to it.</summary>
/// <param name="JudgedAt">The whole UTC hour.</param>
internal sealed record PastVerdict(
    string Verdict, string? Level, int? Score, IReadOnlyList<string> Categories, string? Provider, uint? Asn, string SnapshotId, DateTime JudgedAt)
{
    public static PastVerdict Of(Judge judge, Address address)
    {
        var facts = ProfileFacts.Of(judge, judge.Snapshot.Find(address), SpecialPurpose.ScopeOf(address), !address.IsIPv4, judge.MatchOf(address));
        var verdict = facts.Verdict;
        return new(
            verdict.Kind.Word(), verdict.IsSpecial ? null : verdict.Level.Word(), verdict.IsSpecial ? null : verdict.Score,
            [.. facts.Categories.Select(category => category.Word())], facts.Provider, facts.Asn?.Asn.Number, judge.Snapshot.Id, judge.At.UtcDateTime);
    }

    /// <summary>Whether it says the same. The score alone is no news: it falls from day to day.</summary>
    public bool SaysTheSameAs(PastVerdict other) =>
        (Verdict, Level, Provider, Asn) == (other.Verdict, other.Level, other.Provider, other.Asn) && Categories.SequenceEqual(other.Categories);
}

/// <summary>Verdicts of then and of now.</summary>
/// <param name="SnapshotId">What is live now.</param>
internal sealed record RetroResponse(IReadOnlyList<RetroItem> Results, RetroSummary Summary, string SnapshotId);

/// <param name="Changed">How many verdicts are not the same.</param>
internal sealed record RetroSummary(int Total, int Ok, int Failed, int Changed);

/// <summary>One of both: two verdicts and what is between them, or an error.</summary>
/// <param name="Input">The address as it was given.</param>
/// <param name="Changed">Whether verdict, level, categories, provider or ASN differ.</param>
/// <param name="Added">Categories that it is in now and was not then.</param>
/// <param name="Removed">Categories that it was in then and is not now.</param>
internal sealed record RetroItem(
    string Input,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Ip = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PastVerdict? Then = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PastVerdict? Now = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Changed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Added = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Removed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorResponse? Error = null);

/// <summary>What was said of an address, as far back as snapshots are kept.</summary>
/// <param name="Periods">The newest first; each has the verdict as it was at the end of its time, the newest that of now; there are gaps where nothing is kept.</param>
/// <param name="Truncated">Whether there are more.</param>
internal sealed record AddressHistoryResponse(string Ip, string Scope, IReadOnlyList<AddressPeriod> Periods, bool Truncated);

/// <param name="Until">Null for the present.</param>
internal sealed record AddressPeriod(DateTime From, DateTime? Until, PastVerdict Verdict);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SnapshotsResponse))]
[JsonSerializable(typeof(ChoiceRequest))]
[JsonSerializable(typeof(RetroResponse))]
[JsonSerializable(typeof(AddressHistoryResponse))]
internal sealed partial class HistoryJson : JsonSerializerContext;
