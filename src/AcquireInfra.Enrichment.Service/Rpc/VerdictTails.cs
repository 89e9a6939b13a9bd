using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// The bytes of flat verdicts behind address and network, which are the same for all addresses of a profile: encoded when one of them is
/// first asked for, copied afterwards. The first byte is the network's length in bits, 0 for none. Thread-safe; two threads that encode
/// the same tail waste one.
/// </summary>
/// <param name="remember">Whether many addresses will be asked for.</param>
internal sealed class VerdictTails(Judge judge, bool remember)
{
    /// <summary>Tails are kept up to here, in bytes with what an array costs; the others are encoded each time.</summary>
    const long MaxBytes = 32L << 20;

    const int ArrayBytes = 32;

    readonly byte[]?[] _byProfile = new byte[remember ? judge.Snapshot.ProfileCount : 0][];

    // Where nothing is known, scope and family decide; of global space only, since special space has nothing assessed in either.
    readonly byte[]?[] _unknown = new byte[AddressScopes.All.Count + 1][];

    long _bytes;

    public ReadOnlySpan<byte> Of(Address address)
    {
        var scope = SpecialPurpose.ScopeOf(address);
        var profile = judge.Snapshot.Find(address);
        if (scope == AddressScope.Global && judge.MatchOf(address, profile) is { } match)
        {
            return Encode(profile, scope, !address.IsIPv4, match); // the profile's tail is for those that no override touches
        }
        if (profile == 0)
        {
            ref var unknown = ref _unknown[scope == AddressScope.Global && !address.IsIPv4 ? AddressScopes.All.Count : (int)scope];
            return Volatile.Read(ref unknown) ?? (unknown = Encode(0, scope, !address.IsIPv4));
        }
        if (scope != AddressScope.Global || _byProfile.Length == 0)
        {
            return Encode(profile, scope, !address.IsIPv4);
        }
        ref var slot = ref _byProfile[profile];
        return Volatile.Read(ref slot) ?? Remember(ref slot, Encode(profile, scope, !address.IsIPv4));
    }

    byte[] Remember(ref byte[]? slot, byte[] tail)
    {
        if (Volatile.Read(ref _bytes) < MaxBytes)
        {
            Interlocked.Add(ref _bytes, tail.Length + ArrayBytes);
            Volatile.Write(ref slot, tail);
        }
        return tail;
    }

    byte[] Encode(uint profile, AddressScope scope, bool isIPv6, OverrideMatch? match = null)
    {
        var message = VerdictMessages.Flat(ProfileFacts.Of(judge, profile, scope, isIPv6, match), scope);
        var tail = new byte[1 + message.CalculateSize()];
        tail[0] = (byte)judge.Snapshot.ProfileAt(profile).NetworkLength;
        message.WriteTo(tail.AsSpan(1));
        return tail;
    }
}
