using System.ComponentModel.DataAnnotations;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Refreshing;

/// <summary>How sources are refreshed. What a refresh may bring, and when, is each source's in the manifest.</summary>
public sealed class RefreshOptions
{
    /// <summary>Whether sources are refreshed when they are due; else only when someone asks. Default: yes.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Most sources that are refreshed at the same time: 1 to 16. Default 4.</summary>
    [Range(1, 16)]
    public int MaxConcurrent { get; set; } = 4;

    /// <summary>Prefixes that may be connected to although they are not public: a mirror of one's own. Default: none.</summary>
    public IList<string> AllowedPrefixes { get; } = [];
}

[OptionsValidator]
internal sealed partial class RefreshOptionsValidator : IValidateOptions<RefreshOptions>;

/// <summary>Texts of options that have to be prefixes.</summary>
internal sealed class PrefixOptions : IValidateOptions<EnrichmentOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options)
    {
        List<string> faults = [.. FaultsOf("OwnerPrefixes", options.OwnerPrefixes), .. FaultsOf("Refresh:AllowedPrefixes", options.Refresh.AllowedPrefixes)];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <exception cref="FormatException">One is no prefix.</exception>
    public static IReadOnlyList<Prefix> Parse(IEnumerable<string> texts) => [.. texts.Select(Prefix.Parse)];

    static IEnumerable<string> FaultsOf(string key, IEnumerable<string> texts) => texts.Where(text => !IsPrefix(text))
        .Select(text => $"{EnrichmentOptions.Section}:{key}: '{text}' is no prefix; write it like 192.0.2.0/24, without bits behind the length.");

    static bool IsPrefix(string text)
    {
        try
        {
            Prefix.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
