using System.Globalization;
using System.Text;
using AcquireInfra.Enrichment.Cli.Output;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Tests.Output;

public sealed class BulkClassifierTests(BundledSnapshot bundled)
{
    readonly Judge _judge = new(
        Snapshot.Open(bundled.FilePath), new DataFolder(DataFolder.DefaultPath).ReadPolicy(),
        DateTimeOffset.Parse(BundledSnapshot.FreshTime, CultureInfo.InvariantCulture));

    // Blocks of a few bytes put a border into every line, at every place.
    [Theory, InlineData(7, 1), InlineData(7, 7), InlineData(16, 5), InlineData(64, 64), InlineData(4096, 1000)]
    public async Task Run_SmallBlocksAndReads_RowsAreTheSame(int blockBytes, int readBytes)
    {
        var lines = string.Concat(Enumerable.Range(0, 500).Select(line =>
            $"{(line % 5 == 0 ? "nonsense" : "198.51.100.")}{line % 250}{(line % 7 == 0 ? "\r\n\n" : "\n")}"));
        var (expected, total, bad) = await RunAsync(lines, blockBytes: 1 << 18, readBytes: 1 << 20);
        Assert.Equal((500, 100), (total, bad));
        Assert.Equal((expected, total, bad), await RunAsync(lines, blockBytes, readBytes));
        Assert.Equal(502, expected.Split('\n').Length);
    }

    // Longer than what is kept of a line: one row, whatever the rest looks like and however the bytes arrive.
    [Theory]
    [InlineData('x', 200_000, "192.0.2.9", 7)]
    [InlineData('x', 200_000, "\u2028192.0.2.9 ", 1_000)]
    [InlineData('x', 900_000, "192.0.2.9", 65_536)]
    [InlineData('x', 262_144 * 2, "192.0.2.9", 262_144)]
    [InlineData('x', 262_144 * 2, "", 262_144)]
    [InlineData(' ', 200_000, "192.0.2.9", 1_000)]     // a line that begins with blanks is not a blank one
    [InlineData('1', 65_537, "", 65_536)]
    public async Task Run_EndlessLine_IsOneFault(char filler, int length, string tail, int readBytes)
    {
        var (rows, total, bad) = await RunAsync($"192.0.2.1\n{new string(filler, length)}{tail}\n192.0.2.2\n", 1 << 18, readBytes);
        Assert.Equal((3, 1), (total, bad));
        var inputs = rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => row.Split(',')).ToList();
        Assert.Equal(["192.0.2.1", new string(filler, 64) + "…", "192.0.2.2"], inputs.Select(row => row[0]));
        Assert.Equal("too_long", inputs[1][^1]);
    }

    [Theory, InlineData(10_000), InlineData(65_536), InlineData(262_144)]
    public async Task Run_EndlessLineAtTheStart_IsOneFaultAndTheRestIsRead(int readBytes)
    {
        var (rows, total, bad) = await RunAsync(new string('x', 700_000) + "\n192.0.2.2\n", 1 << 18, readBytes);
        Assert.Equal((2, 1), (total, bad));
        Assert.StartsWith("192.0.2.2,", rows.Split('\n')[2], StringComparison.Ordinal);
    }

    [Theory, InlineData("\n"), InlineData("")]
    public async Task Run_EndlessLineAtTheEnd_IsOneFault(string end)
    {
        var (_, total, bad) = await RunAsync(new string('x', 700_000) + "192.0.2.9" + end, 1 << 18, 10_000);
        Assert.Equal((1, 1), (total, bad));
    }

    async Task<(string Rows, long Total, long Bad)> RunAsync(string input, int blockBytes, int readBytes)
    {
        using var output = new MemoryStream();
        using var stream = new SlowStream(Encoding.UTF8.GetBytes(input), readBytes);
        var classifier = new BulkClassifier(new RowRenderer(_judge, RowFormat.Csv), blockBytes);
        var (total, bad) = await classifier.RunAsync(stream, output, TestContext.Current.CancellationToken);
        return (Encoding.UTF8.GetString(output.ToArray()), total, bad);
    }

    /// <summary>Gives a few bytes a read, as a pipe does.</summary>
    sealed class SlowStream(byte[] bytes, int readBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(readBytes, buffer.Length)], cancellationToken);
    }
}
