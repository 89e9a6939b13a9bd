using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>What is known of the addresses of an incident: flat, and nowhere null, so that a playbook needs no schema and no loop.</summary>
public sealed record IncidentAnswer
{
    /// <summary>Of the incident that was asked about; empty where there was none.</summary>
    public required string IncidentArmId { get; init; }

    /// <summary>All entities that were given.</summary>
    public required int EntityCount { get; init; }

    /// <summary>Global addresses, which are judged.</summary>
    public required int EnrichedCount { get; init; }

    /// <summary>Texts that are no address, addresses that are not global, and duplicates.</summary>
    public required int SkippedCount { get; init; }

    /// <summary>Entities that name no address.</summary>
    public required int OtherEntityCount { get; init; }

    /// <summary>Addresses whose level is medium at least.</summary>
    public required int RiskyCount { get; init; }

    /// <summary>Addresses of which neither evidence nor a role is known.</summary>
    public required int UnlistedCount { get; init; }

    /// <summary>Addresses that an override allows.</summary>
    public required int AllowedCount { get; init; }

    /// <summary>Addresses on which the verdict of now is another; 0 where it is now that was asked for.</summary>
    public required int ChangedCount { get; init; }

    /// <summary>0..100, of the first item; 0 where there is none.</summary>
    public required int MaxScore { get; init; }

    /// <summary>Level of the first item; empty where there is none.</summary>
    public required string Level { get; init; }

    /// <summary>Verdict on the first item; empty where there is none.</summary>
    public required string Verdict { get; init; }

    /// <summary>Categories of all addresses, those of the highest score first, parted by commas.</summary>
    public required string Categories { get; init; }

    /// <summary>The same as an array.</summary>
    public required IReadOnlyList<string> CategoryList { get; init; }

    /// <summary>As it was given.</summary>
    public required string Severity { get; init; }

    /// <summary>Never lower than the one that was given.</summary>
    public required string SuggestedSeverity { get; init; }

    /// <summary>Whether the suggested severity is higher than the one that was given.</summary>
    public required bool SeverityRaised { get; init; }

    /// <summary>A tag for each category that speaks against an address which no override allows.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The same, as Sentinel's "update incident" takes them.</summary>
    public required IReadOnlyList<IncidentTag> TagsToAdd { get; init; }

    /// <summary>A comment for the incident, as HTML in which nothing of anyone else's is markup.</summary>
    public required string CommentHtml { get; init; }

    /// <summary>Whether rows are left out of the comment, for it would be too long.</summary>
    public required bool Truncated { get; init; }

    /// <summary>Whether one of the comments that were sent is ours.</summary>
    public required bool AlreadyCommented { get; init; }

    /// <summary>Whether the comment says what none of ours says; false means that it would only repeat it.</summary>
    public required bool CommentChanged { get; init; }

    /// <summary>Name of our last comment, which can be changed; empty where there is none, or its name was not sent.</summary>
    public required string ExistingCommentName { get; init; }

    /// <summary>The highest score first.</summary>
    public required IReadOnlyList<IncidentItem> Items { get; init; }

    public required IReadOnlyList<SkippedEntity> Skipped { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Categories that no fresh source covers at some of the addresses, parted by commas: unknown, not absent.</summary>
    public required string Unassessed { get; init; }

    public required string SnapshotId { get; init; }

    public required string PolicyVersion { get; init; }

    public required long OverridesRevision { get; init; }

    /// <summary>The whole UTC hour the verdicts are for.</summary>
    public required DateTime JudgedAt { get; init; }
}

/// <param name="Tag">The text of the tag.</param>
public sealed record IncidentTag([property: JsonPropertyName("Tag")] string Tag);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IncidentAnswer))]
public sealed partial class IncidentJson : JsonSerializerContext;
