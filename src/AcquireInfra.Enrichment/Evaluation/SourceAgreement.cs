using System.Runtime.InteropServices;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Evaluation;

/// <summary>
/// How a source agrees with the sources that do not copy it, counted over what it lists. A block is a /24 or a /48, or what is smaller.
/// <code>
/// agreed        a source of another family, or the ASN's role, says the same, or that which it is run on: a VPN exit is a rented server
/// contradicted  none does, and the ASN's role says that ordinary people, pupils or officials sit there
/// silent        neither: nothing is learned from it
/// reliability = (agreed + 1) / (agreed + contradicted + 2)
/// </code>
/// Lists that err in the same way agree, so this is an upper bound; it is a lower one where a lister sees more than the others.
/// </summary>
/// <param name="Same">Of <paramref name="Agreed"/>, what another family lists in this very category.</param>
/// <param name="Shipped">The reliability that the source's manifest entry gives.</param>
public sealed record SourceAgreement(
    string SourceId, Category Category, bool IsIPv6, double Shipped, bool IsAuthoritative, double Agreed, double Same, double Contradicted, double Silent)
{
    const double LeastBlocks = 100;
    const double LeastShare = 0.2;

    static readonly AsnRole[] Contradicting = [AsnRole.Access, AsnRole.Education, AsnRole.Government];

    public double Blocks => Agreed + Contradicted + Silent;

    /// <summary>0..1; null where too few blocks, under 100 or a fifth of all, are spoken of by others, or others could not contradict.</summary>
    public double? Reliability =>
        CanBeContradicted(Category) && Agreed + Contradicted is var told && told >= LeastBlocks && told >= LeastShare * Blocks
            ? (Agreed + 1) / (told + 2)
            : null;

    // Open proxies, abused hosts and mobile lines are where ordinary people are.
    static bool CanBeContradicted(Category category) => category is Category.Hosting or Category.Vpn or Category.Tor or Category.Relay or Category.Cdn;

    /// <summary>What else says the same of an address that is in a category.</summary>
    static CategorySet Confirming(Category category) => category switch
    {
        Category.Vpn => CategorySet.Of(Category.Vpn, Category.Hosting),
        Category.Tor => CategorySet.Of(Category.Tor, Category.Hosting),
        Category.Relay => CategorySet.Of(Category.Relay, Category.Cdn),
        Category.Hosting => CategorySet.Of(Category.Hosting, Category.Vpn, Category.Cdn),
        _ => CategorySet.Of(category),
    };

    /// <summary>All sources that list prefixes, in the snapshot's order, each family of addresses by itself.</summary>
    public static IReadOnlyList<SourceAgreement> All(Snapshot snapshot)
    {
        var rows = new Dictionary<(ushort Source, byte Category, bool IsIPv6), SourceAgreement>();
        foreach (var family in (AddressRange[])[AddressRange.IPv4, AddressRange.IPv6])
        {
            foreach (var segment in snapshot.ScopedSegmentsIn(family).Where(segment => segment.IsGlobal && segment.Profile != 0))
            {
                Count(snapshot, segment, rows);
            }
        }
        return [.. rows.OrderBy(row => row.Key).Select(row => row.Value)];
    }

    static void Count(Snapshot snapshot, in ScopedSegment segment, Dictionary<(ushort Source, byte Category, bool IsIPv6), SourceAgreement> rows)
    {
        var profile = snapshot.ProfileAt(segment.Profile).Word;
        var claims = snapshot.ClaimsOf(profile);
        var blocks = Math.Max(1, (double)segment.Addresses / (segment.IsIPv6 ? Math.Pow(2, 80) : 256));
        var counted = new HashSet<(ushort, byte)>();
        foreach (var index in claims.OnPrefixes)
        {
            var claim = snapshot.ClaimAt(index);
            if (!counted.Add((claim.Source, claim.Category)))
            {
                continue;
            }
            var source = snapshot.Sources[claim.Source];
            var category = (Category)claim.Category;
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, (claim.Source, claim.Category, segment.IsIPv6), out _);
            row ??= new(source.Id, category, segment.IsIPv6, source.ReliabilityOf(category), source.Authoritative, 0, 0, 0, 0);
            var isSame = IsSaid(snapshot, claim, claims, CategorySet.Of(category));
            row = IsSaid(snapshot, claim, claims, Confirming(category)) ? row with { Agreed = row.Agreed + blocks, Same = row.Same + (isSame ? blocks : 0) }
                : Contradicting.Contains(snapshot.RoleOf(profile)) ? row with { Contradicted = row.Contradicted + blocks }
                : row with { Silent = row.Silent + blocks };
        }
        GC.KeepAlive(snapshot);
    }

    static bool IsSaid(Snapshot snapshot, Claim claim, ClaimSpans claims, CategorySet any) =>
        IsSaid(snapshot, claim, claims.OnPrefixes, any) || IsSaid(snapshot, claim, claims.OnAsn, any);

    static bool IsSaid(Snapshot snapshot, Claim claim, ReadOnlySpan<uint> others, CategorySet any)
    {
        foreach (var index in others)
        {
            var other = snapshot.ClaimAt(index);
            if (any.Has((Category)other.Category) && snapshot.Sources[other.Source].Family != snapshot.Sources[claim.Source].Family)
            {
                return true;
            }
        }
        return false;
    }
}
