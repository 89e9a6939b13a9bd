using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>What is wrong with <see cref="AuthOptions"/>.</summary>
internal sealed class AuthOptionsValidator : IValidateOptions<EnrichmentOptions>
{
    const string Section = EnrichmentOptions.Section + ":Auth";

    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options)
    {
        var faults = new List<string>();
        ApiKeyStore.Read(options.Auth, faults);
        if (options.Auth.Entra is { IsConfigured: true } entra)
        {
            faults.AddRange(Faults(entra));
        }
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    static IEnumerable<string> Faults(EntraOptions entra)
    {
        if (!Guid.TryParseExact(entra.TenantId, "D", out _))
        {
            yield return $"{Section}:Entra:TenantId is not the GUID of one tenant.";
        }
        if (entra.Audiences.Count == 0 || entra.Audiences.Any(string.IsNullOrWhiteSpace))
        {
            yield return $"{Section}:Entra:Audiences names nobody; give it the application's GUID.";
        }
        if (!Uri.TryCreate(entra.Authority, UriKind.Absolute, out var authority) || authority.PathAndQuery != "/"
            || !(authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            yield return $"{Section}:Entra:Authority is not an https origin like https://login.microsoftonline.com; http is for loopback only.";
        }
    }
}
