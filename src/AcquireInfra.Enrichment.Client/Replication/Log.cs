using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Client.Replication;

/// <summary>Events of the client: 7000..7099. An id or event name, once released, is never changed or reused.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 7001, EventName = "ReplicaLive", Level = LogLevel.Information,
        Message = "The replica answers from snapshot {SnapshotId}, {Bytes} bytes, under policy {PolicyVersion}; it came from the {Origin}.")]
    public static partial void ReplicaLive(ILogger logger, string snapshotId, long bytes, string policyVersion, string origin);

    [LoggerMessage(EventId = 7002, EventName = "ReplicaNotUpdated", Level = LogLevel.Warning,
        Message = "The replica was not updated and goes on with snapshot {SnapshotId}; the next attempt is in {Seconds:F1} s.")]
    public static partial void ReplicaNotUpdated(ILogger logger, Exception exception, string snapshotId, double seconds);

    [LoggerMessage(EventId = 7003, EventName = "ReplicaMissing", Level = LogLevel.Warning,
        Message = "There is no replica yet, and every question goes to the service; the next attempt is in {Seconds:F1} s.")]
    public static partial void ReplicaMissing(ILogger logger, Exception exception, double seconds);

    [LoggerMessage(EventId = 7004, EventName = "ReplicaFileRefused", Level = LogLevel.Warning,
        Message = "{Path} cannot be used and is left out.")]
    public static partial void ReplicaFileRefused(ILogger logger, Exception exception, string path);
}
