using System.Globalization;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Gates;

/// <summary>Whether a version of a source may take the place of the one before. What lies in special-purpose or the owner's space was dropped, and is no reason.</summary>
public static class FeedGate
{
    const double IPv4Space = 4_294_967_296;
    const int AsnTableMinIPv4Length = 6; // rows of one AS that lie side by side are one prefix

    static readonly TimeSpan DateTolerance = TimeSpan.FromDays(1); // caches of one upstream are not equally old

    /// <param name="accepted">The version in use; null where there is none yet.</param>
    /// <returns>The gates that it does not pass, the gravest first; empty where it may pass.</returns>
    public static IReadOnlyList<GateFault> Check(MeasuredFeed candidate, MeasuredFeed? accepted, GateSettings gates, SourceKind kind)
    {
        var alone = FaultsAlone(candidate.Facts, gates, kind).ToList();
        return accepted is null || accepted.Facts.Entries == 0 || alone.Count > 0 ? alone : [.. FaultsBeside(candidate, accepted, gates)];
    }

    static IEnumerable<GateFault> FaultsAlone(FeedFacts facts, GateSettings gates, SourceKind kind)
    {
        if (facts.IsCut)
        {
            yield return new(GateReason.Cut, "it is not whole, or more than may be read");
        }
        var isTable = kind == SourceKind.AsnTable;
        var minIPv4Length = isTable ? Math.Min(gates.MinIPv4Length, AsnTableMinIPv4Length) : gates.MinIPv4Length;
        if (facts.WidestIPv4 < minIPv4Length || facts.WidestIPv6 < gates.MinIPv6Length)
        {
            var (length, allowed) = facts.WidestIPv4 < minIPv4Length ? (facts.WidestIPv4, minIPv4Length) : (facts.WidestIPv6, gates.MinIPv6Length);
            yield return new(GateReason.TooWide, $"a prefix of /{length}; allowed /{allowed}");
        }
        if (facts.Entries == 0)
        {
            yield return new(GateReason.Empty, $"not one entry in {facts.Records} records");
        }
        if (facts.Unparsable > gates.MaxUnparsable * Math.Max(facts.Records, facts.Unparsable))
        {
            yield return new(GateReason.Unparsable, $"{facts.Unparsable} of {facts.Records} records cannot be read; allowed {Percent(gates.MaxUnparsable)}");
        }
        if (!isTable && facts.IPv4Addresses / IPv4Space > gates.MaxIPv4Share)
        {
            yield return new(GateReason.CoversTooMuch, $"{Percent(facts.IPv4Addresses / IPv4Space)} of IPv4; allowed {Percent(gates.MaxIPv4Share)}");
        }
    }

    static IEnumerable<GateFault> FaultsBeside(MeasuredFeed candidate, MeasuredFeed accepted, GateSettings gates)
    {
        var (now, before) = (candidate.Facts, accepted.Facts);
        var change = now.Entries / (double)before.Entries - 1;
        foreach (var (what, have, had) in new[] { ("entries", now.Entries, before.Entries), ("records", now.Records, before.Records) })
        {
            // Records too: of a list that is cut, a filter may have passed over all that is missing.
            var shrink = 1 - have / (double)had;
            if (shrink > gates.MaxShrink)
            {
                yield return new(GateReason.Shrank, $"{have} {what} after {had}, {Percent(shrink)} fewer; allowed {Percent(gates.MaxShrink)}");
                break;
            }
        }
        var removed = accepted.CountMissingIn(candidate) / (double)before.Entries;
        if (removed > gates.MaxRemoved)
        {
            yield return new(GateReason.Removed, $"{Percent(removed)} of {before.Entries} entries are gone; allowed {Percent(gates.MaxRemoved)}");
        }
        if (change > gates.MaxGrowth)
        {
            yield return new(GateReason.Grew, $"{now.Entries} entries after {before.Entries}, {Percent(change)} more; allowed {Percent(gates.MaxGrowth)}");
        }
        foreach (var fault in FaultsOfCoverage("IPv4", (now.IPv4Addresses, before.IPv4Addresses), (now.IPv4Prefixes, before.IPv4Prefixes), gates)
            .Concat(FaultsOfCoverage("IPv6", (now.IPv6Addresses, before.IPv6Addresses), (now.IPv6Prefixes, before.IPv6Prefixes), gates)))
        {
            yield return fault;
        }
        if (now.StatedAt + DateTolerance < before.StatedAt)
        {
            yield return new(GateReason.Older, $"of {now.StatedAt:yyyy-MM-dd HH:mm}, older than the version in use, of {before.StatedAt:yyyy-MM-dd HH:mm}");
        }
    }

    // A family that is new has nothing to differ from. A list of single addresses cannot grow without covering more: what further
    // prefixes explain is for the gate of growth.
    static IEnumerable<GateFault> FaultsOfCoverage(string family, (double Now, double Before) addresses, (int Now, int Before) prefixes, GateSettings gates)
    {
        if (addresses.Before == 0)
        {
            yield break;
        }
        var change = addresses.Now / addresses.Before - 1;
        var explained = Math.Clamp(prefixes.Now / (double)prefixes.Before - 1, 0, gates.MaxGrowth);
        var allowed = change < 0 ? gates.MaxCoverageChange : (1 + explained) * (1 + gates.MaxCoverageChange) - 1;
        if (Math.Abs(change) > allowed)
        {
            var way = change < 0 ? "less" : "more";
            yield return new(GateReason.CoverageChanged, $"covers {Percent(Math.Abs(change))} {way} of {family}; allowed {Percent(allowed)}");
        }
    }

    static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
