using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// Fetches the discovery document and the keys from the configured authority, and from nowhere else: not where a token, a redirect or
/// the discovery document itself points. Failure shows in readiness, and after one the authority is left alone for some seconds.
/// </summary>
internal sealed class AuthorityDocuments(
    IHttpClientFactory clients, IOptions<EnrichmentOptions> options, Warnings warnings, TimeProvider time, ILogger<AuthorityDocuments> logger)
    : IDocumentRetriever
{
    /// <summary>Name of the HTTP client: no redirects, and limits of size and time.</summary>
    public const string Client = "authority";

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    readonly Uri _authority = new(options.Value.Auth.Entra.Authority);
    long _pausedUntilTicks;

    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        if (time.GetUtcNow().UtcTicks < Interlocked.Read(ref _pausedUntilTicks))
        {
            throw new IOException("The authority did not answer a moment ago.");
        }
        try
        {
            var text = await FetchAsync(new Uri(address), cancel);
            warnings.Set(nameof(AuthorityDocuments), null);
            return text;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UriFormatException or OperationCanceledException)
        {
            Interlocked.Exchange(ref _pausedUntilTicks, time.GetUtcNow().UtcTicks + Pause.Ticks);
            if (warnings.Set(nameof(AuthorityDocuments), "The keys of the Entra ID authority cannot be fetched; those fetched before are used on."))
            {
                Log.AuthorityUnreachable(logger, _authority.ToString(), exception.Message);
            }
            throw new IOException("The authority does not answer.", exception);
        }
    }

    async Task<string> FetchAsync(Uri address, CancellationToken cancel)
    {
        if (Uri.Compare(address, _authority, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw new IOException("The discovery document names keys outside the authority.");
        }
        using var client = clients.CreateClient(Client);
        using var response = await client.GetAsync(address, cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancel);
    }
}
