namespace AcquireInfra.Enrichment.Feeds.Refreshing;

/// <summary>What came of one refresh. The words are metric tags.</summary>
public enum RefreshOutcome
{
    /// <summary>There is a new version to compile.</summary>
    Accepted = 0,

    /// <summary>The publisher was reached, and has nothing new.</summary>
    Unchanged,

    /// <summary>A gate refused what is published; what was there stays.</summary>
    Refused,

    /// <summary>The publisher could not be reached, or the state folder not be written.</summary>
    Failed,

    /// <summary>Another process is at it.</summary>
    Busy,
}

public static class RefreshOutcomes
{
    static readonly string[] Words = ["accepted", "unchanged", "refused", "failed", "busy"];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this RefreshOutcome outcome) => Words[(int)outcome];
}

/// <summary>What came of one refresh of one source.</summary>
/// <param name="Reason">Word of the gate (refused) or of the fault (failed); <c>state_folder</c> where our disk is at fault; else null.</param>
/// <param name="Detail">The same in words, without secrets; null where all is well.</param>
/// <param name="State">The source's state after it.</param>
public sealed record RefreshReport(string SourceId, RefreshOutcome Outcome, string? Reason, string? Detail, FeedState State);
