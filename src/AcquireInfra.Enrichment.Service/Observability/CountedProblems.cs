using System.Diagnostics;

namespace AcquireInfra.Enrichment.Service.Observability;

/// <summary>
/// Sees every problem of the REST side before it is written: counts it, and gives it the trace id that finds it in the logs. It writes
/// nothing itself, so that a caller who accepts only CSV still gets the problem, as JSON.
/// </summary>
internal sealed class CountedProblems(EnrichmentMetrics metrics) : IProblemDetailsService
{
    public ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Extensions.TryGetValue("code", out var code) && code is string text)
        {
            metrics.Failed(text);
        }
        problem.Extensions["traceId"] = Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
        return ValueTask.FromResult(false);
    }

    public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);
}
