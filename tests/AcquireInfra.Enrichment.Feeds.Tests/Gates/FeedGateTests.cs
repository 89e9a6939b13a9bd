using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Tests.Gates;

/// <summary>The edges of the gates; what passes them as a whole is shown by the refresher's tests on poison.</summary>
public sealed class FeedGateTests
{
    public static TheoryData<string, string, string, string?> Edges => new()
    {
        { "20 % fewer", Lines(100, 32), Lines(80, 32), null },
        { "21 % fewer", Lines(100, 32), Lines(79, 32), "shrank" },
        { "25 % replaced", Lines(100, 32), Lines(100, 32, from: 25), null },
        { "26 % replaced", Lines(100, 32), Lines(100, 32, from: 26), "removed" },
        { "twice as many", Lines(100, 32), Lines(200, 32), null },
        { "twice and one", Lines(100, 32), Lines(201, 32), "grew" },
        { "25 % less space of as many entries", Lines(100, 24), Lines(80, 24) + Lines(20, 32, from: 80), null },
        { "26 % less space", Lines(100, 24), Lines(76, 24) + "9.0.76.0/25\n" + Lines(23, 32, from: 77), null },
        { "10 entries of 128 that held half of the space", "9.128.0.0/10\n" + Lines(128, 24), Lines(128, 24), "coverage_changed" },
        { "a prefix as wide as all others", Lines(256, 24), Lines(256, 24) + "10.16.0.0/15\n11.0.0.0/15\n", "coverage_changed" },
        { "IPv6 gone", Lines(100, 32) + "2a00::/32\n", Lines(100, 32), "coverage_changed" },
        { "IPv6 come", Lines(100, 32), Lines(100, 32) + "2a00::/32\n", null },
        { "the first version", "", Lines(5, 32), null },
    };

    [Theory, MemberData(nameof(Edges))]
    public void Check_Edge_IsOnTheRightSide(string what, string before, string after, string? reason)
    {
        var accepted = before.Length == 0 ? null : Measure(before);
        var faults = FeedGate.Check(Measure(after), accepted, new GateSettings(), SourceKind.Claims);
        Assert.True(reason == (faults.Count == 0 ? null : faults[0].Reason.Word()), $"{what}: {string.Join("; ", faults.Select(fault => fault.Detail))}");
    }

    [Fact]
    public void Check_AsnTable_MayCoverAllAndBeWide()
    {
        var table = Measure(string.Concat(Enumerable.Range(1, 100).Where(octet => octet is not (10 or 100)).Select(octet => $"{octet}.0.0.0/8\n")));
        Assert.Equal(GateReason.CoversTooMuch, Assert.Single(FeedGate.Check(table, null, new GateSettings(), SourceKind.Claims)).Reason);
        Assert.Empty(FeedGate.Check(table, null, new GateSettings(), SourceKind.AsnTable));
    }

    [Theory]
    [InlineData(GateReason.Shrank, false), InlineData(GateReason.Removed, false), InlineData(GateReason.Grew, false), InlineData(GateReason.CoverageChanged, false)]
    [InlineData(GateReason.Older, false), InlineData(GateReason.Empty, true), InlineData(GateReason.Html, true), InlineData(GateReason.Unparsable, true)]
    [InlineData(GateReason.TooWide, true), InlineData(GateReason.CoversTooMuch, true), InlineData(GateReason.Cut, true), InlineData(GateReason.Broken, true)]
    public void IsPoison_Reason_IsWhatCannotBeNews(GateReason reason, bool isPoison) => Assert.Equal(isPoison, new GateFault(reason, "").IsPoison);

    [Fact]
    public void Word_EveryReason_IsTheOneInTheStateFile() => Assert.All(Enum.GetValues<GateReason>(), reason =>
        Assert.Equal($"\"{reason.Word()}\"", System.Text.Json.JsonSerializer.Serialize(reason)));

    static string Lines(int count, int length, int from = 0) => string.Concat(Enumerable.Range(from, count)
        .Select(at => $"{Prefix.Create(Address.FromIPv4(0x0900_0000 + ((uint)at << 8)), length)}\n"));

    static MeasuredFeed Measure(string text) => MeasuredFeed.Of(
        [FeedParser.Parse(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)), new FeedFormat { Syntax = FeedSyntax.Text }, FeedLimits.Default)], []);
}
