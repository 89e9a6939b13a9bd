using System.Text;
using Google.Rpc;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>A failed call as the one exception that callers see.</summary>
internal static class RpcErrors
{
    const string Domain = "acquireinfra.enrichment";

    /// <param name="cancellationToken">The caller's own: once it is cancelled, that is what happened.</param>
    public static Exception Translate(RpcException exception, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new OperationCanceledException("The call was cancelled by its caller.", exception, cancellationToken);
        }
        var status = exception.Trailers.GetRpcStatus(ignoreParseError: true);
        var info = status?.GetDetail<ErrorInfo>();
        var code = info?.Domain == Domain ? info.Reason.ToLowerInvariant() : Word(exception.StatusCode);
        var detail = status is { Message.Length: > 0 } ? status.Message : exception.Status.Detail;
        return new EnrichmentException(code, detail, exception, status?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan());
    }

    public static EnrichmentException BadAnswer(string what) => new("bad_answer", $"The service {what}. Is it of another version?");

    // DeadlineExceeded is deadline_exceeded.
    static string Word(StatusCode status)
    {
        var word = new StringBuilder();
        foreach (var letter in status.ToString())
        {
            if (char.IsUpper(letter) && word.Length > 0)
            {
                word.Append('_');
            }
            word.Append(char.ToLowerInvariant(letter));
        }
        return word.ToString();
    }
}
