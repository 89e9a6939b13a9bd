using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Overriding;

/// <summary>Section "Enrichment:Overrides".</summary>
public sealed class OverrideOptions
{
    /// <summary>Most overrides at the same time, those of the file counted: 1 to 100,000. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int MaxEntries { get; set; } = 10_000;
}

[OptionsValidator]
internal sealed partial class OverrideOptionsValidator : IValidateOptions<OverrideOptions>;
