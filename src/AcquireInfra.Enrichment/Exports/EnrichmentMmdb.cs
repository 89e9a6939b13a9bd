using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// All space with an ASN, a category or a block as a MaxMind DB. ASN and organisation have the names of GeoLite2-ASN, so that its readers work;
/// a field that is not there is unknown, never "no".
/// </summary>
internal static class EnrichmentMmdb
{
    static readonly (string Name, Category Category)[] Flags =
    [
        ("is_hosting", Category.Hosting), ("is_vpn", Category.Vpn), ("is_proxy", Category.Proxy), ("is_residential_proxy", Category.ResidentialProxy),
        ("is_tor", Category.Tor), ("is_relay", Category.Relay), ("is_bulletproof", Category.Bulletproof), ("is_cdn", Category.Cdn),
        ("is_crawler", Category.Crawler), ("is_mobile", Category.Mobile),
    ];

    // Where IPv4 lies in the tree; the IPv6 space of that name is reserved, and nobody's.
    static readonly UInt128 IPv4End = UInt128.One << 32;

    public static void Write(Judge judge, Stream destination)
    {
        var data = new MmdbData();
        var rows = new ExportRows(judge, (_, facts, record) => Render(facts, new MmdbData(record), data));
        var ranges = new List<(UInt128, UInt128, int)>();
        foreach (var (range, content) in rows.Ranges())
        {
            var (first, last) = (MmdbFile.NumberOf(range.First), MmdbFile.NumberOf(range.Last));
            first = range.First.IsIPv4 ? first : UInt128.Max(first, IPv4End);
            if (first <= last)
            {
                ranges.Add((first, last, content));
            }
        }
        // The strings are all there now, and the records that point at them follow.
        var offsets = rows.Contents.Select(data.Append).ToList();
        var description = $"AcquireInfra.Enrichment. {string.Join(" | ", AttributionText.LinesOf(judge))}";
        new MmdbFile("AcquireInfra-Enrichment", description, judge.Snapshot.DataAsOf).Write(ranges, offsets, data, destination);
    }

    static bool Render(ProfileFacts facts, MmdbData record, MmdbData strings)
    {
        var (verdict, asn, provider, categories, _) = facts;
        if (asn is null && !facts.IsListed)
        {
            return false;
        }
        var flags = verdict.IsSpecial ? [] : Flags.Where(flag => verdict.Is(flag.Category) is not null).ToList();
        (string Name, string? Text)[] texts =
        [
            ("autonomous_system_organization", asn is { Name.Length: > 0 } ? asn.Name : null),
            ("network_role", asn?.Role.WordIfKnown()),
            ("verdict", verdict.Kind.Word()),
            ("level", verdict.IsSpecial ? null : verdict.Level.Word()),
            ("provider", provider),
        ];
        record.BeginMap((asn is null ? 0 : 1) + texts.Count(text => text.Text is not null) + (verdict.IsSpecial ? 0 : 2) + flags.Count);
        if (asn is not null)
        {
            record.Shared("autonomous_system_number", strings);
            record.Number32(asn.Asn.Number);
        }
        foreach (var (name, text) in texts.Where(text => text.Text is not null))
        {
            record.Shared(name, strings);
            record.Shared(text!, strings);
        }
        if (!verdict.IsSpecial)
        {
            WriteScore(verdict, categories, record, strings);
        }
        foreach (var (name, category) in flags)
        {
            record.Shared(name, strings);
            record.Bool(verdict.Present.Has(category));
        }
        return true;
    }

    static void WriteScore(Verdict verdict, IReadOnlyList<Category> categories, MmdbData record, MmdbData strings)
    {
        record.Shared("score", strings);
        record.Number16((ushort)verdict.Score);
        record.Shared("categories", strings);
        record.BeginArray(categories.Count);
        foreach (var category in categories)
        {
            record.Shared(category.Word(), strings);
        }
    }
}
