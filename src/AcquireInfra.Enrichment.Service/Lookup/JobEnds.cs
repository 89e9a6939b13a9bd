using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>
/// What ends a bulk job from outside. Past its deadline, and when the service stops, its input ends and its answer says why; where that
/// does not help, because the other side neither sends nor reads on, the connection is cut.
/// </summary>
internal sealed class JobEnds : IDisposable
{
    // Slower than this is no reader: 32 KiB in it is more than the 240 B/s that the web server asks for.
    static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    readonly ITimer _deadline;
    readonly ITimer _cut;
    readonly ITimer _watch;
    readonly CancellationTokenRegistration _ending;

    /// <param name="hasSentAll">Whether the sender is at its end: before that, nobody need read.</param>
    public JobEnds(HttpContext context, Spool spool, AnswerStream answer, Func<bool> hasSentAll, TimeSpan deadline, Drain drain, TimeProvider time)
    {
        _deadline = time.CreateTimer(_ => spool.Fail(new BulkEndedException(Late(deadline))), null, deadline, Timeout.InfiniteTimeSpan);
        _cut = time.CreateTimer(_ => context.Abort(), null, deadline + Grace, Timeout.InfiniteTimeSpan);
        _watch = time.CreateTimer(
            _ =>
            {
                if (hasSentAll() && answer.Standstill > LongestStandstill)
                {
                    context.Abort();
                }
            },
            null, Period, Period);
        _ending = drain.Ending.Register(() => spool.Fail(new BulkEndedException(Stopping)));
    }

    static BulkProblem Stopping => new(ProblemKind.Stopping, "The service is stopping. What was answered stands; send the rest again.");

    static BulkProblem Late(TimeSpan deadline) =>
        new(ProblemKind.DeadlineExceeded, $"A stream takes at most {deadline}. What was answered stands; send the rest again.");

    public void Dispose()
    {
        _deadline.Dispose();
        _cut.Dispose();
        _watch.Dispose();
        _ending.Dispose();
    }
}

/// <summary>Why a job ended early.</summary>
internal sealed record BulkProblem(ProblemKind Kind, string Detail);

internal sealed class BulkEndedException(BulkProblem problem) : Exception(problem.Detail)
{
    public BulkProblem Problem => problem;
}
