using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>What requests ask for, read: an address in either form, a time, how much of a verdict.</summary>
internal static class Asked
{
    const long FirstSecond = -62135596800; // 0001-01-01
    const long LastSecond = 253402300799; // 9999-12-31T23:59:59Z

    /// <summary>Reads 4 or 16 bytes; <c>::ffff:a.b.c.d</c> is the IPv4 address.</summary>
    public static bool TryReadOctets(ByteString octets, out Address address)
    {
        var isAddress = octets.Length is 4 or 16;
        address = isAddress ? Address.FromBytes(octets.Span) : default;
        return isAddress;
    }

    /// <summary>The time to judge at. A Timestamp can hold what is no time.</summary>
    public static bool TryReadTime(Timestamp given, out DateTimeOffset time)
    {
        var isTime = given is { Seconds: >= FirstSecond and <= LastSecond, Nanos: >= 0 and < 1_000_000_000 };
        time = isTime ? given.ToDateTimeOffset() : default;
        return isTime;
    }

    /// <returns>Null where the number is no <see cref="V1.Detail"/>.</returns>
    public static bool? IsExplained(V1.Detail detail) => detail switch
    {
        V1.Detail.Unspecified or V1.Detail.Flat => false,
        V1.Detail.Explained => true,
        _ => null,
    };

    /// <summary>Octets that are no address, as they are shown: "0x" and hex digits.</summary>
    public static string Shown(ByteString octets) => SafeText.Shown("0x" + Convert.ToHexString(octets.Span[..Math.Min(octets.Length, 32)]));

    public static string OctetsDetail(ByteString octets) =>
        $"An address has 4 octets (IPv4) or 16 (IPv6), in network order, and these are {octets.Length}.";

    public const string TimeDetail = "\"at\" is no time from year 1 to 9999.";

    public static string DetailDetail(V1.Detail detail) => $"There is no Detail {(int)detail}. Send DETAIL_FLAT or DETAIL_EXPLAINED.";
}
