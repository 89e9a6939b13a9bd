using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Gates;

/// <summary>
/// One version of a source, measured. The version before is measured anew from its bytes, which are on disk anyway: so what is gone is
/// counted exactly, and no sample of it has to be kept.
/// </summary>
public sealed class MeasuredFeed
{
    readonly Prefix[] _prefixes; // sorted, each once
    readonly uint[] _asns;

    MeasuredFeed(Prefix[] prefixes, uint[] asns, FeedFacts facts) => (_prefixes, _asns, Facts) = (prefixes, asns, facts);

    public FeedFacts Facts { get; }

    /// <param name="contents">What the files of the version gave.</param>
    /// <param name="roles">ASNs of a role table; empty for the other kinds.</param>
    public static MeasuredFeed Of(IReadOnlyList<FeedContent> contents, IEnumerable<Asn> roles)
    {
        var prefixes = Distinct(PrefixesOf(contents));
        var asns = Distinct([.. contents.SelectMany(content => content.Asns.ToArray()).Select(entry => entry.Asn).Concat(roles).Select(asn => asn.Number)]);
        int CountOf(FeedFault fault) => contents.Sum(content => content.CountOf(fault));
        var dropped = CountOf(FeedFault.SpecialPurpose) + CountOf(FeedFault.OwnerSpace);
        return new(prefixes, asns, new(
            Entries: prefixes.Length + asns.Length,
            IPv4Prefixes: prefixes.Count(prefix => prefix.IsIPv4),
            IPv6Prefixes: prefixes.Count(prefix => !prefix.IsIPv4),
            Records: contents.Sum(content => content.Records),
            Unparsable: contents.Sum(content => content.FaultCount) - dropped - CountOf(FeedFault.TooWide),
            SpecialPurpose: CountOf(FeedFault.SpecialPurpose),
            OwnerSpace: CountOf(FeedFault.OwnerSpace),
            IPv4Addresses: Covered(prefixes.Where(prefix => prefix.IsIPv4)),
            IPv6Addresses: Covered(prefixes.Where(prefix => !prefix.IsIPv4)),
            WidestIPv4: Widest(prefixes.Where(prefix => prefix.IsIPv4), contents.Select(content => content.WidestIPv4).Append(32)),
            WidestIPv6: Widest(prefixes.Where(prefix => !prefix.IsIPv4), contents.Select(content => content.WidestIPv6).Append(128)),
            IsCut: contents.Any(content => content.IsCut),
            StatedAt: contents.Any(content => content.AsOf is null) ? null : contents.Min(content => content.AsOf)));
    }

    /// <returns>How many of its entries another version does not have.</returns>
    public int CountMissingIn(MeasuredFeed other) => Missing<Prefix>(_prefixes, other._prefixes) + Missing<uint>(_asns, other._asns);

    static Prefix[] PrefixesOf(IReadOnlyList<FeedContent> contents)
    {
        var prefixes = new Prefix[contents.Sum(content => content.Entries.Length)];
        var at = 0;
        foreach (var content in contents)
        {
            foreach (ref readonly var entry in content.Entries)
            {
                prefixes[at++] = entry.Prefix;
            }
        }
        return prefixes;
    }

    /// <returns>Sorted, each once.</returns>
    static T[] Distinct<T>(T[] all)
        where T : struct
    {
        Array.Sort(all);
        var kept = 0;
        for (var at = 0; at < all.Length; at++)
        {
            if (at == 0 || !EqualityComparer<T>.Default.Equals(all[at], all[kept - 1]))
            {
                all[kept++] = all[at];
            }
        }
        return all[..kept];
    }

    // A prefix comes before all that lie inside it, so one look back tells what is covered already.
    static double Covered(IEnumerable<Prefix> sorted)
    {
        double addresses = 0;
        Prefix? widest = null;
        foreach (var prefix in sorted)
        {
            if (widest is null || !widest.Value.Contains(prefix.Network))
            {
                widest = prefix;
                addresses += Math.Pow(2, prefix.Network.Bits - prefix.Length);
            }
        }
        return addresses;
    }

    static int Widest(IEnumerable<Prefix> taken, IEnumerable<int> refused) => taken.Select(prefix => prefix.Length).Concat(refused).Min();

    static int Missing<T>(ReadOnlySpan<T> before, ReadOnlySpan<T> after)
        where T : IComparable<T>
    {
        var (missing, at) = (0, 0);
        foreach (var value in before)
        {
            while (at < after.Length && after[at].CompareTo(value) < 0)
            {
                at++;
            }
            missing += at < after.Length && after[at].CompareTo(value) == 0 ? 0 : 1;
        }
        return missing;
    }
}
