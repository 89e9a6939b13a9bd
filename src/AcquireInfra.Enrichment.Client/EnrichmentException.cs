namespace AcquireInfra.Enrichment.Client;

/// <summary>
/// A question got no answer. A caller's own cancellation is an <see cref="OperationCanceledException"/> instead, and a bad item of many
/// is an <see cref="IpError"/> in its place.
/// </summary>
public sealed class EnrichmentException : Exception
{
    public EnrichmentException()
        : this("internal", "No answer.")
    {
    }

    public EnrichmentException(string message)
        : this("internal", message)
    {
    }

    public EnrichmentException(string message, Exception innerException)
        : this("internal", message, innerException)
    {
    }

    public EnrichmentException(string code, string detail, Exception? innerException = null, TimeSpan? retryAfter = null)
        : base($"{code}: {detail}", innerException) => (Code, Detail, RetryAfter) = (code, detail, retryAfter);

    /// <summary>
    /// Fixed word. The service's own, as <c>bad_address</c>, <c>no_snapshot</c>, <c>rate_limited</c>; else that of the gRPC status, as
    /// <c>unavailable</c>, <c>deadline_exceeded</c>; or <c>bad_answer</c>, where what came back makes no sense.
    /// </summary>
    public string Code { get; }

    /// <summary>What was given, what was expected and what to do, for people.</summary>
    public string Detail { get; }

    /// <summary>When trying again makes sense, where the service says so.</summary>
    public TimeSpan? RetryAfter { get; }
}
