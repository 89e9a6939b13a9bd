using System.ComponentModel.DataAnnotations;
using System.Net.Security;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client;

/// <summary>How the service is reached. Wrong values stop the host at start, all of them told.</summary>
public sealed class EnrichmentClientOptions
{
    /// <summary>Where the service speaks gRPC, as <c>https://enrichment.example:8081</c>. Required.</summary>
    [Required]
    public Uri? Address { get; set; }

    /// <summary>API key as <c>id.secret</c>. Over http it is sent to this machine only. Default: none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Gives a bearer token for each call, in place of an API key; caching it is its own affair. Default: none.</summary>
    public Func<CancellationToken, ValueTask<string>>? TokenProvider { get; set; }

    /// <summary>A client certificate, or a certificate authority of one's own; for gRPC and downloads. Default: the system's.</summary>
    public Action<SslClientAuthenticationOptions>? ConfigureTls { get; set; }

    /// <summary>Time for one address, with all attempts: 1 millisecond to 1 minute. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for one batch, and for each answer on a stream: 1 millisecond to 10 minutes. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan BatchDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts for one call while the service is unavailable or asks to wait: 1 to 5. Default 4.</summary>
    [Range(1, 5)]
    public int MaxAttempts { get; set; } = 4;

    /// <summary>Addresses sent together on a stream: 1 to 10,000. Default 256.</summary>
    [Range(1, EnrichmentClient.MaxBatchItems)]
    public int StreamBatchSize { get; set; } = 256;

    /// <summary>How long addresses on a stream wait for company before they are sent: 1 millisecond to 10 seconds. Default 20 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan StreamFlushInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Batches on a stream that are sent and not yet taken by the caller: 1 to 64. Default 8.</summary>
    [Range(1, 64)]
    public int MaxBatchesInFlight { get; set; } = 8;

    [ValidateObjectMembers]
    public ReplicaOptions Replica { get; set; } = new();
}

/// <summary>The local replica of the service's snapshot.</summary>
public sealed class ReplicaOptions
{
    /// <summary>Whether there is one. It is kept by a hosted service, so it needs a host. Default: no.</summary>
    public bool Enabled { get; set; }

    /// <summary>Where the service speaks REST, as <c>https://enrichment.example:8080</c>. Required where the replica is enabled.</summary>
    public Uri? RestAddress { get; set; }

    /// <summary>Folder for the snapshot; processes may share it. Default: the user's local application data.</summary>
    [Required]
    public string Folder { get; set; } = DefaultFolder;

    /// <summary>A snapshot above this size is refused, in bytes: 1 KiB to 2 GiB. Default 512 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxSnapshotBytes { get; set; } = 512 * 1024 * 1024;

    /// <summary>Time for a whole download: 1 second to 1 hour. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait after a first failure, doubled by each further one and shortened by chance: 1 millisecond to 1 minute. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two attempts: 1 millisecond to 1 hour. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    static string DefaultFolder
    {
        get
        {
            var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return Path.Combine(local.Length > 0 ? local : AppContext.BaseDirectory, "acquireinfra-enrichment-replica");
        }
    }
}
