namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>Why a file could not be fetched. The words, <see cref="FetchFaults.Word"/>, are contract: metric tags and state files.</summary>
public enum FetchFault
{
    None = 0,
    Unreachable,
    AddressRefused,
    HttpStatus,
    RedirectRefused,
    TimedOut,
    TooSlow,
    TooLarge,
    Cut,
    WrongType,
    BadArchive,
    PinMismatch,
    NoCredentials,
    NoLink,
    NoFile,
}

public static class FetchFaults
{
    static readonly string[] Words =
    [
        "none", "unreachable", "address_refused", "http_status", "redirect_refused", "timed_out", "too_slow", "too_large", "cut", "wrong_type",
        "bad_archive", "pin_mismatch", "no_credentials", "no_link", "no_file",
    ];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this FetchFault fault) => Words[(int)fault];
}

/// <summary>A file could not be fetched. The message holds no secret: of an address, it tells scheme, host and path.</summary>
public sealed class FetchException : Exception
{
    public FetchException()
    {
    }

    public FetchException(string message)
        : base(message)
    {
    }

    public FetchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="retryAfter">How long the publisher asks to wait; null where it does not say.</param>
    public FetchException(FetchFault fault, string message, Exception? cause = null, TimeSpan? retryAfter = null)
        : base(message, cause) => (Fault, RetryAfter) = (fault, retryAfter);

    public FetchFault Fault { get; }

    public TimeSpan? RetryAfter { get; }
}
