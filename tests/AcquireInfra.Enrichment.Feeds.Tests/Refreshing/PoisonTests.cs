using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Refreshing;

/// <summary>What a publisher, or whoever took his place, may send instead of a list: each is taken with its bad lines dropped, or refused.</summary>
public sealed class PoisonTests
{
    const int Good = 1_000;

    static readonly FeedLimits Limits = FeedLimits.Default with { MaxFeedBytes = 4 << 20, MaxEntries = 300_000, OwnerPrefixes = [Prefix.Parse("9.200.0.0/16")] };
    static readonly FetchLimits FetchLimits = new() { MaxDownloadBytes = 32 << 20, MaxUnpackedBytes = 32 << 20 };

    static readonly string List = RefreshRig.Lines(Good);

    public static TheoryData<string, string> Poison => new()
    {
        { "empty", "empty" },
        { "comments alone", "empty" },
        { "blank lines", "empty" },
        { "one line", "shrank" },
        { "an HTML page", "html" },
        { "an HTML page after a mark and blanks", "html" },
        { "a JSON error", "empty" },
        { "all of IPv4", "too_wide" },
        { "all of IPv6", "too_wide" },
        { "two halves", "too_wide" },
        { "64 x /6", "too_wide" },
        { "an IPv6 /15", "too_wide" },
        { "a fifth of IPv4 in /8s", "covers_too_much" },
        { "90 % shrink", "shrank" },
        { "21 % shrink", "shrank" },
        { "10 x growth", "grew" },
        { "26 % replaced", "removed" },
        { "one /9 more", "coverage_changed" },
        { "1.1 % unreadable", "unparsable" },
        { "UTF-16", "empty" },
        { "one line of 3 MB", "empty" },
        { "too many entries", "cut" },
        { "more bytes than may be read", "cut" },
    };

    static string Bad(string what) => what switch
    {
        "empty" => "",
        "comments alone" => "# a list\n# of nothing\n",
        "blank lines" => "\n\n \n\t\n",
        "one line" => "9.0.0.1\n",
        "an HTML page" => "<!DOCTYPE html><html><body>Service unavailable</body></html>",
        "an HTML page after a mark and blanks" => "\uFEFF\r\n  <html>\n" + List,
        "a JSON error" => "{\"error\": \"rate limited\"}\n",
        "all of IPv4" => List + "0.0.0.0/0\n",
        "all of IPv6" => List + "::/0\n",
        "two halves" => List + "0.0.0.0/1\n128.0.0.0/1\n",
        "64 x /6" => string.Concat(Enumerable.Range(0, 64).Select(at => $"{at * 4}.0.0.0/6\n")),
        "an IPv6 /15" => List + "2a00::/15\n",
        "a fifth of IPv4 in /8s" => string.Concat(Enumerable.Range(11, 80).Select(at => $"{at}.0.0.0/8\n")),
        "90 % shrink" => RefreshRig.Lines(Good / 10),
        "21 % shrink" => RefreshRig.Lines(790),
        "10 x growth" => RefreshRig.Lines(Good * 10),
        "26 % replaced" => RefreshRig.Lines(Good, from: 260),
        "one /9 more" => List + "11.0.0.0/9\n",
        "1.1 % unreadable" => RefreshRig.Lines(989) + string.Concat(Enumerable.Repeat("oops\n", 11)),
        "UTF-16" => "\0" + string.Concat(List.Select(character => character + "\0")),
        "one line of 3 MB" => new string('9', 3 << 20),
        "too many entries" => RefreshRig.Lines(300_001),
        "more bytes than may be read" => List + new string('\n', 4 << 20),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    [Theory, MemberData(nameof(Poison))]
    public async Task Refresh_Poison_IsRefusedAndNothingChanges(string what, string reason)
    {
        await using var rig = new RefreshRig(FetchLimits, Limits);
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(List)).Outcome);
        var report = await rig.RefreshAsync(Bad(what));
        Assert.Equal((RefreshOutcome.Refused, reason), (report.Outcome, report.Reason));
        Assert.Equal(Good, rig.EntriesNow().Count);
        Assert.Equal(reason, rig.State.Held!.Faults[0].Reason.Word());
        Assert.False(string.IsNullOrEmpty(report.Detail));
    }

    /// <summary>The bytes, and how many entries of them count.</summary>
    public static TheoryData<string, string, int> Dirt => new()
    {
        { "10/8", List + "10/8\n", Good },
        { "an octal octet", List + "010.0.0.0/8\n", Good },
        { "a number", List + "167772160/8\n", Good },
        { "host bits set", List + "9.9.9.9/24\n", Good },
        { "a range", List + "9.9.9.4-9.9.9.9\n", Good + 2 },
        { "NUL", List + "9.9.\09.9\n", Good },
        { "markup in a remark", List + "9.9.9.9 # org <script>alert(1)</script>\n", Good + 1 },
        { "CR LF", List.Replace("\n", "\r\n", StringComparison.Ordinal), Good },
        { "a byte order mark", "\uFEFF" + List, Good },
        { "no final newline", List.TrimEnd(), Good },
        { "one line of 5 kB", List + new string('9', 5_000) + "\n", Good },
        { "special-purpose space", List + "10.0.0.0/8\n192.168.1.0/24\n192.0.2.0/24\n2001:db8::/32\n2002::/16\n127.0.0.1\n224.0.0.0/4\n", Good },
        { "the owner's space", List + "9.200.3.4\n9.128.0.0/9\n", Good },
        { "an IPv6 /18", List + "2a00::/18\n", Good },
        { "4 % fewer", RefreshRig.Lines(Good * 96 / 100), Good * 96 / 100 },
        { "49 % more", RefreshRig.Lines(Good * 149 / 100), Good * 149 / 100 },
        { "24 % replaced", RefreshRig.Lines(Good, from: 240), Good },
        { "0.9 % unreadable", List + string.Concat(Enumerable.Repeat("oops\n", 9)), Good },
    };

    [Theory, MemberData(nameof(Dirt))]
    public async Task Refresh_Dirt_IsAcceptedWithoutTheBadLines(string what, string list, int entries)
    {
        await using var rig = new RefreshRig(FetchLimits, Limits);
        await rig.RefreshAsync(List + "9.255.255.255\n");
        var report = await rig.RefreshAsync(list);
        Assert.True(report.Outcome == RefreshOutcome.Accepted, $"{what}: {report.Outcome}, {report.Detail}");
        Assert.Equal(entries, rig.EntriesNow().Count);
    }

    [Fact]
    public async Task Refresh_DroppedLines_AreCounted()
    {
        await using var rig = new RefreshRig(FetchLimits, Limits);
        var facts = (await rig.RefreshAsync(List + "10.0.0.0/8\n127.0.0.1\n9.200.3.4\noops\n")).State.Accepted!.Facts!;
        Assert.Equal((Good, Good + 4, 1, 2, 1), (facts.Entries, facts.Records, facts.Unparsable, facts.SpecialPurpose, facts.OwnerSpace));
    }

    // The same line 200,000 times is one entry: neither growth nor memory.
    [Fact]
    public async Task Refresh_OneLineRepeated_IsOneEntry()
    {
        await using var rig = new RefreshRig(FetchLimits, Limits);
        await rig.RefreshAsync(List);
        var report = await rig.RefreshAsync(List + string.Concat(Enumerable.Repeat("9.0.0.1\n", 200_000)));
        Assert.Equal((RefreshOutcome.Accepted, Good), (report.Outcome, report.State.Accepted!.Facts!.Entries));
    }

    [Fact]
    public async Task Refresh_JsonThatSaysError_IsRefused()
    {
        await using var rig = new RefreshRig();
        var source = rig.Source(new FeedFormat { Syntax = FeedSyntax.Json, Prefix = ["addresses[]"] });
        await rig.RefreshAsync("""{"addresses": ["9.1.1.1", "9.1.1.2"]}""", source);
        Assert.Equal("empty", (await rig.RefreshAsync("""{"error": "rate limited"}""", source)).Reason);
        Assert.Equal("cut", (await rig.RefreshAsync("""{"addresses": ["9.1.1.1", "9.1""", source)).Reason);
        Assert.Equal(["9.1.1.1/32", "9.1.1.2/32"], rig.EntriesNow(source));
    }

    [Fact]
    public async Task Refresh_ADatabaseThatIsNone_IsRefusedAndNotOpenedAgain()
    {
        await using var rig = new RefreshRig();
        var source = rig.Source(new FeedFormat { Syntax = FeedSyntax.MaxMindDb });
        var first = await rig.RefreshAsync("not a database", source);
        Assert.Equal((RefreshOutcome.Refused, "broken"), (first.Outcome, first.Reason));
        Assert.Equal(2, (await rig.RefreshAsync(source)).State.Held!.TimesSeen);
    }

    [Fact]
    public async Task Refresh_ListOlderThanTheOneInUse_IsRefused()
    {
        await using var rig = new RefreshRig();
        var source = rig.Source(new FeedFormat { Syntax = FeedSyntax.Text, AsOf = "as of" });
        await rig.RefreshAsync("# as of 2026-11-20\n" + List, source);
        Assert.Equal("older", (await rig.RefreshAsync("# as of 2026-11-18\n" + List, source)).Reason);
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync("# as of 2026-11-19\n" + List, source)).Outcome); // a slow cache
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync("# as of 2026-11-21\n" + List, source)).Outcome);
    }

    // The list of data centres, day by day, as its own history has it: the biggest shrink, and two days of honest growth. On each of the
    // days a change beyond the gates is refused, and the next honest one is judged by what was accepted last.
    [Fact]
    public async Task Refresh_HistoryOfAList_IsAcceptedAndWhatGoesBeyondItIsNot()
    {
        await using var rig = new RefreshRig();
        var count = 10_000;
        foreach (var change in (double[])[0, -0.0414, 0.015, 0.34, 0.49, -0.0138, 0.001])
        {
            count = (int)(count * (1 + change));
            var report = await rig.RefreshAsync(RefreshRig.Lines(count));
            Assert.True(report.Outcome == RefreshOutcome.Accepted, $"{change:P1}: {report.Detail}");
            foreach (var (beyond, reason) in new[] { (0.79, "shrank"), (2.01, "grew") })
            {
                var refused = await rig.RefreshAsync(RefreshRig.Lines((int)(count * beyond)));
                Assert.Equal((RefreshOutcome.Refused, reason), (refused.Outcome, refused.Reason));
                Assert.Equal(count, rig.EntriesNow().Count);
            }
            rig.Time.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public async Task Refresh_ListThatChurnsByNature_HasItsOwnNumbers()
    {
        await using var rig = new RefreshRig();
        var source = rig.Source() with { Gates = new() { MaxRemoved = 0.95, MaxShrink = 0.8, MaxGrowth = 4, MaxCoverageChange = 4 } };
        await rig.RefreshAsync(List, source);
        Assert.Equal(RefreshOutcome.Accepted, (await rig.RefreshAsync(RefreshRig.Lines(600, from: 700), source)).Outcome);
        Assert.Equal("shrank", (await rig.RefreshAsync(RefreshRig.Lines(60, from: 700), source)).Reason);
    }
}
