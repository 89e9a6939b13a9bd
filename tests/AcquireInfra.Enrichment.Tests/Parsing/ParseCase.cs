using System.Text;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>A row of the parsers' tables.</summary>
/// <param name="Why">The reason for the row.</param>
/// <param name="Entries">As <see cref="Shown.Entries"/> writes them.</param>
/// <param name="Faults">As <see cref="Shown.Faults"/> writes them.</param>
public sealed record ParseCase(string Why, FeedFormat Format, string Feed, string Entries, string Faults = "")
{
    public FeedContent Parse(FeedLimits? limits = null) => Parse(Format, Feed, limits);

    public static FeedContent Parse(FeedFormat format, string feed, FeedLimits? limits = null) =>
        Parse(format, Encoding.UTF8.GetBytes(feed), limits);

    public static FeedContent Parse(FeedFormat format, byte[] feed, FeedLimits? limits = null)
    {
        using var stream = new MemoryStream(feed);
        return FeedParser.Parse(stream, format, limits ?? FeedLimits.Default);
    }

    public void AssertParses()
    {
        var content = Parse();
        Assert.Equal(Entries, Shown.Entries(content));
        Assert.Equal(Faults, Shown.Faults(content));
    }

    public override string ToString() => Why;
}
