namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>What a publisher said of a file: sent back, to be told whether it has changed.</summary>
public sealed record Validators(string? ETag, DateTimeOffset? LastModified);

/// <summary>One file that was fetched, unpacked and flushed to disk.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Sha256">Of its bytes, in lower case.</param>
public sealed record FetchedFile(string Path, string Sha256, long Bytes, Validators Validators);
