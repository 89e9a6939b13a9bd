namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>An address of which the operator knows what has to be said.</summary>
public sealed record Canary
{
    public required string Ip { get; init; }

    /// <summary>The AS that announces it, <c>AS64500</c>.</summary>
    public string? Asn { get; set; }

    /// <summary>Categories that it has.</summary>
    public IReadOnlyList<string> Has { get; set; } = [];

    /// <summary>Categories that it has not, be they absent or unknown.</summary>
    public IReadOnlyList<string> HasNot { get; set; } = [];
}
