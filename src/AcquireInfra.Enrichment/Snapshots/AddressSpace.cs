using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>How much global space each ASN of a snapshot has, by profile. One walk over both families makes it; some 30 bytes a profile.</summary>
public sealed class AddressSpace
{
    readonly uint[] _asns;
    readonly uint[] _profiles;
    readonly UInt128[] _addresses;
    readonly Snapshot _snapshot;

    public AddressSpace(Snapshot snapshot)
    {
        _snapshot = snapshot;
        _addresses = new UInt128[snapshot.ProfileCount];
        foreach (var family in (AddressRange[])[AddressRange.IPv4, AddressRange.IPv6])
        {
            foreach (var segment in snapshot.ScopedSegmentsIn(family))
            {
                _addresses[segment.Profile] += segment.IsGlobal ? segment.Addresses : 0;
            }
        }
        (_asns, _profiles) = (new uint[snapshot.ProfileCount], new uint[snapshot.ProfileCount]);
        for (var profile = 0u; profile < _profiles.Length; profile++)
        {
            (_asns[profile], _profiles[profile]) = (snapshot.AsnNumberOf(snapshot.ProfileAt(profile)), profile);
        }
        Array.Sort(_asns, _profiles);
    }

    /// <summary>The profiles in an ASN's space, and how many global addresses have each. Special-purpose space is nobody's.</summary>
    public IEnumerable<ProfileSpace> Of(Asn asn)
    {
        for (var at = FirstOf(asn.Number); at < _asns.Length && _asns[at] == asn.Number; at++)
        {
            var profile = _profiles[at];
            yield return new(profile, _snapshot.ProfileAt(profile).IsIPv6, _addresses[profile]);
        }
    }

    int FirstOf(uint asn)
    {
        var (from, to) = (0, _asns.Length);
        while (from < to)
        {
            var middle = from + (to - from) / 2;
            (from, to) = _asns[middle] < asn ? (middle + 1, to) : (from, middle);
        }
        return from;
    }
}

/// <param name="Addresses">Global ones.</param>
public readonly record struct ProfileSpace(uint Profile, bool IsIPv6, UInt128 Addresses);
