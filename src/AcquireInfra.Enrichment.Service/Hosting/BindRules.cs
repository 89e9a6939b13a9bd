using System.Net;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>
/// Where the service may listen. An endpoint that others can reach needs TLS and authentication; loopback addresses, Unix sockets and
/// named pipes need neither.
/// </summary>
internal sealed class BindRules(IConfiguration configuration) : IValidateOptions<EnrichmentOptions>
{
    const string Advice =
        "Serve https with a certificate and configure Enrichment:Auth, or listen on loopback, or set Enrichment:AllowInsecureBind=true.";

    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options)
    {
        var faults = options.AllowInsecureBind ? [] : Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail([.. faults, Advice]);
    }

    /// <exception cref="OptionsValidationException">An endpoint that is configured now is not allowed.</exception>
    public void Check(EnrichmentOptions options)
    {
        if (Validate(null, options) is { Failed: true } result)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(EnrichmentOptions), result.Failures);
        }
    }

    /// <summary>A sentence for each endpoint that others can reach and that lacks TLS or authentication.</summary>
    public IEnumerable<string> Faults(EnrichmentOptions options)
    {
        foreach (var (key, url) in Urls())
        {
            if (TryParse(url) is not { } address || IsLocal(address))
            {
                continue; // what is no URL is told by the validator of the section
            }
            var lacks = ((string[])[IsTls(address) ? "" : "TLS", options.Auth.IsConfigured ? "" : "authentication"]).Where(word => word.Length > 0).ToList();
            if (lacks.Count > 0)
            {
                yield return $"{key} is {url}, which others can reach, without {string.Join(" and ", lacks)}.";
            }
        }
    }

    /// <summary>All that Kestrel will listen at, with the configuration key that says so.</summary>
    IEnumerable<(string Key, string Url)> Urls()
    {
        // Kestrel ignores ASPNETCORE_URLS and its like where endpoints are configured, and here there always are, unless told to prefer them.
        if (configuration.GetValue(WebHostDefaults.PreferHostingUrlsKey, defaultValue: false))
        {
            var urls = configuration[WebHostDefaults.ServerUrlsKey];
            (string Key, string? Urls)[] given = urls is { Length: > 0 } ? [(WebHostDefaults.ServerUrlsKey, urls)] :
            [
                (WebHostDefaults.HttpPortsKey, OnAnyAddress("http", WebHostDefaults.HttpPortsKey)),
                (WebHostDefaults.HttpsPortsKey, OnAnyAddress("https", WebHostDefaults.HttpsPortsKey)),
            ];
            foreach (var (key, list) in given)
            {
                foreach (var url in (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    yield return (key, url);
                }
            }
        }
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            yield return (endpoint.Path + ":Url", endpoint["Url"] ?? "");
        }
    }

    string OnAnyAddress(string scheme, string key) => string.Join(
        ';', (configuration[key] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(port => $"{scheme}://*:{port}"));

    static BindingAddress? TryParse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static bool IsTls(BindingAddress address) => string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    // As Kestrel reads a host: an address, localhost, and anything else, be it a name, * or +, is every address of the machine.
    static bool IsLocal(BindingAddress address)
    {
        if (address.IsUnixPipe || address.IsNamedPipe || string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }
#pragma warning disable RS0030 // the question is what Kestrel makes of the text, and it asks this parser
        return IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip);
#pragma warning restore RS0030
    }
}
