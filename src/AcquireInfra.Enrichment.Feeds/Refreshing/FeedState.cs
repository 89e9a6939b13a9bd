using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Refreshing;

/// <summary>What is known of one source that is refreshed: <c>feeds/{id}/state.json</c>, written whole after each attempt.</summary>
public sealed record FeedState
{
    /// <summary>Of the manifest entry that all of this is about: another address or format makes another source.</summary>
    public required string Definition { get; init; }

    /// <summary>The version in use; null: none was accepted yet.</summary>
    public FeedVersion? Accepted { get; set; }

    /// <summary>Files of the version before it, which may be read at this moment; they go with the next refresh.</summary>
    public IReadOnlyList<string> Replaced { get; set; } = [];

    /// <summary>The version that is published now and was refused; its bytes are kept, for an operator to accept.</summary>
    public RefusedVersion? Held { get; set; }

    /// <summary>Earlier ones, the latest first, without their bytes: they are not parsed again.</summary>
    public IReadOnlyList<RefusedVersion> Refused { get; set; } = [];

    /// <summary>What was published at the last look, one for each url.</summary>
    public IReadOnlyList<SeenFile> Seen { get; set; } = [];

    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>When the publisher was last reached, whatever came of it.</summary>
    public DateTimeOffset? LastSuccessAt { get; set; }

    public DateTimeOffset? NextDueAt { get; set; }

    /// <summary>Attempts that failed since the last that did not.</summary>
    public int Failures { get; set; }

    /// <summary>Word of a <see cref="FetchFault"/> where the last attempt failed; else null.</summary>
    public string? Problem { get; set; }

    public string? ProblemDetail { get; set; }

    /// <summary>The state once a version is in use.</summary>
    internal FeedState With(FeedVersion accepted) => this with { Accepted = accepted, Replaced = Accepted?.Files ?? [], Held = null };
}

/// <summary>One version of a source: the files of all its urls.</summary>
public sealed record FeedVersion
{
    /// <summary>SHA-256 over the hashes of its files, in lower case.</summary>
    public required string Hash { get; init; }

    /// <summary>Names in the source's folder.</summary>
    public IReadOnlyList<string> Files { get; set; } = [];

    /// <summary>The publisher's date of its oldest file; null where it gave none.</summary>
    public DateTimeOffset? PublishedAt { get; set; }

    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>When it was last seen to be what is published.</summary>
    public required DateTimeOffset ConfirmedAt { get; init; }

    /// <summary>Null where it could not be read.</summary>
    public FeedFacts? Facts { get; set; }

    /// <summary>Why it was accepted although a gate refused it; null: it passed.</summary>
    public string? AcceptedBecause { get; set; }
}

/// <param name="Faults">The gates that it did not pass, the gravest first.</param>
/// <param name="Gates">Their numbers: with others it is looked at anew.</param>
/// <param name="FirstSeenAt">Of the looks that found it, one after another, the first.</param>
/// <param name="TimesSeen">How many looks.</param>
public sealed record RefusedVersion(
    FeedVersion Version, IReadOnlyList<GateFault> Faults, GateSettings Gates, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, int TimesSeen)
{
    const int LooksToBelieve = 3;
    static readonly TimeSpan TimeToBelieve = TimeSpan.FromDays(1);

    /// <summary>Whether it has been published for so long that the change is news and no accident. Poison never is.</summary>
    [JsonIgnore]
    public bool IsBelieved => !Faults.Any(fault => fault.IsPoison) && TimesSeen >= LooksToBelieve && LastSeenAt - FirstSeenAt >= TimeToBelieve;
}

/// <summary>One file as last seen: of which bytes, and what to ask with.</summary>
public sealed record SeenFile(string Url, string Sha256, Validators Validators);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(FeedState))]
internal sealed partial class FeedStateJson : JsonSerializerContext;
