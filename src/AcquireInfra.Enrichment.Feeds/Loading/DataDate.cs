using System.Globalization;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>
/// The date of one file's data: what the file states, else <c>asOf</c> of its manifest entry, else the file's own time on disk. A stated
/// date that lies ahead would keep its source fresh long after it has gone stale, so it is not believed.
/// </summary>
internal static class DataDate
{
    static readonly TimeSpan Tolerance = TimeSpan.FromDays(1); // of zones, and of manifests that give a day and no hour

    /// <param name="warning">A sentence where the date is not the one that the data or the manifest states; else null.</param>
    public static DateTimeOffset Of(DateTimeOffset? stated, DateTimeOffset? ofManifest, DateTimeOffset ofFile, DateTimeOffset now, out string? warning)
    {
        warning = null;
        if (stated is { } own && own <= now + Tolerance)
        {
            return own.ToUniversalTime();
        }
        var date = (ofManifest ?? (ofFile <= now ? ofFile : now)).ToUniversalTime();
        var source = ofManifest is null ? "the file's own time" : "the manifest's asOf";
        if (stated is not null)
        {
            warning = $"states a date in the future, {Day(stated.Value)}; {source}, {Day(date)}, stands for it";
        }
        else if (ofManifest is null)
        {
            warning = $"states no date; {source}, {Day(date)}, stands for it: give asOf";
        }
        return date;
    }

    static string Day(DateTimeOffset date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
