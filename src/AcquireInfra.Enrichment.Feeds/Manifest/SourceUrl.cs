using System.Globalization;

namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>Where one file of a source is published. gzip, tar and zip are told by their first bytes and unpacked.</summary>
public sealed record SourceUrl
{
    /// <summary>An https address; <c>{yyyy}</c> and <c>{MM}</c> stand for the year and the month in UTC. http only with <c>sha256</c>.</summary>
    public required string Url { get; init; }

    /// <summary>
    /// What the address gives is a page, and the file is the first link on it that fits this: an address in which <c>*</c> stands for
    /// anything but blanks, quotes and angle brackets.
    /// </summary>
    public string? Link { get; set; }

    /// <summary>The member of an archive, by its file name; <c>*</c> stands for anything. Without it the archive holds one file.</summary>
    public string? Member { get; set; }

    /// <summary>SHA-256 of the file as published, 64 hexadecimal digits: nothing else is taken.</summary>
    public string? Sha256 { get; set; }

    internal Uri At(DateTimeOffset now) => new(Url
        .Replace("{yyyy}", now.UtcDateTime.ToString("yyyy", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{MM}", now.UtcDateTime.ToString("MM", CultureInfo.InvariantCulture), StringComparison.Ordinal));
}
