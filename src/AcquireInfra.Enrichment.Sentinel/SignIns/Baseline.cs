using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>A network that a principal was seen in before.</summary>
/// <param name="Provider">Brand, as verdicts have it. This or the ASN is needed.</param>
/// <param name="FirstSeen">First time, ISO 8601 in UTC.</param>
/// <param name="Days">On how many days.</param>
public sealed record BaselineEntry(string? Provider = null, uint? Asn = null, string? FirstSeen = null, int? Days = null);

/// <summary>The same, read.</summary>
/// <param name="FirstSeenAt">Null where it is not told.</param>
public readonly record struct SeenNetwork(string Provider, uint Asn, DateTimeOffset? FirstSeenAt, int? Days);

/// <summary>How a network stands to those that a principal was seen in.</summary>
public enum Novelty
{
    /// <summary>Nothing is told of the principal, or the address is in no network.</summary>
    Unknown = 0,

    /// <summary>It was seen in others and never in this one.</summary>
    New = 1,

    /// <summary>It was seen in this one, but not for long.</summary>
    Recent = 2,

    Known = 3,
}

public static class Novelties
{
    static readonly string[] Words = ["unknown", "new", "recent", "known"];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this Novelty novelty) => Words[(int)novelty];
}

/// <summary>
/// Networks that principals were seen in before: provider or ASN and never the exact address, since providers rotate addresses, and so do
/// their customers.
/// </summary>
public sealed class Baseline
{
    readonly Dictionary<string, IReadOnlyList<SeenNetwork>> _byPrincipal;

    public Baseline(IEnumerable<KeyValuePair<string, IReadOnlyList<SeenNetwork>>> networks) =>
        _byPrincipal = new(networks, StringComparer.Ordinal);

    public static Baseline Empty { get; } = new([]);

    /// <param name="provider">Brand; empty for none.</param>
    /// <param name="asn">0 for none.</param>
    public Novelty Of(string principal, string provider, uint asn, DateTimeOffset at, NoveltyPolicy policy)
    {
        if (!_byPrincipal.TryGetValue(principal, out var seen) || (provider.Length == 0 && asn == 0))
        {
            return Novelty.Unknown;
        }
        var (hasOthers, isThere) = (false, false);
        foreach (var network in seen)
        {
            if (network.FirstSeenAt > at)
            {
                continue; // it was not yet
            }
            hasOthers = true;
            if ((network.Asn != 0 && network.Asn == asn) || (provider.Length > 0 && provider.Equals(network.Provider, StringComparison.OrdinalIgnoreCase)))
            {
                isThere = true;
                if (IsEstablished(network, at, policy))
                {
                    return Novelty.Known;
                }
            }
        }
        return isThere ? Novelty.Recent : hasOthers ? Novelty.New : Novelty.Unknown;
    }

    // A caller that tells neither has looked at it already.
    static bool IsEstablished(SeenNetwork network, DateTimeOffset at, NoveltyPolicy policy) => network switch
    {
        { FirstSeenAt: { } first } => at - first >= TimeSpan.FromDays(policy.KnownAfterDays),
        { Days: { } days } => days >= policy.KnownAfterDaysSeen,
        _ => true,
    };
}

/// <summary>Prefixes, few enough to be looked through.</summary>
public sealed class PrefixList(IReadOnlyList<Prefix> prefixes)
{
    public static PrefixList Empty { get; } = new([]);

    public bool Contains(Address address)
    {
        for (var at = 0; at < prefixes.Count; at++)
        {
            if (prefixes[at].Contains(address))
            {
                return true;
            }
        }
        return false;
    }
}
