using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Exporting;

/// <summary><c>?level=medium&amp;category=vpn,tor</c>.</summary>
internal static class AddressListQuery
{
    /// <returns>What is wrong and what to send instead; null where nothing is.</returns>
    public static string? Parse(string? level, string? category, out AddressListFilter filter)
    {
        filter = AddressListFilter.Default;
        if (level is not null)
        {
            if (!RiskLevels.TryParse(level, out var lowest))
            {
                return $"'{SafeText.Shown(level)}' is no level. Send one of {string.Join(", ", RiskLevels.All)}: what is below it is left out.";
            }
            filter = filter with { MinLevel = lowest };
        }
        foreach (var word in category?.Split(',') ?? [])
        {
            if (!Categories.TryParse(word, out var known))
            {
                return $"'{SafeText.Shown(word)}' is no category. Send some of {string.Join(",", Categories.All)}, with commas between them.";
            }
            filter = filter with { Categories = filter.Categories.With(known) };
        }
        return null;
    }
}
