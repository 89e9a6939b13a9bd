namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// Who may call: API keys, Entra ID tokens, or both. With neither, whoever reaches an endpoint may do everything, and only loopback
/// endpoints are allowed (<see cref="Hosting.BindRules"/>).
/// </summary>
public sealed class AuthOptions
{
    /// <summary>API keys, by their digests. Default: none.</summary>
    public IList<ApiKeyOptions> ApiKeys { get; } = [];

    /// <summary>A JSON file with an array of further API keys, read again when it changes. Default: none.</summary>
    public string? ApiKeysFile { get; set; }

    /// <summary>Tokens of Microsoft Entra ID.</summary>
    public EntraOptions Entra { get; } = new();

    internal bool HasApiKeys => ApiKeys.Count > 0 || ApiKeysFile is { Length: > 0 };

    internal bool IsConfigured => HasApiKeys || Entra.IsConfigured;
}

/// <summary>One caller with an API key. The key itself is configured nowhere.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Name of the caller and first part of the key: 1 to 64 letters, digits, <c>-</c> and <c>_</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>SHA-256 of the whole key <c>id.secret</c>, in hex: one, or two while a key is replaced.</summary>
    public IList<string> Sha256 { get; init; } = [];

    /// <summary>What the caller may do: lookup, bulk, deep, override.write, admin.</summary>
    public IList<string> Roles { get; init; } = [];
}

/// <summary>Tokens of one Entra ID tenant.</summary>
public sealed class EntraOptions
{
    /// <summary>The tenant, a GUID. Tokens of any other are refused. Default: none, and no token is accepted.</summary>
    public string? TenantId { get; set; }

    /// <summary>Whom tokens are for: the application's GUID (<c>api://GUID</c> is the same), or another App ID URI. At least one.</summary>
    public IList<string> Audiences { get; } = [];

    /// <summary>Where the tenant's keys are fetched: an https origin; http on loopback only. Default: the public cloud.</summary>
    public string Authority { get; set; } = "https://login.microsoftonline.com";

    internal bool IsConfigured => TenantId is { Length: > 0 } || Audiences.Count > 0;
}
