using System.Globalization;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>
/// One spelling for each provider, whatever a feed writes: "nord-vpn list" and "NORDVPN" are NordVPN where a source or the role table calls it
/// so. What nobody knows stays as it is written.
/// </summary>
internal sealed class ProviderNames
{
    // What feeds put behind a name to say what they list of it.
    static readonly HashSet<string> Trailing = new(StringComparer.OrdinalIgnoreCase)
    {
        "list", "lists", "ip", "ips", "range", "ranges", "server", "servers", "exit", "exits", "node", "nodes", "public", "network", "networks", "platform",
    };

    readonly Dictionary<string, string> _byLetters = new(StringComparer.Ordinal);

    /// <param name="known">Spellings, the better ones first.</param>
    public ProviderNames(IEnumerable<string> known)
    {
        foreach (var name in known.Where(name => LettersOf(name).Length > 0))
        {
            _byLetters.TryAdd(LettersOf(name), name);
        }
    }

    public string Of(string given)
    {
        if (Find(given) is { } known)
        {
            return known;
        }
        var words = given.Split([' ', '-', '_', '.'], StringSplitOptions.RemoveEmptyEntries);
        for (var length = words.Length - 1; length > 0 && Trailing.Contains(words[length]); length--)
        {
            if (Find(string.Join(' ', words[..length])) is { } shorter)
            {
                return shorter;
            }
        }
        return given;
    }

    string? Find(string name) => _byLetters.GetValueOrDefault(LettersOf(name));

    static string LettersOf(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpper(CultureInfo.InvariantCulture);
}
