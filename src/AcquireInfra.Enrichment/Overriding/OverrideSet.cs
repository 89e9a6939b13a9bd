using System.Collections.Concurrent;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>The overrides that are in force together. Immutable: a change or an expiry is another set with a higher revision. Thread-safe.</summary>
public sealed class OverrideSet
{
    readonly List<IReadOnlyList<Override>> _chains = [[]];
    readonly OverrideRuns _ipv4;
    readonly OverrideRuns _ipv6;
    readonly Dictionary<uint, List<Override>> _byAsn = [];
    readonly Dictionary<string, List<Override>> _byProvider = new(StringComparer.OrdinalIgnoreCase);
    readonly ConcurrentDictionary<(int Chain, uint Asn, string Provider), OverrideMatch> _matches = new(ProviderComparer.Instance);

    /// <param name="revision">Counts the sets of a service: equal revisions of one service are equal sets.</param>
    /// <exception cref="ArgumentException">Two entries have one id.</exception>
    public OverrideSet(long revision, IEnumerable<Override> entries)
    {
        Revision = revision;
        Entries = [.. entries.OrderBy(entry => entry.Id, StringComparer.Ordinal)];
        for (var at = 1; at < Entries.Count; at++)
        {
            if (Entries[at].Id == Entries[at - 1].Id)
            {
                throw new ArgumentException($"Two overrides have the id {Entries[at].Id}.", nameof(entries));
            }
        }
        NextExpiryAt = Entries.Count == 0 ? null : Entries.Min(entry => entry.ExpiresAt);
        _ipv4 = OverrideRuns.Of(Entries.Where(entry => entry.Target is { IsSpace: true, Prefix.IsIPv4: true }), _chains);
        _ipv6 = OverrideRuns.Of(Entries.Where(entry => entry.Target is { IsSpace: true, Prefix.IsIPv4: false }), _chains);
        foreach (var entry in Entries.Where(entry => !entry.Target.IsSpace))
        {
            var named = entry.Target.Kind == TargetKind.Asn ? Named(_byAsn, entry.Target.Asn.Number) : Named(_byProvider, entry.Target.Provider);
            named.Add(entry);
        }
    }

    public static OverrideSet Empty { get; } = new(0, []);

    public long Revision { get; }

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<Override> Entries { get; }

    public bool IsEmpty => Entries.Count == 0;

    /// <summary>From this second on another set is in force; null where nothing expires.</summary>
    public DateTimeOffset? NextExpiryAt { get; }

    /// <summary>Whether any is on an ASN or a provider, so that it may touch any address.</summary>
    internal bool HasNamed => _byAsn.Count + _byProvider.Count > 0;

    internal bool HasProviders => _byProvider.Count > 0;

    public Override? Find(string id)
    {
        var (from, to) = (0, Entries.Count);
        while (from < to)
        {
            var middle = from + (to - from) / 2;
            (from, to) = string.CompareOrdinal(Entries[middle].Id, id) < 0 ? (middle + 1, to) : (from, middle);
        }
        return from < Entries.Count && Entries[from].Id == id ? Entries[from] : null;
    }

    /// <summary>What of it is in force at a time. Each second at which something expired is one revision more, whoever counts.</summary>
    public OverrideSet At(DateTimeOffset now) => !(NextExpiryAt <= now) ? this : new(
        Revision + Entries.Where(entry => entry.ExpiresAt <= now).Select(entry => entry.ExpiresAt).Distinct().Count(),
        Entries.Where(entry => entry.ExpiresAt > now));

    /// <summary>Number of what is on an address or a prefix that holds the address; 0 for nothing.</summary>
    internal int ChainOf(Address address)
    {
        var runs = address.IsIPv4 ? _ipv4 : _ipv6;
        return runs.IsEmpty ? 0 : runs.At(address.Value).Chain;
    }

    internal bool IsOn(uint asn) => _byAsn.ContainsKey(asn);

    internal bool IsOn(string provider) => _byProvider.ContainsKey(provider);

    /// <summary>What acts where these meet; always the same object for the same.</summary>
    /// <param name="asn">0 where none of the set is on it.</param>
    /// <param name="provider">Empty where none of the set is on it.</param>
    internal OverrideMatch? MatchOf(int chain, uint asn, string provider)
    {
        if (chain == 0 && asn == 0 && provider.Length == 0)
        {
            return null;
        }
        var key = (chain, asn, provider);
        return _matches.TryGetValue(key, out var known) ? known : _matches.GetOrAdd(key, OverrideMatch.Of(
            [.. _chains[chain], .. asn == 0 ? [] : _byAsn[asn], .. provider.Length == 0 ? [] : _byProvider[provider]])!);
    }

    /// <summary>Segments, cut where what is on addresses and prefixes begins and ends.</summary>
    internal IEnumerable<ScopedSegment> Cut(IEnumerable<ScopedSegment> segments)
    {
        foreach (var segment in segments)
        {
            var runs = segment.IsIPv6 ? _ipv6 : _ipv4;
            if (runs.IsEmpty)
            {
                yield return segment;
                continue;
            }
            for (var first = segment.First.Value; ;)
            {
                var last = runs.At(first).Last;
                if (last >= segment.Last.Value)
                {
                    yield return segment with { First = Address.FromUInt128(first) };
                    break;
                }
                yield return segment with { First = Address.FromUInt128(first), Last = Address.FromUInt128(last) };
                first = last + 1;
            }
        }
    }

    static List<Override> Named<TName>(Dictionary<TName, List<Override>> byName, TName name)
        where TName : notnull
    {
        if (!byName.TryGetValue(name, out var named))
        {
            byName.Add(name, named = []);
        }
        return named;
    }

    sealed class ProviderComparer : IEqualityComparer<(int Chain, uint Asn, string Provider)>
    {
        public static ProviderComparer Instance { get; } = new();

        public bool Equals((int Chain, uint Asn, string Provider) x, (int Chain, uint Asn, string Provider) y) =>
            x.Chain == y.Chain && x.Asn == y.Asn && string.Equals(x.Provider, y.Provider, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((int Chain, uint Asn, string Provider) key) =>
            HashCode.Combine(key.Chain, key.Asn, StringComparer.OrdinalIgnoreCase.GetHashCode(key.Provider));
    }
}
