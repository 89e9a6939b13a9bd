using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Gates;

public sealed class MeasuredFeedTests
{
    // Against counting every address and comparing every entry, in a space small enough for that.
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Measure_RandomPrefixes_AgreesWithCounting(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            var (before, after) = (RandomPrefixes(random), RandomPrefixes(random));
            var (measured, other) = (Measure(before), Measure(after));
            var covered = before.SelectMany(prefix => Enumerable.Range((int)prefix.First.IPv4, 1 << 32 - prefix.Length)).Distinct().Count();
            Assert.Equal((covered, before.Distinct().Count()), ((int)measured.Facts.IPv4Addresses, measured.Facts.Entries));
            Assert.Equal(before.Distinct().Count(prefix => !after.Contains(prefix)), measured.CountMissingIn(other));
            Assert.Equal(before.Min(prefix => prefix.Length), measured.Facts.WidestIPv4);
        }
    }

    [Fact]
    public void Measure_SeveralFiles_AreOneVersion()
    {
        var facts = MeasuredFeed.Of([Parse("9.1.1.0/24\n9.1.1.1\n2a00::/32\n"), Parse("9.1.1.0/24\nx\n10.0.0.0/8\n", asOf: true)], []).Facts;
        Assert.Equal((3, 2, 1, 6, 1, 1), (facts.Entries, facts.IPv4Prefixes, facts.IPv6Prefixes, facts.Records, facts.Unparsable, facts.SpecialPurpose));
        Assert.Equal((256, Math.Pow(2, 96), 24, 32), (facts.IPv4Addresses, facts.IPv6Addresses, facts.WidestIPv4, facts.WidestIPv6));
        Assert.Null(facts.StatedAt); // one of the two states none
    }

    [Fact]
    public void Measure_Asns_AreEntriesToo()
    {
        var format = new FeedFormat { Syntax = FeedSyntax.Text, Asn = ["asn"] };
        MeasuredFeed Of(string text) => MeasuredFeed.Of([FeedParser.Parse(new MemoryStream(Encoding.ASCII.GetBytes(text)), format, FeedLimits.Default)], []);
        Assert.Equal((2, 1), (Of("AS64500\nAS64501\nAS64500\n").Facts.Entries, Of("AS64500\nAS64501\n").CountMissingIn(Of("AS64501\nAS64502\n"))));
        Assert.Equal(1, MeasuredFeed.Of([], [new Asn(64500)]).Facts.Entries);
    }

    static List<Prefix> RandomPrefixes(Random random) => [.. Enumerable.Range(0, random.Next(1, 40))
        .Select(_ => Prefix.Create(Address.FromIPv4(0x0901_0100 + (uint)random.Next(256)), random.Next(24, 33)))];

    static MeasuredFeed Measure(IEnumerable<Prefix> prefixes) => MeasuredFeed.Of([Parse(string.Join('\n', prefixes))], []);

    static FeedContent Parse(string text, bool asOf = false) => FeedParser.Parse(
        new MemoryStream(Encoding.ASCII.GetBytes((asOf ? "# of 2026-11-20\n" : "") + text)), new FeedFormat { Syntax = FeedSyntax.Text, AsOf = "of" }, FeedLimits.Default);
}
