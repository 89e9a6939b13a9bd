namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>What a download may take at most.</summary>
public sealed record FetchLimits
{
    public static FetchLimits Default { get; } = new();

    /// <summary>Bytes of one file as published. Default 64 MiB.</summary>
    public long MaxDownloadBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes of one file unpacked. Default 64 MiB.</summary>
    public long MaxUnpackedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes unpacked for one packed, counted from 1 MiB on. Default 100.</summary>
    public int MaxRatio { get; init; } = 100;

    /// <summary>Members of an archive. Default 1,000.</summary>
    public int MaxMembers { get; init; } = 1_000;

    /// <summary>Redirects followed for one file. Default 3.</summary>
    public int MaxRedirects { get; init; } = 3;

    /// <summary>Longest time of one file, from the first request to the last byte, retries included. Default 1 minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes that have to arrive in each <see cref="RateWindow"/>. Default 10 KiB.</summary>
    public long MinBytesPerWindow { get; init; } = 10 * 1024;

    /// <summary>Default 10 seconds.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromSeconds(10);
}
