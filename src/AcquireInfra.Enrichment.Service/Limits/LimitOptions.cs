using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>Section "Enrichment:Limits": how much the service takes on before it says no.</summary>
public sealed class LimitOptions
{
    /// <summary>Most open connections, all ports together: 1 to 100,000. Further ones are closed at once. Default 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 2_000;

    /// <summary>Requests a second of one caller, over time: 10 to 10,000,000. Default 5,000.</summary>
    [Range(10, 10_000_000)]
    public int RequestsPerSecond { get; set; } = 5_000;

    /// <summary>Requests of one caller that may come at once: 1 to 10,000,000. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int Burst { get; set; } = 10_000;

    /// <summary>Most look-ups of one address that are answered at the same time: 1 to 100,000. Default 256.</summary>
    [Range(1, 100_000)]
    public int MaxLookups { get; set; } = 256;

    /// <summary>Most look-ups that wait for their turn, and most batches that do: 0 to 100,000. Default 256.</summary>
    [Range(0, 100_000)]
    public int MaxQueued { get; set; } = 256;

    /// <summary>Longest wait for a turn, in milliseconds: 1 to 60,000. Default 100.</summary>
    [Range(1, 60_000)]
    public int MaxQueueMilliseconds { get; set; } = 100;

    /// <summary>Most batches that are answered at the same time; each may hold some 20 MB: 1 to 1,000. Default 8.</summary>
    [Range(1, 1_000)]
    public int MaxBatches { get; set; } = 8;

    /// <summary>Most bulk jobs (streams and downloads) at the same time: 1 to 1,000. Default 4.</summary>
    [Range(1, 1_000)]
    public int MaxBulkJobs { get; set; } = 4;

    /// <summary>Most bulk jobs of one caller at the same time: 1 to 1,000. Default 2.</summary>
    [Range(1, 1_000)]
    public int MaxBulkJobsPerCaller { get; set; } = 2;

    /// <summary>Changes and previews of overrides a second of one caller: 1 to 1,000. Default 10.</summary>
    [Range(1, 1_000)]
    public int OverrideRequestsPerSecond { get; set; } = 10;
}

[OptionsValidator]
internal sealed partial class LimitOptionsValidator : IValidateOptions<LimitOptions>;
