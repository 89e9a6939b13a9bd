using System.Text;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Exports;

public sealed class BulkClassifierTests
{
    static readonly Judge Judge = new(TestSources.Open(TestSources.Prefixes("vpns", "vpn", "9.1.1.0/24")), TestPolicy.Bundled, TestSources.Day);

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

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(100)]
    public async Task Run_ByteOrderMark_IsPassedOver(int readBytes)
    {
        var (rows, total, bad) = await RunAsync("\ufeff=192.0.2.1\n192.0.2.2", 64, readBytes);
        Assert.Equal((2, 1), (total, bad));
        Assert.StartsWith("'=192.0.2.1,", rows.Split('\n')[1], StringComparison.Ordinal);
    }

    // The limit falls on every place in a block.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(6, 3)]      // blank lines count
    [InlineData(500, 250)]
    [InlineData(1_000, 500)]
    public async Task Run_MoreLinesThanAllowed_EndsThere(int most, int expected)
    {
        var lines = string.Concat(Enumerable.Repeat("192.0.2.1\n\n", 500));
        foreach (var blockBytes in (int[])[11, 64, 4096])
        {
            var classifier = new BulkClassifier(new(Judge, RowFormat.Csv), new(LineFormat.Text, MaxLines: most, BlockBytes: blockBytes));
            using var output = new MemoryStream();
            using var input = new MemoryStream(Encoding.UTF8.GetBytes(lines));
            var end = await classifier.RunAsync(input, output, TestContext.Current.CancellationToken);
            Assert.Equal(most < 1_000 ? BulkEnd.TooManyLines : BulkEnd.AllAnswered, end);
            Assert.Equal((expected, expected + 2), (classifier.Total, Encoding.UTF8.GetString(output.ToArray()).Split('\n').Length));
        }
    }

    // A caller that sends the next line when it has the answer to the one before.
    [Fact]
    public async Task Run_InputThatWaits_RowsAreWrittenMeanwhile()
    {
        var (toUs, fromUs) = (new System.IO.Pipelines.Pipe(), new System.IO.Pipelines.Pipe());
        var running = new BulkClassifier(new(Judge, RowFormat.Ndjson), new(LineFormat.Text))
            .RunAsync(toUs.Reader.AsStream(), fromUs.Writer.AsStream(), TestContext.Current.CancellationToken);
        using var answers = new StreamReader(fromUs.Reader.AsStream());
        for (var line = 1; line < 5; line++)
        {
            await toUs.Writer.WriteAsync(Encoding.ASCII.GetBytes($"192.0.2.{line}\n"), TestContext.Current.CancellationToken);
            var row = await answers.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.Contains($"192.0.2.{line}", row, StringComparison.Ordinal);
        }
        await toUs.Writer.CompleteAsync();
        Assert.Equal(BulkEnd.AllAnswered, await running);
    }

    [Fact]
    public async Task Run_InputThatFails_AnswersWhatCameBefore()
    {
        var classifier = new BulkClassifier(new(Judge, RowFormat.Ndjson), new(LineFormat.Text, BlockBytes: 64));
        using var output = new MemoryStream();
        using var input = new FailingStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("192.0.2.1\n", 100))));
        await Assert.ThrowsAsync<IOException>(() => classifier.RunAsync(input, output, TestContext.Current.CancellationToken));
        Assert.Equal((100, 101), (classifier.Total, Encoding.UTF8.GetString(output.ToArray()).Split('\n').Length));
    }

    [Theory]
    [InlineData("ip\n", "ip,canonicalIp,error,errorReason\n")]
    [InlineData("ip", "ip,canonicalIp,error,errorReason\n")]
    [InlineData("\ufeffa,ip\r\nx,192.0.2.1\r\n\r\ny,192.0.2.2", "a,ip,canonicalIp,error,errorReason\nx,192.0.2.1,192.0.2.1,,\ny,192.0.2.2,192.0.2.2,,\n")]
    public async Task Run_Csv_FirstLineIsTheHeader(string input, string expected)
    {
        foreach (var blockBytes in (int[])[4, 1024])
        {
            var (end, rows) = await RunCsvAsync(input, blockBytes);
            Assert.Equal((BulkEnd.AllAnswered, expected), (end, rows));
        }
    }

    [Theory, InlineData(""), InlineData("address\n192.0.2.1\n"), InlineData("\nip\n")]
    public async Task Run_CsvWithoutAColumnIp_WritesNothing(string input) =>
        Assert.Equal((BulkEnd.NoIpColumn, ""), await RunCsvAsync(input, 1024));

    [Theory]
    [InlineData("", "{\"results\":[")]
    [InlineData("\n\n192.0.2.1", "{\"results\":[{\"ip\":\"192.0.2.1\"}")]
    [InlineData("192.0.2.1\n192.0.2.2", "{\"results\":[{\"ip\":\"192.0.2.1\"},{\"ip\":\"192.0.2.2\"}")]
    public async Task Run_AsJson_IsAnOpenArray(string input, string expected)
    {
        Assert.True(RowFields.TryParse("ip", out var ip, out _));
        foreach (var blockBytes in (int[])[1, 1024])
        {
            using var output = new MemoryStream();
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(input));
            await new BulkClassifier(new(Judge, RowFormat.Json, ip), new(LineFormat.Text, BlockBytes: blockBytes))
                .RunAsync(stream, output, TestContext.Current.CancellationToken);
            Assert.Equal(expected, Encoding.UTF8.GetString(output.ToArray()));
        }
    }

    static async Task<(BulkEnd End, string Rows)> RunCsvAsync(string input, int blockBytes)
    {
        Assert.True(RowFields.TryParse("ip", out var ip, out _));
        using var output = new MemoryStream();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(input));
        var end = await new BulkClassifier(new(Judge, RowFormat.Csv, ip), new(LineFormat.Csv, BlockBytes: blockBytes))
            .RunAsync(stream, output, TestContext.Current.CancellationToken);
        return (end, Encoding.UTF8.GetString(output.ToArray()));
    }

    static async Task<(string Rows, long Total, long Bad)> RunAsync(string input, int blockBytes, int readBytes)
    {
        using var output = new MemoryStream();
        using var stream = new SlowStream(Encoding.UTF8.GetBytes(input), readBytes);
        var classifier = new BulkClassifier(new(Judge, RowFormat.Csv), new(LineFormat.Text, BlockBytes: blockBytes));
        await classifier.RunAsync(stream, output, TestContext.Current.CancellationToken);
        return (Encoding.UTF8.GetString(output.ToArray()), classifier.Total, classifier.Failed);
    }

    /// <summary>Gives a few bytes a read, as a pipe does.</summary>
    sealed class SlowStream(byte[] bytes, int readBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(readBytes, buffer.Length)], cancellationToken);
    }

    sealed class FailingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The sender is gone.");
    }
}
