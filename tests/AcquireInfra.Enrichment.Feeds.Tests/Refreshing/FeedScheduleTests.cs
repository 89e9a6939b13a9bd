using AcquireInfra.Enrichment.Feeds.Refreshing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Refreshing;

public sealed class FeedScheduleTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(60, 0, null, 0.0, 60)]
    [InlineData(60, 0, null, 1.0, 72)]      // a fifth of the interval is left to chance
    [InlineData(60, 1, null, 0.0, 1)]
    [InlineData(60, 2, null, 0.0, 2)]
    [InlineData(60, 5, null, 0.5, 17.6)]
    [InlineData(60, 9, null, 0.0, 256)]     // a publisher that has gone is asked less often than one that is there
    [InlineData(60, 10, null, 0.0, 360)]
    [InlineData(60, 1_000, null, 0.0, 360)]
    [InlineData(60, 1, 30, 0.0, 30)]
    [InlineData(60, 6, 30, 0.0, 32)]        // the longer of the two
    [InlineData(60, 1, 5_000_000, 0.0, 1_440)]
    [InlineData(60, 1, -5, 0.0, 1)]
    public void NextDue_AfterAnAttempt_IsIntervalOrBackOff(int intervalMinutes, int failures, int? retryAfterMinutes, double chance, double expectedMinutes)
    {
        var retryAfter = retryAfterMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : (TimeSpan?)null;
        var due = FeedSchedule.NextDue(Now, TimeSpan.FromMinutes(intervalMinutes), failures, retryAfter, chance);
        Assert.Equal(expectedMinutes, (due - Now).TotalMinutes, 6);
    }

    [Theory]
    [InlineData(null, true)]    // never refreshed
    [InlineData(0.0, true)]
    [InlineData(-400.0, true)]
    [InlineData(0.01, false)]
    [InlineData(1.2, false)]    // the longest wait that there is
    [InlineData(1.3, true)]     // written while the clock ran ahead
    [InlineData(4_000.0, true)]
    public void IsDue_ByTheTimeInTheState_IsFromThenOn(double? dueInDays, bool isDue)
    {
        var state = new FeedState { Definition = "", NextDueAt = dueInDays is { } days ? Now.AddDays(days) : null };
        Assert.Equal(isDue, FeedSchedule.IsDue(state, TimeSpan.FromHours(1), Now));
    }
}
