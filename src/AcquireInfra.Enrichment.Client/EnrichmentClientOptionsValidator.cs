using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client;

[OptionsValidator]
internal sealed partial class EnrichmentClientOptionsValidator : IValidateOptions<EnrichmentClientOptions>;

/// <summary>What the attributes cannot say. No message repeats a secret.</summary>
internal sealed class EnrichmentClientOptionsRules : IValidateOptions<EnrichmentClientOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrichmentClientOptions options)
    {
        var faults = new List<string>();
        var hasCredential = options.ApiKey is not null || options.TokenProvider is not null;
        if (options.ApiKey is not null && options.TokenProvider is not null)
        {
            faults.Add("ApiKey and TokenProvider are both set; one of them is wanted.");
        }
        if (options.ApiKey is { } key && !IsKey(key))
        {
            faults.Add("ApiKey is not of the form id.secret.");
        }
        if (options.Address is { } address)
        {
            CheckAddress("Address", address, hasCredential, faults);
        }
        if (options.Replica is { Enabled: true } replica)
        {
            if (replica.RestAddress is null)
            {
                faults.Add("Replica.RestAddress is missing; the replica is downloaded from there.");
            }
            else
            {
                CheckAddress("Replica.RestAddress", replica.RestAddress, hasCredential, faults);
            }
        }
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    static void CheckAddress(string option, Uri address, bool hasCredential, List<string> faults)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            faults.Add($"{option} is no address like https://enrichment.example:8081.");
        }
        else if (hasCredential && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            faults.Add($"{option} is http, and a credential would cross the network in the clear; use https.");
        }
    }

    static bool IsKey(string key) =>
        key.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && dot < key.Length - 1 && !key.AsSpan().ContainsAnyExceptInRange('!', '~');
}
