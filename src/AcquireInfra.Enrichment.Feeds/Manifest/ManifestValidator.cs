using System.Text;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Manifest;

internal static partial class ManifestValidator
{
    public static IEnumerable<string> FaultsOf(SourceManifest manifest)
    {
        if (HoldsNull(manifest.Sources, manifest.Changes, manifest.Canaries))
        {
            yield return "sources, changes or canaries holds null.";
            yield break;
        }
        foreach (var twice in manifest.Sources.GroupBy(source => source.Id).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Key}: the id occurs {twice.Count()} times.";
        }
        if (FaultOfAll(manifest.Sources) is { } together)
        {
            yield return together;
        }
        foreach (var source in manifest.Sources)
        {
            foreach (var fault in FaultsOf(source).Concat(DownloadValidator.FaultsOf(source)))
            {
                yield return $"{source.Id}: {fault}";
            }
        }
        foreach (var fault in manifest.Canaries.SelectMany(FaultsOf))
        {
            yield return fault;
        }
    }

    /// <returns>Why the sources, of one manifest or of several, cannot be compiled together; null where they can.</returns>
    public static string? FaultOfAll(IEnumerable<SourceEntry> sources) => sources
        .Where(source => source.Enabled && source.Kind != SourceKind.Claims)
        .GroupBy(source => source.Kind)
        .Where(kind => kind.Count() > 1)
        .Select(kind => $"one {kind.Key} is enough; switch off all but one of {string.Join(", ", kind.Select(source => source.Id))}.")
        .FirstOrDefault();

    static IEnumerable<string> FaultsOf(SourceEntry source)
    {
        if (!IdPattern().IsMatch(source.Id))
        {
            yield return "id is 1 to 64 of a-z, 0-9 and hyphen.";
        }
        if (!Enum.IsDefined(source.Kind))
        {
            yield return "kind is claims, asnTable or asnRoles."; // a JSON number is read as whatever it is
        }
        if (HoldsNull(source.Files, source.Categories, source.Covers ?? []))
        {
            yield return "files, categories or covers holds null.";
        }
        if (source.Files.Count == 0 && source.Urls.Count == 0)
        {
            yield return "files names at least one file or folder, or urls at least one address.";
        }
        var words = source.Categories.Concat(source.Covers ?? []).Concat(source.ReliabilityByCategory.Keys);
        foreach (var word in words.Where(word => !Categories.TryParse(word, out _)).Distinct())
        {
            yield return $"'{word}' is no category; use {string.Join(", ", Categories.All)}.";
        }
        if (source.ReliabilityByCategory.Values.Append(source.Reliability).Any(value => value is not (>= 0 and <= 1)))
        {
            yield return "reliability is 0 to 1.";
        }
        if (source is { HoldOffDays: < 0 or > 36_500 } or { MaxAgeDays: <= 0 or > 36_500 })
        {
            yield return "holdOffDays is 0 to 36500 and maxAgeDays above 0, at most 36500.";
        }
        if ((source.Kind == SourceKind.AsnRoles) != (source.Format is null))
        {
            yield return "a format is needed, except for asnRoles, whose format is fixed.";
        }
        foreach (var (name, format) in new[] { ("format", source.Format), ("downloadFormat", source.DownloadFormat) })
        {
            foreach (var fault in format is null ? [] : FaultsOf(format, source.Kind))
            {
                yield return $"{name}: {fault}";
            }
        }
    }

    static IEnumerable<string> FaultsOf(Canary canary)
    {
        if (!Address.TryParse(Encoding.UTF8.GetBytes(canary.Ip), out _))
        {
            yield return $"canaries: '{canary.Ip}' is no address.";
        }
        if (canary.Asn is { } asn && !Asn.TryParse(Encoding.UTF8.GetBytes(asn), out _))
        {
            yield return $"canaries: '{asn}' is no ASN.";
        }
        foreach (var word in canary.Has.Concat(canary.HasNot).Where(word => !Categories.TryParse(word, out _)))
        {
            yield return $"canaries: '{word}' is no category.";
        }
    }

    static IEnumerable<string> FaultsOf(FeedFormat format, SourceKind kind)
    {
        var hasPrefix = format.Prefix.Count > 0 || format.First is not null;
        var isMmdb = format.Syntax == FeedSyntax.MaxMindDb;
        if (!Enum.IsDefined(format.Syntax))
        {
            yield return "syntax is text, csv, json, jsonl, geofeed or mmdb.";
        }
        if (HoldsNull(format.Records, format.Columns, format.Prefix, format.Asn, format.Comments ?? [], format.Where))
        {
            yield return "records, columns, prefix, asn, comments or where holds null.";
            yield break;
        }
        if (format.Comments?.Contains("") ?? false)
        {
            yield return "comments: an empty marker makes a comment of every line.";
        }
        if ((format.First is null) != (format.Last is null))
        {
            yield return "first and last go together.";
        }
        if (!hasPrefix && format.Asn.Count == 0 && !isMmdb && format.Syntax is not (FeedSyntax.Text or FeedSyntax.Geofeed))
        {
            yield return "say where the prefix, the range or the ASN stands.";
        }
        if (kind == SourceKind.AsnTable && (format.Asn.Count == 0 || (!hasPrefix && !isMmdb)))
        {
            yield return "an ASN table has a prefix or range and an ASN.";
        }
        if (format.Delimiter is not [< (char)0x80])
        {
            yield return "delimiter is one ASCII character.";
        }
        if (format.Syntax == FeedSyntax.Csv && format.Header == (format.Columns.Count > 0))
        {
            yield return "a CSV has either header: true or columns.";
        }
        if (format.Where.Any(filter => (filter.In is null ? 0 : 1) + (filter.NotIn is null ? 0 : 1) + (filter.Min is null ? 0 : 1) != 1))
        {
            yield return "where: each filter has one of in, notIn, min.";
        }
        foreach (var word in format.CategoryFlags.Values.Where(word => !Categories.TryParse(word, out _)))
        {
            yield return $"categoryFlags: '{word}' is no category.";
        }
    }

    // The reader checks members for null, not elements.
    static bool HoldsNull(params ReadOnlySpan<IReadOnlyList<object?>> lists)
    {
        foreach (var list in lists)
        {
            if (list.Contains(null))
            {
                return true;
            }
        }
        return false;
    }

    [GeneratedRegex("^[a-z0-9-]{1,64}\\z")]
    private static partial Regex IdPattern();
}
