using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>What holds for every format: limits, counting, words.</summary>
public sealed class FeedParserTests
{
    static readonly FeedFormat Text = new() { Syntax = FeedSyntax.Text, AllowSpecialPurpose = true };

    [Theory]
    [InlineData("192.0.2.1\n192.0.2.2\n192.0.2.3\n", 3, "")]                                    // as many as may be
    [InlineData("192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n192.0.2.5\nx\n", 3, "too_many_entries@0:0")] // told once
    [InlineData("192.0.2.1\n192.0.2.2-192.0.2.15\n", 3, "too_many_entries@0:0")]                // a range counts by its prefixes
    [InlineData("x\n192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n", 3, "bad_address@1:1 too_many_entries@0:0")]
    public void Parse_MaxEntries_TakesThatManyAndSaysSo(string feed, int entries, string faults)
    {
        var content = ParseCase.Parse(Text, feed, FeedLimits.Default with { MaxEntries = 3 });
        Assert.Equal(entries, content.Entries.Length);
        Assert.Equal(faults, Shown.Faults(content));
    }

    [Fact]
    public void Parse_MaxEntriesOfAsns_TakesThatManyAndSaysSo()
    {
        var content = ParseCase.Parse(Text with { Asn = ["asn"] }, "64496\n64497\n64498\n", FeedLimits.Default with { MaxEntries = 2 });
        Assert.Equal("AS64496 AS64497", Shown.Entries(content));
        Assert.Equal("too_many_entries@0:0", Shown.Faults(content));
    }

    [Fact]
    public void Parse_MoreFaultsThanAreLocated_CountsThemAll()
    {
        var feed = string.Join('\n', Enumerable.Repeat("x", 250)) + "\n192.0.2.1/24\n192.0.2.7\n";
        var content = ParseCase.Parse(Text, feed);
        Assert.Equal((100, 251), (content.Errors.Count, content.FaultCount));
        Assert.Equal((250, 1), (content.CountOf(FeedFault.BadAddress), content.CountOf(FeedFault.HostBitsSet)));
        Assert.Equal(new FeedError(FeedFault.BadAddress, 100, 1), content.Errors[^1]);
        Assert.Equal("192.0.2.7/32", Shown.Entries(content));
    }

    // One row a format: the bytes of the whole feed are counted, comments and all.
    [Theory]
    [InlineData(FeedSyntax.Text, "# 45678\n192.0.2.7\n192.0.2.8\n", "192.0.2.7/32", "feed_too_long@3:1")]
    [InlineData(FeedSyntax.Geofeed, "# 45678\n192.0.2.7\n192.0.2.8\n", "192.0.2.7/32", "feed_too_long@3:1")]
    [InlineData(FeedSyntax.JsonLines, "\"192.0.2.7\"\n\"192.0.2.8\"\n", "192.0.2.7/32", "feed_too_long@2:1")]
    [InlineData(FeedSyntax.Json, "[\"192.0.2.7\", \"192.0.2.8\"   ]", "192.0.2.7/32", "feed_too_long@1:13")]
    public void Parse_MaxFeedBytes_TakesWhatEndsBeforeIt(FeedSyntax syntax, string feed, string entries, string faults)
    {
        var format = Text with { Syntax = syntax, Prefix = [syntax == FeedSyntax.Json ? "[]" : "."] };
        var content = ParseCase.Parse(format, feed, FeedLimits.Default with { MaxFeedBytes = 20 });
        Assert.Equal((entries, faults), (Shown.Entries(content), Shown.Faults(content)));
        Assert.Equal(0, ParseCase.Parse(format, feed, FeedLimits.Default with { MaxFeedBytes = feed.Length }).FaultCount);
    }

    [Theory]
    [InlineData(FeedSyntax.Text, "192.0.2.7\n192.0.2.8                       #\n192.0.2.9\n", "192.0.2.7/32 192.0.2.9/32")]
    [InlineData(FeedSyntax.Geofeed, "192.0.2.7\n192.0.2.8,US,US-WA,Seattle,98101,\n192.0.2.9\n", "192.0.2.7/32 192.0.2.9/32")]
    [InlineData(FeedSyntax.JsonLines, "\"192.0.2.7\"\n{\"x\": \"192.0.2.8 of the line\"}\n\"192.0.2.9\"\n", "192.0.2.7/32 192.0.2.9/32")]
    public void Parse_MaxLineBytes_CostsTheLineAlone(FeedSyntax syntax, string feed, string entries)
    {
        var content = ParseCase.Parse(Text with { Syntax = syntax, Prefix = ["."] }, feed, FeedLimits.Default with { MaxLineBytes = 20 });
        Assert.Equal((entries, "line_too_long@2:1"), (Shown.Entries(content), Shown.Faults(content)));
    }

    public static TheoryData<FeedSyntax, string, bool> Ends => new()
    {
        { FeedSyntax.Json, "[\"192.0.2.7\", \"192.0.2.8\"]", false },
        { FeedSyntax.Json, "[\"192.0.2.7\", \"192.0.2.\"]", false },                              // a faulty value costs itself alone
        { FeedSyntax.Json, "[\"192.0.2.7\", \"192.0", true },                                     // a download that broke off
        { FeedSyntax.Json, "[\"192.0.2.7\", oops, \"192.0.2.8\"]", true },
        { FeedSyntax.Json, "[\"192.0.2.7\", \"\\ud800\", \"192.0.2.8\"]", true },
        { FeedSyntax.Json, "[\"192.0.2.7\", \"a token of more than 20\"]", true },
        { FeedSyntax.Json, "[\"192.0.2.7\", \"" + new string('a', 150), true },                   // and one that no buffer holds
        { FeedSyntax.Json, "[\"192.0.2.1\", \"192.0.2.2\", \"192.0.2.3\"]", true },              // more entries than may be
        { FeedSyntax.Json, "[\"192.0.2.7\"]" + new string(' ', 200), true },                      // more bytes than may be
        { FeedSyntax.JsonLines, "\"192.0.2.7\"\n\"192.0\n{\"x\": \"of more than 20\"}\n", false }, // a broken line costs itself alone
        { FeedSyntax.JsonLines, "\"192.0.2.1\"\n\"192.0.2.2\"\n\"192.0.2.3\"\n", true },
        { FeedSyntax.Text, "192.0.2.7\noops\n192.0.2.8\n", false },
        { FeedSyntax.Text, "192.0.2.1\n192.0.2.2\n192.0.2.3\n", true },
        { FeedSyntax.Text, "192.0.2.7\n" + new string('\n', 200), true },
        { FeedSyntax.Geofeed, "192.0.2.7\n" + new string('\n', 200), true },
    };

    // What a whole feed does not name is not in it; what a cut one does not name may be.
    [Theory, MemberData(nameof(Ends))]
    public void IsCut_Feed_SaysWhetherItWasReadToItsEnd(FeedSyntax syntax, string feed, bool isCut)
    {
        var format = Text with { Syntax = syntax, Prefix = [syntax == FeedSyntax.Json ? "[]" : "."] };
        var limits = FeedLimits.Default with { MaxEntries = 2, MaxLineBytes = 20, MaxFeedBytes = 200, BufferBytes = 64 };
        Assert.Equal(isCut, ParseCase.Parse(format, feed, limits).IsCut);
    }

    [Fact]
    public void Parse_MinLengths_AreTheLimits()
    {
        var limits = FeedLimits.Default with { MinIPv4Length = 24, MinIPv6Length = 48 };
        var content = ParseCase.Parse(Text, "192.0.2.0/23\n192.0.2.0/24\n2001:db8::/47\n2001:db8::/48\n", limits);
        Assert.Equal(("192.0.2.0/24 2001:db8::/48", "too_wide@1:1 too_wide@3:1"), (Shown.Entries(content), Shown.Faults(content)));
    }

    [Fact]
    public void Parse_MaxNameCharacters_CutsNamesAndProviders()
    {
        var format = Text with { Syntax = FeedSyntax.Csv, Columns = ["ip", "as", "name", "by"], Prefix = ["ip"] };
        format = format with { Asn = ["as"], Name = "name", Provider = "by" };
        var content = ParseCase.Parse(format, "192.0.2.7,64496,Acme Incorporated,Zeta Limited\n",
            FeedLimits.Default with { MaxNameCharacters = 4 });
        Assert.Equal(("192.0.2.7/32=AS64496{Zeta}", "AS64496 Acme"), (Shown.Entries(content), Shown.Names(content)));
    }

    [Fact]
    public void Parse_EqualLabels_AreOneLabel()
    {
        var format = Text with { Syntax = FeedSyntax.Csv, Columns = ["ip", "by"], Prefix = ["ip"], Provider = "by" };
        var content = ParseCase.Parse(format, "192.0.2.7,Acme\n192.0.2.8,Zeta\n192.0.2.9,Acme\n192.0.2.10\n");
        Assert.Equal([FeedLabel.Plain, FeedLabel.Plain with { Provider = "Acme" }, FeedLabel.Plain with { Provider = "Zeta" }],
            content.Labels);
        Assert.Equal("192.0.2.7/32{Acme} 192.0.2.8/32{Zeta} 192.0.2.9/32{Acme} 192.0.2.10/32", Shown.Entries(content));
    }

    [Fact]
    public void Parse_MaxMindDbAsStream_Throws() =>
        Assert.Throws<FormatException>(() => ParseCase.Parse(Text with { Syntax = FeedSyntax.MaxMindDb }, ""));

    // The words are metric tags and CLI output: they may be added to, never changed.
    [Fact]
    public void Word_OfEachFault_IsItsNameInSnakeCase()
    {
        Assert.Equal(Enum.GetValues<FeedFault>().Length, FeedFaults.Count);
        foreach (var fault in Enum.GetValues<FeedFault>())
        {
            var name = fault.ToString();
            var words = name.Select((letter, at) => char.IsUpper(letter) && at > 0 ? $"_{letter}" : $"{letter}");
            Assert.Equal(string.Concat(words).ToLowerInvariant(), fault.Word());
        }
    }
}
