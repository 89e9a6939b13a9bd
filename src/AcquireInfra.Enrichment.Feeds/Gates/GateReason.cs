using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Feeds.Gates;

/// <summary>Why a version of a source was refused. The words are contract: metric tags, state files, answers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateReason>))]
public enum GateReason
{
    /// <summary>It cannot be read at all: no database, no such column.</summary>
    [JsonStringEnumMemberName("broken")]
    Broken,

    /// <summary>A page where data should be.</summary>
    [JsonStringEnumMemberName("html")]
    Html,

    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>It ends before its end, or is more than may be read.</summary>
    [JsonStringEnumMemberName("cut")]
    Cut,

    [JsonStringEnumMemberName("unparsable")]
    Unparsable,

    [JsonStringEnumMemberName("too_wide")]
    TooWide,

    [JsonStringEnumMemberName("covers_too_much")]
    CoversTooMuch,

    [JsonStringEnumMemberName("shrank")]
    Shrank,

    [JsonStringEnumMemberName("removed")]
    Removed,

    [JsonStringEnumMemberName("grew")]
    Grew,

    [JsonStringEnumMemberName("coverage_changed")]
    CoverageChanged,

    /// <summary>Its own date lies before that of the version in use.</summary>
    [JsonStringEnumMemberName("older")]
    Older,
}

public static class GateReasons
{
    static readonly string[] Words =
    [
        "broken", "html", "empty", "cut", "unparsable", "too_wide", "covers_too_much", "shrank", "removed", "grew", "coverage_changed", "older",
    ];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this GateReason reason) => Words[(int)reason];
}

/// <summary>One gate that a version did not pass.</summary>
/// <param name="Detail">Given and allowed, in a clause.</param>
public sealed record GateFault(GateReason Reason, string Detail)
{
    /// <summary>Wrong whatever came before: only an operator may let it pass. The others may be news, and pass in time.</summary>
    [JsonIgnore]
    public bool IsPoison => Reason < GateReason.Shrank;
}
