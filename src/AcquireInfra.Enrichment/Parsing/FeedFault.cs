using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>Why a feed record was refused. The words are contract: metric tags and CLI output.</summary>
public enum FeedFault
{
    None = 0,
    BadAddress,
    BadPrefixLength,
    HostBitsSet,
    BadRange,
    SpecialPurpose,
    TooWide,
    BadAsn,
    BadValue,
    MissingField,
    LineTooLong,
    BadQuote,
    BadJson,
    BadRecord,
    TooManyEntries,
    FeedTooLong,
    OwnerSpace,
}

/// <summary>Where a fault stands; line and column count from 1, as an editor does. Line 0: the place is not known.</summary>
public readonly record struct FeedError(FeedFault Fault, int Line, int Column);

public static class FeedFaults
{
    static readonly string[] Words =
    [
        "none", "bad_address", "bad_prefix_length", "host_bits_set", "bad_range", "special_purpose", "too_wide", "bad_asn", "bad_value",
        "missing_field", "line_too_long", "bad_quote", "bad_json", "bad_record", "too_many_entries", "feed_too_long", "owner_space",
    ];

    public static int Count => Words.Length;

    public static string Word(this FeedFault fault) => Words[(int)fault];
}

/// <summary>What a parser takes at most. A feed past a limit is cut there and says so with a fault.</summary>
public sealed record FeedLimits
{
    public static FeedLimits Default { get; } = new();

    /// <summary>Bytes of one feed, unpacked. Default 64 MiB.</summary>
    public long MaxFeedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes of one MaxMind DB, which is mapped and not read through. Default 1 GiB.</summary>
    public long MaxDatabaseBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>
    /// Bytes of one line of text or CSV, and of one JSON token. Default 4 KiB; a longer line is a fault and passed over, a longer
    /// token ends its document.
    /// </summary>
    public int MaxLineBytes { get; init; } = 4 * 1024;

    /// <summary>Entries of one feed. Default 5 million.</summary>
    public int MaxEntries { get; init; } = 5_000_000;

    /// <summary>Shortest IPv4 prefix taken, in bits. Default 8: 3.128.0.0/9 is real, 0.0.0.0/1 never is.</summary>
    public int MinIPv4Length { get; init; } = 8;

    /// <summary>Shortest IPv6 prefix taken, in bits. Default 19.</summary>
    public int MinIPv6Length { get; init; } = 19;

    /// <summary>The operator's own space: no feed says anything about it, and an ASN table alone may. Default none.</summary>
    public IReadOnlyList<Prefix> OwnerPrefixes { get; init; } = [];

    /// <summary>Faults kept with their place; all are counted. Default 100.</summary>
    public int MaxLocatedFaults { get; init; } = 100;

    /// <summary>Characters of a name or provider taken from a feed. Default 256.</summary>
    public int MaxNameCharacters { get; init; } = 256;

    /// <summary>Bytes read at a time; tests use 7 to cross every boundary. Default 64 KiB.</summary>
    public int BufferBytes { get; init; } = 64 * 1024;
}
