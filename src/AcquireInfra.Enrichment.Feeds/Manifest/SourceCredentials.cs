using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>How a secret is sent.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CredentialScheme>))]
public enum CredentialScheme
{
    [JsonStringEnumMemberName("basic")]
    Basic,

    [JsonStringEnumMemberName("bearer")]
    Bearer,

    [JsonStringEnumMemberName("header")]
    Header,

    [JsonStringEnumMemberName("query")]
    Query,
}

/// <summary>
/// What a source asks of its readers, by the names of environment variables. Where a variable of that name and <c>_FILE</c> is set, the
/// value is what stands in the file it names. The manifest never holds a secret.
/// </summary>
public sealed record SourceCredentials
{
    public required CredentialScheme Scheme { get; init; }

    /// <summary>The header or the query parameter.</summary>
    public string? Name { get; set; }

    /// <summary>Variable of the user's name, for <c>basic</c>.</summary>
    public string? User { get; set; }

    /// <summary>Variable of the password, key or token.</summary>
    public required string Secret { get; init; }
}
