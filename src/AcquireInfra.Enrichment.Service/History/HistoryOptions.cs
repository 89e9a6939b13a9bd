using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.History;

/// <summary>How much of the past is kept. What a licence lets nobody keep goes earlier.</summary>
public sealed class HistoryOptions
{
    /// <summary>How long a snapshot is kept after it was live, in days: 0 to 400. Default 30.</summary>
    [Range(0, 400)]
    public int Days { get; set; } = 30;

    /// <summary>
    /// Most bytes of all snapshots; past it, all but the last of each day go first, and then the oldest. What is live stays: 0 to 1 TiB.
    /// Default 2 GiB.
    /// </summary>
    [Range(0, 1L << 40)]
    public long MaxBytes { get; set; } = 2L << 30;
}

[OptionsValidator]
internal sealed partial class HistoryOptionsValidator : IValidateOptions<HistoryOptions>;
