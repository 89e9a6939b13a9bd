namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>A clock that says what it is told, and whose timers run as the system's.</summary>
internal sealed class Clock : TimeProvider
{
    long _ticks;

    public DateTimeOffset Now
    {
        get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
        set => Volatile.Write(ref _ticks, value.UtcTicks);
    }

    /// <summary>Done once, when the time is next asked for.</summary>
    public Action? WhenAsked { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        var action = WhenAsked;
        WhenAsked = null;
        action?.Invoke();
        return Now;
    }
}
