using AcquireInfra.Enrichment.Service.Lookup;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

public sealed class SpoolTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // More than the ring holds, with a reader that now lags and now has to wait.
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Read_SenderAndReaderAtAnyPace_BytesAreTheSame(int seed)
    {
        var random = new Random(seed);
        var sent = new byte[random.Next(5_000_000)];
        random.NextBytes(sent);
        using var spool = new Spool(_folder.Path);
        var filling = spool.FillAsync(new Paced(sent, new Random(seed + 1)), TestContext.Current.CancellationToken);
        using var read = new MemoryStream();
        var buffer = new byte[100_000];
        while (await spool.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)), TestContext.Current.CancellationToken) is > 0 and var count)
        {
            read.Write(buffer, 0, count);
            if (random.Next(20) == 0)
            {
                await Task.Delay(random.Next(15), TestContext.Current.CancellationToken);
            }
        }
        await filling.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(sent, read.ToArray());
    }

    [Fact]
    public async Task Fill_NobodyReads_EndsAndLeavesNoFile()
    {
        var sent = new byte[8_000_000];
        using var spool = new Spool(_folder.Path);
        await spool.FillAsync(new MemoryStream(sent), TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFiles(_folder.Path)); // it is open, and has no name
        var read = 0;
        var buffer = new byte[1_000_000];
        while (await spool.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
        {
            read += count;
        }
        Assert.Equal(sent.Length, read);
    }

    [Fact]
    public async Task Read_SenderThatFails_GetsWhatCameBeforeAndThenTheFailure()
    {
        using var spool = new Spool(_folder.Path);
        await spool.FillAsync(new Failing([1, 2, 3]), TestContext.Current.CancellationToken);
        var buffer = new byte[10];
        Assert.Equal(3, await spool.ReadAsync(buffer, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<TimeoutException>(() => spool.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Fail_WhileTheReaderWaits_WakesIt()
    {
        using var spool = new Spool(_folder.Path);
        async Task<bool> IsMoreAsync() => await spool.ReadAsync(new byte[10], TestContext.Current.CancellationToken) > 0;
        var waiting = IsMoreAsync();
        spool.Fail(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Fill_FolderThatCannotBeWritten_IsSaidToTheReader()
    {
        File.WriteAllText(_folder["file"], "");
        using var spool = new Spool(_folder["file"]);
        await spool.FillAsync(new MemoryStream(new byte[2_000_000]), TestContext.Current.CancellationToken);
        var buffer = new byte[2_000_000];
        var first = await spool.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Assert.True(first > 0);
        await Assert.ThrowsAsync<SpoolException>(async () =>
        {
            while (await spool.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        });
    }

    sealed class Paced(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (random.Next(20) == 0)
            {
                await Task.Delay(random.Next(10), cancellationToken);
            }
            return await base.ReadAsync(buffer[..Math.Min(random.Next(1, 65_536), buffer.Length)], cancellationToken);
        }
    }

    sealed class Failing(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new TimeoutException();
    }
}
