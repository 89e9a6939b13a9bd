using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Refreshing;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.SignIns;

/// <summary>The scorer by the policy that was read at the start, and the operator's own space.</summary>
internal sealed class SignInScoring(IOptions<EnrichmentOptions> options)
{
    SignInScorer? _scorer;

    /// <exception cref="InvalidOperationException">The service has not started.</exception>
    public SignInScorer Scorer => _scorer ?? throw new InvalidOperationException("No sign-in policy was read.");

    public IReadOnlyList<Prefix> OwnPrefixes { get; } = PrefixOptions.Parse(options.Value.OwnerPrefixes);

    /// <summary>Reads the policy: the operator's where there is one, else the bundled one.</summary>
    /// <exception cref="BundledDataMissingException">There is no bundled policy that can be read.</exception>
    /// <exception cref="ManifestException">The policy is wrong, or the operator's cannot be read.</exception>
    public void ReadPolicy(DataFolder data)
    {
        try
        {
            var own = options.Value.SignInPolicy;
            _scorer = new(SignInPolicy.Parse(own is { Length: > 0 } ? File.ReadAllBytes(own) : data.ReadSignInPolicyJson()));
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ManifestException(exception.Message, exception);
        }
    }
}
