using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>What goes into the header <c>authorization</c> of every call and download.</summary>
internal sealed class Credential(IOptions<EnrichmentClientOptions> options)
{
    public const string Header = "authorization";

    /// <summary>Null where none is configured.</summary>
    public async ValueTask<string?> ValueAsync(CancellationToken cancellationToken)
    {
        var (key, provider) = (options.Value.ApiKey, options.Value.TokenProvider);
        if (provider is not null)
        {
            return "Bearer " + await provider(cancellationToken).ConfigureAwait(false);
        }
        return key is null ? null : "ApiKey " + key;
    }
}
