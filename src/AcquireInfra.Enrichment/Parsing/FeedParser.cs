namespace AcquireInfra.Enrichment.Parsing;

/// <summary>Feed bytes in, entries and located faults out. The format says what the bytes mean; no feed has code of its own.</summary>
public static class FeedParser
{
    /// <summary>Reads a text, CSV, geofeed, JSON or JSON Lines feed to its end or to a limit, in bounded memory.</summary>
    /// <exception cref="FormatException">The format does not fit itself or the feed's header: a manifest error, not a feed fault.</exception>
    public static FeedContent Parse(Stream bytes, FeedFormat format, FeedLimits limits)
    {
        var content = new FeedContent(limits);
        switch (format.Syntax)
        {
            case FeedSyntax.Text:
                TextParser.Parse(bytes, format, limits, content);
                break;
            case FeedSyntax.Csv or FeedSyntax.Geofeed:
                CsvParser.Parse(bytes, format, limits, content);
                break;
            case FeedSyntax.Json:
                JsonParser.ParseDocument(bytes, format, limits, content);
                break;
            case FeedSyntax.JsonLines:
                JsonParser.ParseLines(bytes, format, limits, content);
                break;
            default:
                throw new FormatException("A MaxMind DB is read from a file, see ParseMmdb.");
        }
        return content;
    }

    /// <summary>Reads a MaxMind DB. The file is mapped while it is read, so it must be a copy that nobody else writes.</summary>
    /// <exception cref="InvalidDataException">The file is no MaxMind DB, or a broken one.</exception>
    public static FeedContent ParseMmdb(string privatePath, FeedFormat format, FeedLimits limits)
    {
        var content = new FeedContent(limits);
        MmdbParser.Parse(privatePath, format, limits, content);
        return content;
    }
}
