using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Incidents;

/// <summary>Section "Enrichment:Incidents": how much one incident may ask.</summary>
public sealed class IncidentOptions
{
    /// <summary>Most bytes of the body, which holds all entities of the incident: 1 KiB to 64 MiB. Default 4 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Most addresses that are judged; further ones are counted and warned of: 1 to 100,000. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int MaxAddresses { get; set; } = 10_000;

    /// <summary>Most characters of a comment; Sentinel takes 30,000: 1,000 to 30,000. Default 30,000.</summary>
    [Range(1_000, 30_000)]
    public int MaxCommentCharacters { get; set; } = 30_000;
}

[OptionsValidator]
internal sealed partial class IncidentOptionsValidator : IValidateOptions<IncidentOptions>;
