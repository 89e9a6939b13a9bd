using System.Diagnostics;
using AcquireInfra.Enrichment.Feeds.Storage;

namespace AcquireInfra.Enrichment.Feeds.Tests.Storage;

public sealed class FolderLockTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Take_FreeAgain_IsTaken()
    {
        Take(TimeSpan.Zero).Dispose();
        Take(TimeSpan.Zero).Dispose();
    }

    [Fact]
    public async Task Take_HeldAndLetGoOf_WaitsAndIsTaken()
    {
        var held = Take(TimeSpan.Zero);
        var waiting = Task.Run(() => Take(TimeSpan.FromSeconds(30)).Dispose(), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Take_HeldForLonger_SaysSo()
    {
        using var held = Take(TimeSpan.Zero);
        var refusal = Assert.Throws<IOException>(() => Take(TimeSpan.FromMilliseconds(300)));
        Assert.Contains("held by another process for 0.3 s", refusal.Message, StringComparison.Ordinal);
    }

    // A wait is for another process; nothing else passes by waiting.
    [Fact]
    public void Take_FolderMissing_ThrowsAtOnce()
    {
        var began = Stopwatch.GetTimestamp();
        Assert.ThrowsAny<IOException>(() => FolderLock.Take(Path.Combine(_folder.Path, "missing"), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
    }

    FolderLock Take(TimeSpan patience) => FolderLock.Take(_folder.Path, patience, TestContext.Current.CancellationToken);
}
