using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>Words of host names by which providers tell what a machine is. A word is between dots, hyphens and digits.</summary>
internal static class HostNameWords
{
    /// <summary>0..1: people name machines as they like.</summary>
    public const double Reliability = 0.4;

    // The first that fits decides: "tor-exit.vps.example.net" is a Tor exit.
    static readonly (Category Category, string[] Words)[] Rules =
    [
        (Category.Tor, ["torexit", "torproxy", "torrelay"]),
        (Category.Vpn, ["vpn", "openvpn", "wireguard", "wg"]),
        (Category.Proxy, ["proxy", "socks", "squid"]),
        (Category.Hosting, ["vps", "vserver", "dedicated", "server", "srv", "cloud", "hosting", "hosted", "colo", "compute", "instance", "vm", "droplet"]),
        (Category.Isp, ["dsl", "adsl", "vdsl", "ftth", "fttx", "fiber", "cable", "dynamic", "dyn", "dhcp", "ppp", "pppoe", "pool", "broadband", "dialup", "cust", "customer", "res", "home"]),
    ];

    static readonly Dictionary<string, Category> ByWord = Rules.SelectMany(rule => rule.Words.Select(word => (word, rule.Category))).ToDictionary();

    // The domain itself is a brand or a registry, as "home.example" or "cloud": its last two labels say nothing. "tor" is Toronto, too, and
    // means Tor beside "exit" or "relay" only.
    public static (Category Category, string Word)? Find(string name)
    {
        var labels = name.TrimEnd('.').ToLowerInvariant().Split('.');
        var all = WordsOf(string.Join('.', labels[..^Math.Min(2, labels.Length)])).ToList();
        if (all.Contains("tor") && (all.Contains("exit") || all.Contains("relay")))
        {
            return (Category.Tor, "tor");
        }
        var words = all.Where(ByWord.ContainsKey).ToList();
        foreach (var (category, _) in Rules)
        {
            if (words.FirstOrDefault(word => ByWord[word] == category) is { } found)
            {
                return (category, found);
            }
        }
        return null;
    }

    static IEnumerable<string> WordsOf(string name)
    {
        var start = 0;
        for (var at = 0; at <= name.Length; at++)
        {
            if (at < name.Length && char.IsAsciiLetterLower(name[at]))
            {
                continue;
            }
            if (at > start)
            {
                yield return name[start..at];
            }
            start = at + 1;
        }
    }
}
