using System.Threading.Channels;
using AcquireInfra.Enrichment.Client.Remote;
using Microsoft.Extensions.Time.Testing;

namespace AcquireInfra.Enrichment.Client.Tests.Remote;

public sealed class TimedBatchesTests
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    readonly FakeTimeProvider _time = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "1")]
    [InlineData(3, "3")]
    [InlineData(4, "3 1")]
    [InlineData(9, "3 3 3")]
    public async Task InBatches_SourceWithoutPause_AreFull(int items, string sizes)
    {
        var batches = await Enumerable.Range(0, items).ToAsyncEnumerable().InBatchesAsync(3, Interval, _time, Cancelled).ToListAsync(Cancelled);
        Assert.Equal(sizes, string.Join(' ', batches.Select(batch => batch.Count)));
        Assert.Equal(Enumerable.Range(0, items), batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task InBatches_SourceThatDrips_FlushesWhenTheFirstItemHasWaited()
    {
        var source = Channel.CreateUnbounded<int>();
        await using var batches = source.Reader.ReadAllAsync(Cancelled).InBatchesAsync(3, Interval, _time, Cancelled).GetAsyncEnumerator(Cancelled);
        var next = batches.MoveNextAsync().AsTask();
        source.Writer.TryWrite(1);
        await LetRunAsync();
        _time.Advance(Interval / 2);
        source.Writer.TryWrite(2);
        await LetRunAsync();
        Assert.False(next.IsCompleted);
        _time.Advance(Interval / 2); // the second item has waited half as long, and goes with the first
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
        Assert.Equal([1, 2], batches.Current);
        next = batches.MoveNextAsync().AsTask();
        _time.Advance(Interval * 10); // nothing waits, so nothing is flushed
        await LetRunAsync();
        Assert.False(next.IsCompleted);
        source.Writer.TryWrite(3);
        source.Writer.Complete();
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
        Assert.Equal([3], batches.Current);
        Assert.False(await batches.MoveNextAsync());
    }

    [Fact]
    public async Task InBatches_SourceThrows_ThrowsTheSame()
    {
        static async IAsyncEnumerable<int> Failing()
        {
            yield return 1;
            await Task.Yield();
            throw new InvalidDataException("the file ended");
        }
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Failing().InBatchesAsync(3, Interval, _time, Cancelled).ToListAsync(Cancelled));
    }

    [Fact]
    public async Task InBatches_Cancelled_DisposesTheSource()
    {
        var disposed = false;
        async IAsyncEnumerable<int> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                yield return 1;
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                disposed = true;
            }
        }
        using var cancel = new CancellationTokenSource();
        var reading = Endless(CancellationToken.None).InBatchesAsync(3, Interval, _time, cancel.Token).ToListAsync(Cancelled).AsTask();
        await LetRunAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(disposed);
    }

    static Task LetRunAsync() => Task.Delay(50, Cancelled);
}
