using System.Text;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>
/// Where a buffer ends is nobody's business: every row of the parsers' tables gives the same in buffers of 1, 7 and 64 bytes.
/// </summary>
public sealed class ChunkingTests
{
    static readonly int[] BufferSizes = [1, 7, 64];

    public static TheoryData<ParseCase> Cases =>
    [
        .. TextParserTests.Cases, .. CsvParserTests.Cases, .. GeofeedTests.Cases, .. JsonParserTests.Cases, .. JsonLinesTests.Cases,
        .. FeedSamples.All.Where(sample => sample.Format.Syntax != FeedSyntax.MaxMindDb)
            .Select(sample => new ParseCase($"sample: {sample.Name}", sample.Format, Encoding.UTF8.GetString(sample.Bytes), "")),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Parse_SmallBuffers_GiveTheSame(ParseCase row) => AssertSame(row, FeedLimits.Default);

    // Limits are where a parser is tempted to look at its buffer.
    [Theory, MemberData(nameof(Cases))]
    public void Parse_SmallBuffersAndTightLimits_GiveTheSame(ParseCase row)
    {
        AssertSame(row, FeedLimits.Default with { MaxFeedBytes = 60 });
        AssertSame(row, FeedLimits.Default with { MaxEntries = 1 });
        AssertSame(row, FeedLimits.Default with { MaxLocatedFaults = 1 });
        AssertSame(row, FeedLimits.Default with { MaxLineBytes = 12 });
    }

    [Theory]
    [InlineData(100, "192.0.2.7/32 192.0.2.8/32", "")]
    [InlineData(101, "192.0.2.7/32", "line_too_long@1:27")]
    [InlineData(3_000, "192.0.2.7/32", "line_too_long@1:27")]
    public void Parse_LongJsonToken_EndsTheDocumentInAnyBuffer(int length, string entries, string faults)
    {
        var format = new FeedFormat { Syntax = FeedSyntax.Json, Prefix = ["[].ip"], AllowSpecialPurpose = true };
        var feed = $"[{{\"ip\":\"192.0.2.7\"}}, {{\"x\":\"{new string('x', length)}\"}},{{\"ip\":\"192.0.2.8\"}}]";
        foreach (var bufferBytes in BufferSizes.Append(65_536))
        {
            var limits = FeedLimits.Default with { MaxLineBytes = 100, BufferBytes = bufferBytes };
            var content = ParseCase.Parse(format, feed, limits);
            Assert.Equal((bufferBytes, entries, faults), (bufferBytes, Shown.Entries(content), Shown.Faults(content)));
        }
    }

    static void AssertSame(ParseCase row, FeedLimits limits)
    {
        var expected = Outcome(row, limits);
        foreach (var bufferBytes in BufferSizes)
        {
            Assert.Equal($"{bufferBytes}: {expected}", $"{bufferBytes}: {Outcome(row, limits with { BufferBytes = bufferBytes })}");
        }
    }

    static string Outcome(ParseCase row, FeedLimits limits)
    {
        try
        {
            return Shown.All(row.Parse(limits));
        }
        catch (FormatException exception) // a header line over the limit is no header
        {
            return exception.Message;
        }
    }
}
