using System.Globalization;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>
/// Whether a file is whole enough to say "looked for and absent" of what it does not name. A file that is cut, or of which too much could
/// not be read, keeps its entries, and its source covers nothing.
/// </summary>
internal static class Completeness
{
    // Public lists have a handful of bad lines each; a list that changed its format has hundreds.
    const int FaultsAllowed = 10;
    const double FaultShareAllowed = 0.01;

    static readonly FeedFault[] Cutting = [FeedFault.TooManyEntries, FeedFault.FeedTooLong, FeedFault.BadJson, FeedFault.LineTooLong];

    /// <returns>A sentence; null where the file is whole.</returns>
    public static string? DoubtOf(FeedContent content)
    {
        // A record in special-purpose space hides no address that is judged, and one in the owner's space is passed over on purpose.
        var faults = content.FaultCount - content.CountOf(FeedFault.SpecialPurpose) - content.CountOf(FeedFault.OwnerSpace);
        var what = content.IsCut
            ? $"not read to its end ({Cutting.First(fault => content.CountOf(fault) > 0).Word()})"
            : faults > FaultsAllowed && faults > content.Records * FaultShareAllowed
                ? string.Create(CultureInfo.InvariantCulture, $"{faults} of {content.Records} records cannot be read")
                : null;
        return what is null ? null : what + "; its entries count, but an address that it does not name is unknown, not absent";
    }
}
