namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>Copies the body of a response: counted, and cut off where it comes too slowly.</summary>
internal static class BodyReader
{
    /// <param name="expected">Content-Length; null where the response has none.</param>
    /// <exception cref="FetchException">Too large, too slow, or not as long as it said.</exception>
    public static async Task CopyAsync(Stream body, Stream to, long? expected, FetchLimits limits, CancellationToken cancellation)
    {
        if (expected > limits.MaxDownloadBytes)
        {
            throw TooLarge(limits.MaxDownloadBytes);
        }
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        slow.CancelAfter(limits.RateWindow);
        var buffer = new byte[64 * 1024];
        var (total, inWindow) = (0L, 0L);
        try
        {
            for (int read; (read = await ReadAsync(body, buffer, slow.Token).ConfigureAwait(false)) > 0;)
            {
                total += read;
                inWindow += read;
                if (total > limits.MaxDownloadBytes)
                {
                    throw TooLarge(limits.MaxDownloadBytes);
                }
                if (inWindow >= limits.MinBytesPerWindow)
                {
                    inWindow = 0;
                    slow.CancelAfter(limits.RateWindow);
                }
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new FetchException(
                FetchFault.TooSlow, $"less than {limits.MinBytesPerWindow} bytes came in {limits.RateWindow.TotalSeconds} s, after {total}", exception);
        }
        if (expected is not null && total != expected)
        {
            throw new FetchException(FetchFault.Cut, $"{total} bytes came of {expected}");
        }
    }

    // Here, so that what fails here is the network and what fails in writing is our disk.
    static async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new FetchException(FetchFault.Cut, exception.Message, exception);
        }
    }

    static FetchException TooLarge(long most) => new(FetchFault.TooLarge, $"more than {most} bytes");
}
