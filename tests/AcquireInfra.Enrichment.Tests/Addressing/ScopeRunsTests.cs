using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Tests.Lookup;

namespace AcquireInfra.Enrichment.Tests.Addressing;

/// <summary>Runs of one scope against <see cref="SpecialPurpose.ScopeOf"/>, which reads the registry entry by entry.</summary>
public sealed class ScopeRunsTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void At_WholeFamily_RunsTouchAndHaveOneScopeEach(bool isIPv6)
    {
        var whole = isIPv6 ? AddressRange.IPv6 : AddressRange.IPv4;
        var random = new Random(1);
        var runs = 0;
        for (var first = whole.First; ; runs++)
        {
            var (scope, last) = ScopeRuns.At(first);
            var size = last.Value - first.Value;
            var inside = Address.FromUInt128(first.Value + (UInt128)(random.NextDouble() * (double)size) / 2);
            Assert.All((Address[])[first, inside, last], address => Assert.Equal(SpecialPurpose.ScopeOf(address), scope));
            Assert.Equal(last, ScopeRuns.At(inside).Last);
            if (last == whole.Last)
            {
                break;
            }
            first = Address.FromUInt128(last.Value + 1);
            if (isIPv6 && first == AddressRange.IPv4.First)
            {
                first = Address.FromUInt128(AddressRange.IPv4.Last.Value + 1); // the mapped space is IPv4, and its edge no change of scope
                continue;
            }
            Assert.NotEqual(scope, SpecialPurpose.ScopeOf(first)); // as long as it can be
        }
        Assert.InRange(runs, 20, 60);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void At_RandomAddresses_ScopeIsTheRegistrys(bool isIPv6)
    {
        var random = new Random(2);
        var prefixes = SpecialPurpose.Entries.Select(entry => entry.Prefix).Where(prefix => prefix.IsIPv4 != isIPv6).ToList();
        var seen = new HashSet<AddressScope>();
        for (var probe = 0; probe < 20_000; probe++)
        {
            var address = RandomPrefixes.Near(random, prefixes, isIPv6);
            Assert.Equal(SpecialPurpose.ScopeOf(address), ScopeRuns.At(address).Scope);
            seen.Add(ScopeRuns.At(address).Scope);
        }
        Assert.True(seen.Count >= 10, $"only {seen.Count} scopes");
    }
}
