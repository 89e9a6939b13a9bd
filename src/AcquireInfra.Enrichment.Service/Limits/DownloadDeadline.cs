namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>The longest that a file is on its way: the web server lets a caller read as slowly as 240 B/s, which would hold a place for days.</summary>
internal static class DownloadDeadline
{
    /// <summary>Cuts the answer off when so much time has passed.</summary>
    public static void EndAfter(this HttpContext context, TimeSpan deadline)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        context.Response.RegisterForDispose(end);
        end.CancelAfter(deadline);
        context.RequestAborted = end.Token;
    }
}
