using System.Globalization;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Sigma;

/// <summary>
/// A Sigma rule for sign-ins from networks of categories that hide who comes. Sigma has no look-up, so the rule carries a list: the widest
/// prefixes of what an export lists, as many as a search bears. The same snapshot and policy give the same bytes.
/// </summary>
public static class SigmaRule
{
    /// <summary>What such a rule is for: hosting is left out, for it is too much to list and too common to alert.</summary>
    public static CategorySet DefaultCategories { get; } =
        CategorySet.Of(Category.Vpn, Category.Proxy, Category.ResidentialProxy, Category.Tor, Category.Bulletproof);

    public const int DefaultMostPrefixes = 300;

    const string Id = "6c0b9a2e-5d0f-4a51-9a0b-3f5c7c2d9e14";

    /// <param name="judge">Any judge of the snapshot and the policy.</param>
    /// <param name="categories">Prefixes in any of them, whatever the level.</param>
    /// <param name="mostPrefixes">At least 4. A quarter of them may be IPv6.</param>
    public static void Write(Judge judge, CategorySet categories, int mostPrefixes, Stream destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostPrefixes, 4);
        var listed = Listed(judge, categories);
        var ipv6 = Widest(listed.Where(prefix => !prefix.IsIPv4), mostPrefixes / 4);
        var ipv4 = Widest(listed.Where(prefix => prefix.IsIPv4), mostPrefixes - ipv6.Count);
        destination.Write(Encoding.UTF8.GetBytes(TextOf(judge, categories, [.. ipv4, .. ipv6], listed)));
    }

    static List<Prefix> Listed(Judge judge, CategorySet categories)
    {
        using var list = new MemoryStream();
        AddressList.Write(judge, new(RiskLevel.Minimal, categories), list);
        return [.. Encoding.UTF8.GetString(list.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#').Select(line => Prefix.Parse(line))];
    }

    // The widest, told in the order of addresses.
    static List<Prefix> Widest(IEnumerable<Prefix> prefixes, int most) =>
        [.. prefixes.OrderBy(prefix => prefix.Length).ThenBy(prefix => prefix.First).Take(most).OrderBy(prefix => prefix.First)];

    static string TextOf(Judge judge, CategorySet categories, List<Prefix> taken, List<Prefix> listed)
    {
        var words = string.Join(", ", categories.Members().Select(category => category.Word()));
        var date = judge.Snapshot.DataAsOf.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var share = Share(taken, listed);
        var text = new StringBuilder();
        text.Append("# Generated: enrich export sigma. Write it anew rather than change it; the list grows old.\n");
        foreach (var source in AttributionText.LinesOf(judge).Where(line => line.StartsWith("source: ", StringComparison.Ordinal)))
        {
            text.Append("# ").Append(source).Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"""
            title: Sign-In From Network Of An Anonymizer
            id: {Id}
            status: experimental
            description: |
                Detects completed sign-ins to Microsoft Entra ID from networks that the AcquireInfra service puts in {words}.
                It lists the {taken.Count} widest of {listed.Count} prefixes, {share} % of the IPv4 addresses; look-ups of the service itself know all, and scores.
            references:
                - https://attack.mitre.org/techniques/T1583/
                - https://attack.mitre.org/techniques/T1090/003/
            author: AcquireInfra.Enrichment contributors
            date: {date}
            tags:
                - attack.resource-development
                - attack.t1583
                - attack.initial-access
                - attack.t1078.004
            logsource:
                product: azure
                service: signinlogs
            detection:
                selection:
                    ResultType: '0'
                    IPAddress|cidr:

            """);
        foreach (var prefix in taken)
        {
            text.Append(CultureInfo.InvariantCulture, $"            - '{prefix}'\n");
        }
        return text.Append("""
                condition: selection
            falsepositives:
                - People who use a commercial VPN for reasons of their own
                - Company VPNs and exits that are rented from such a provider
            level: medium

            """).ToString();
    }

    static int Share(List<Prefix> taken, List<Prefix> listed)
    {
        var (part, whole) = (Addresses(taken), Addresses(listed));
        return whole == 0 ? 100 : (int)(100 * part / whole);
    }

    static ulong Addresses(List<Prefix> prefixes) => prefixes.Where(prefix => prefix.IsIPv4).Aggregate(0UL, (sum, prefix) => sum + (1UL << (32 - prefix.Length)));
}
