using System.Runtime.CompilerServices;

namespace AcquireInfra.Enrichment.Client.Remote;

internal static class TimedBatches
{
    /// <summary>
    /// Puts items together: a batch ends when it is full, or when its first item has waited for an interval. A source that gives without
    /// pause makes full batches; one that drips is not held back.
    /// </summary>
    /// <param name="size">Most items of a batch.</param>
    public static async IAsyncEnumerable<List<T>> InBatchesAsync<T>(
        this IAsyncEnumerable<T> source, int size, TimeSpan interval, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = source.GetAsyncEnumerator(cancellationToken);
        Task<bool>? next = null;
        try
        {
            var batch = new List<T>(size);
            var flush = Task.CompletedTask;
            while (true)
            {
                next = items.MoveNextAsync().AsTask(); // no task is made anew where the item is there already
                while (!next.IsCompleted && batch.Count > 0)
                {
                    if (await Task.WhenAny(next, flush).ConfigureAwait(false) == flush)
                    {
                        await flush.ConfigureAwait(false);
                        yield return batch;
                        batch = new List<T>(size);
                    }
                }
                if (!await next.ConfigureAwait(false))
                {
                    break;
                }
                if (batch.Count == 0)
                {
                    flush = Task.Delay(interval, time, cancellationToken);
                }
                batch.Add(items.Current);
                if (batch.Count == size)
                {
                    yield return batch;
                    batch = new List<T>(size);
                }
            }
            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
        finally
        {
            // An enumerator may not be disposed while it is asked for the next item.
            await ((Task?)next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await items.DisposeAsync().ConfigureAwait(false);
        }
    }
}
