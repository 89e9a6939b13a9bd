using System.Globalization;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>What came out of a feed as text that fits into a row of a table.</summary>
internal static class Shown
{
    /// <summary>
    /// Prefixes with their ASN and what the record says of itself, then ASNs, one blank between:
    /// <c>192.0.2.0/24=AS64496{vpn+tor|Acme|50%|first 2026-08-01T00:00|last 2026-08-22T00:00} AS64497</c>.
    /// </summary>
    public static string Entries(FeedContent content)
    {
        var texts = new List<string>();
        foreach (var entry in content.Entries)
        {
            texts.Add(entry.Prefix + (entry.Asn.Number == 0 ? "" : $"={entry.Asn}") + Label(content.Labels[entry.Label]));
        }
        foreach (var asn in content.Asns)
        {
            texts.Add(asn.Asn + Label(content.Labels[asn.Label]));
        }
        return string.Join(' ', texts);
    }

    /// <summary>The located faults, <c>bad_address@2:1</c>: line 2, column 1.</summary>
    public static string Faults(FeedContent content) =>
        string.Join(' ', content.Errors.Select(error => $"{error.Fault.Word()}@{error.Line}:{error.Column}"));

    public static string Names(FeedContent content) =>
        string.Join('|', content.AsnNames.OrderBy(name => name.Key).Select(name => $"{name.Key} {name.Value}"));

    public static string Date(DateTimeOffset? time) => time?.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Everything that a parser tells, for comparing two parses.</summary>
    public static string All(FeedContent content) => string.Join(
        '\n', Entries(content), Faults(content), Names(content), content.AsOf?.ToString("O"), content.Records,
        string.Join(' ', Enum.GetValues<FeedFault>().Select(content.CountOf)));

    static string Label(FeedLabel label)
    {
        string[] parts =
        [
            string.Join('+', label.Categories.Members().Select(category => category.Word())),
            label.Provider ?? "",
            label.Confidence == 100 ? "" : $"{label.Confidence}%",
            label.FirstSeen is null ? "" : $"first {Date(label.FirstSeen)}",
            label.LastSeen is null ? "" : $"last {Date(label.LastSeen)}",
        ];
        parts = [.. parts.Where(part => part.Length > 0)];
        return parts.Length == 0 ? "" : $"{{{string.Join('|', parts)}}}";
    }
}
