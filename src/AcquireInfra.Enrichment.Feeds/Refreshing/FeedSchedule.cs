using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Refreshing;

/// <summary>When a source is to be refreshed.</summary>
public static class FeedSchedule
{
    /// <summary>Share of the interval, or of a wait, that is left to chance: replicas do not ask all at once.</summary>
    public const double Jitter = 0.2;

    static readonly TimeSpan FirstBackOff = TimeSpan.FromMinutes(1);
    static readonly TimeSpan LongestBackOff = TimeSpan.FromHours(6);
    static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(1); // a publisher cannot switch itself off for ever

    /// <summary>Time between two refreshes of a source; a day where it does not say.</summary>
    public static TimeSpan IntervalOf(SourceEntry source) => source.RefreshInterval ?? TimeSpan.FromDays(1);

    /// <summary>The time after an attempt that ended now.</summary>
    /// <param name="failures">Attempts that failed in a row, this one included; 0: it did not fail.</param>
    /// <param name="retryAfter">What the publisher asked for.</param>
    /// <param name="chance">0..1.</param>
    public static DateTimeOffset NextDue(DateTimeOffset now, TimeSpan interval, int failures, TimeSpan? retryAfter, double chance)
    {
        var wait = failures == 0 ? interval : BackOff(failures);
        var asked = retryAfter is not { } given ? TimeSpan.Zero : given < LongestRetryAfter ? given : LongestRetryAfter;
        return now + (wait > asked ? wait : asked) * (1 + Jitter * chance);
    }

    /// <summary>Whether a source is due. A time that no wait reaches was written under a clock that ran ahead, and is not believed.</summary>
    public static bool IsDue(FeedState state, TimeSpan interval, DateTimeOffset now)
    {
        var longest = (interval > LongestRetryAfter ? interval : LongestRetryAfter) * (1 + Jitter);
        return state.NextDueAt is not { } due || due <= now || due > now + longest;
    }

    static TimeSpan BackOff(int failures)
    {
        var wait = FirstBackOff * Math.Pow(2, Math.Min(failures - 1, 16));
        return wait < LongestBackOff ? wait : LongestBackOff;
    }
}
