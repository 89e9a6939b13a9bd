using System.Text;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class LineReaderTests
{
    static readonly int[] BufferSizes = [1, 2, 3, 7, 8, 9, 64, 65_536];

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "1:")]
    [InlineData("a", "1:a")]                         // no final newline
    [InlineData("a\n", "1:a")]
    [InlineData("a\nb", "1:a|2:b")]
    [InlineData("a\r\nb\r\n", "1:a|2:b")]
    [InlineData("a\n\n\nb", "1:a|2:|3:|4:b")]        // blank lines count
    [InlineData("a\r", "1:a")]
    [InlineData("a\rb\n", "1:a\rb")]                 // CR alone ends no line
    [InlineData("a\r\r\n", "1:a\r")]
    [InlineData("\uFEFFa\nb", "1:a|2:b")]
    [InlineData("\uFEFF", "1:")]
    [InlineData("a\n\uFEFFb", "1:a|2:\uFEFFb")]      // a mark stands at the start or is none
    [InlineData("a\0b\n", "1:a\0b")]
    [InlineData("12345678\nb", "1:12345678|2:b")]    // as long as may be
    [InlineData("1234567\r\nb", "1:1234567|2:b")]
    [InlineData("12345678", "1:12345678")]
    [InlineData("123456789\nb", "2:b", "line_too_long@1:1")]
    [InlineData("12345678\r\nb", "2:b", "line_too_long@1:1")]
    [InlineData("a\n123456789", "1:a", "line_too_long@2:1")]                   // too long, and without end
    [InlineData("1234567890123456789012345678901234567890", "", "line_too_long@1:1")]
    [InlineData("a\n1234567890123456789012345678901234567890\nb", "1:a|3:b", "line_too_long@2:1")]
    [InlineData("123456789\n123456789\n123456789\n", "", "line_too_long@1:1 line_too_long@2:1 line_too_long@3:1")]
    public void TryRead_Text_GivesItsLinesWhateverTheBuffer(string text, string expected, string faults = "")
    {
        foreach (var bufferBytes in BufferSizes)
        {
            var limits = FeedLimits.Default with { MaxLineBytes = 8, BufferBytes = bufferBytes };
            Assert.Equal((bufferBytes, expected, faults), Read(text, limits, bufferBytes));
        }
    }

    [Theory]
    [InlineData("aa\nbb\ncc\n", "1:aa|2:bb|3:cc", "")]                         // as long as may be
    [InlineData("aa\nbb\ncccc", "1:aa|2:bb", "feed_too_long@3:1")]             // half a line is no line
    [InlineData("aa\nbb\ncc\nd", "1:aa|2:bb|3:cc", "feed_too_long@4:1")]
    [InlineData("aa\nbb\ncc\ndd\nee\nff\ngg\n", "1:aa|2:bb|3:cc", "feed_too_long@4:1")]
    [InlineData("1234567890", "", "feed_too_long@1:1")]
    public void TryRead_FeedTooLong_GivesTheWholeLinesBeforeTheLimit(string text, string expected, string faults)
    {
        foreach (var bufferBytes in BufferSizes)
        {
            var limits = FeedLimits.Default with { MaxFeedBytes = 9, BufferBytes = bufferBytes };
            Assert.Equal((bufferBytes, expected, faults), Read(text, limits, bufferBytes));
        }
    }

    [Fact]
    public void TryRead_ShortReads_AreNoEnds()
    {
        using var stream = new DripStream("\uFEFF192.0.2.7\n192.0.2.8\n"u8.ToArray());
        Assert.Equal((0, "1:192.0.2.7|2:192.0.2.8", ""), Read(stream, FeedLimits.Default, 0));
    }

    // One line of 100 MB costs no more than the buffer.
    [Fact]
    public void TryRead_HundredMegabytesInOneLine_AllocatesTheBufferAlone()
    {
        using var stream = new EndlessLine(100_000_000);
        var content = new FeedContent(FeedLimits.Default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = new LineReader(stream, FeedLimits.Default with { MaxFeedBytes = 200_000_000 }, content);
        Assert.False(lines.TryRead(out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        Assert.Equal("line_too_long@1:1", Shown.Faults(content));
    }

    static (int BufferBytes, string Lines, string Faults) Read(string text, FeedLimits limits, int bufferBytes)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return Read(stream, limits, bufferBytes);
    }

    static (int BufferBytes, string Lines, string Faults) Read(Stream stream, FeedLimits limits, int bufferBytes)
    {
        var content = new FeedContent(limits);
        var reader = new LineReader(stream, limits, content);
        var lines = new List<string>();
        while (reader.TryRead(out var line))
        {
            lines.Add($"{reader.Line}:{Encoding.UTF8.GetString(line)}");
        }
        return (bufferBytes, string.Join('|', lines), Shown.Faults(content));
    }

    sealed class DripStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }

    sealed class EndlessLine(long length) : MemoryStream
    {
        long _left = length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Fill((byte)'1');
            _left -= read;
            return read;
        }
    }
}
