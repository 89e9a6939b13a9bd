namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>Events: 1000 look-up, 2000 feeds, 3000 snapshots, 5000 host, callers and endpoints, 6000 overrides, 7000 slow signals and Redis. An id or event name, once released, is never changed or reused.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1001, EventName = "LookupAudited", Level = LogLevel.Information,
        Message = "{Caller} asked by {Door} for {Count} addresses: {Address}.")]
    public static partial void LookupAudited(ILogger logger, string caller, string door, int count, string address);

    [LoggerMessage(EventId = 1002, EventName = "RpcFailed", Level = LogLevel.Error, Message = "{Method} failed.")]
    public static partial void RpcFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(EventId = 1003, EventName = "LookupSent", Level = LogLevel.Information,
        Message = "{Caller} asked deep for {Address}: sent to {SentTo} at {AskedAt:O}.")]
    public static partial void LookupSent(ILogger logger, string caller, string address, string sentTo, DateTime askedAt);

    [LoggerMessage(EventId = 2001, EventName = "FeedFaults", Level = LogLevel.Warning,
        Message = "Source {Source}: {File} has {Count} faulty records, the first {Fault} at line {Line}, column {Column}; the rest is used.")]
    public static partial void FeedFaults(ILogger logger, string source, string file, int count, string fault, int line, int column);

    [LoggerMessage(EventId = 2002, EventName = "SourceBroken", Level = LogLevel.Error,
        Message = "Source {Source} is missing or broken; what was read of it before is used on, and where that is not kept, it is left out: {Trouble}")]
    public static partial void SourceBroken(ILogger logger, string source, string trouble);

    [LoggerMessage(EventId = 2003, EventName = "FeedDoubtful", Level = LogLevel.Warning,
        Message = "Source {Source}: {File} {Doubt}.")]
    public static partial void FeedDoubtful(ILogger logger, string source, string file, string doubt);

    [LoggerMessage(EventId = 2004, EventName = "FeedAccepted", Level = LogLevel.Information,
        Message = "Source {Source}: version {Hash} is accepted, {Entries} entries.")]
    public static partial void FeedAccepted(ILogger logger, string source, string hash, int? entries);

    [LoggerMessage(EventId = 2005, EventName = "FeedRefused", Level = LogLevel.Warning,
        Message = "Source {Source}: version {Hash} is refused ({Reason}) and held, and the one before serves on: {Detail}")]
    public static partial void FeedRefused(ILogger logger, string source, string hash, string reason, string detail);

    [LoggerMessage(EventId = 2006, EventName = "FeedUnreachable", Level = LogLevel.Warning,
        Message = "Source {Source} cannot be refreshed ({Reason}), {Failures} times in a row, next at {NextDueAt:O}: {Detail}")]
    public static partial void FeedUnreachable(ILogger logger, string source, string reason, int failures, DateTimeOffset? nextDueAt, string detail);

    [LoggerMessage(EventId = 2007, EventName = "FeedsPurged", Level = LogLevel.Information,
        Message = "What was fetched of {Sources} is deleted: switched off, or kept for as long as it may be.")]
    public static partial void FeedsPurged(ILogger logger, string sources);

    [LoggerMessage(EventId = 2008, EventName = "FeedOverruled", Level = LogLevel.Warning,
        Message = "Source {Source}: version {Hash}, which was refused, is accepted by {Caller}: {Reason}")]
    public static partial void FeedOverruled(ILogger logger, string source, string hash, string caller, string reason);

    [LoggerMessage(EventId = 2009, EventName = "RefreshFailed", Level = LogLevel.Error, Message = "Refreshing failed; what serves is not touched.")]
    public static partial void RefreshFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3001, EventName = "SnapshotLive", Level = LogLevel.Information,
        Message = "Snapshot {SnapshotId} is live: {Sources} sources, {Bytes} bytes, ready after {Milliseconds:F0} ms.")]
    public static partial void SnapshotLive(ILogger logger, string snapshotId, int sources, long bytes, double milliseconds);

    [LoggerMessage(EventId = 3002, EventName = "NoSnapshot", Level = LogLevel.Error,
        Message = "No snapshot could be put in place in {StateFolder}: every look-up is answered 503 until one is.")]
    public static partial void NoSnapshot(ILogger logger, string stateFolder, Exception exception);

    [LoggerMessage(EventId = 3003, EventName = "LastGoodKept", Level = LogLevel.Warning,
        Message = "Snapshot {SnapshotId}, the last good one, serves on.")]
    public static partial void LastGoodKept(ILogger logger, string snapshotId, Exception exception);

    [LoggerMessage(EventId = 3004, EventName = "SnapshotCompiling", Level = LogLevel.Information,
        Message = "A snapshot of the present data is being compiled; meanwhile {Serving} serves.")]
    public static partial void SnapshotCompiling(ILogger logger, string serving);

    [LoggerMessage(EventId = 3005, EventName = "CanaryFailed", Level = LogLevel.Error,
        Message = "Snapshot {SnapshotId} does not pass the canaries and is not made live: {Failure}")]
    public static partial void CanaryFailed(ILogger logger, string snapshotId, string failure);

    [LoggerMessage(EventId = 3006, EventName = "SnapshotHeldBack", Level = LogLevel.Warning,
        Message = "Snapshot {SnapshotId} is compiled and not made live: {PinnedId} is pinned.")]
    public static partial void SnapshotHeldBack(ILogger logger, string snapshotId, string pinnedId);

    [LoggerMessage(EventId = 3007, EventName = "SnapshotChosen", Level = LogLevel.Warning, Message = "{Caller} chose what is live ({Action}): {Reason}")]
    public static partial void SnapshotChosen(ILogger logger, string caller, string action, string reason);

    [LoggerMessage(EventId = 3008, EventName = "SnapshotDeleted", Level = LogLevel.Information, Message = "Snapshot {SnapshotId} is deleted: {Because}.")]
    public static partial void SnapshotDeleted(ILogger logger, string snapshotId, string because);

    [LoggerMessage(EventId = 3009, EventName = "HistoryFailed", Level = LogLevel.Error,
        Message = "The history in the state folder cannot be written; what serves is not touched.")]
    public static partial void HistoryFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3012, EventName = "HistoryDamaged", Level = LogLevel.Error, Message = "{Damage}")]
    public static partial void HistoryDamaged(ILogger logger, string damage);

    [LoggerMessage(EventId = 3013, EventName = "PinOverdue", Level = LogLevel.Warning,
        Message = "Snapshot {SnapshotId} is pinned no longer: a licence lets nobody keep its data.")]
    public static partial void PinOverdue(ILogger logger, string snapshotId);

    [LoggerMessage(EventId = 3014, EventName = "FilesNotKept", Level = LogLevel.Warning,
        Message = "The files that the live snapshot was compiled from cannot be copied: where one breaks, nothing takes its place.")]
    public static partial void FilesNotKept(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3010, EventName = "ExportMade", Level = LogLevel.Information,
        Message = "Export {File} of snapshot {SnapshotId} is made: {Bytes} bytes in {Milliseconds:F0} ms.")]
    public static partial void ExportMade(ILogger logger, string file, string snapshotId, long bytes, double milliseconds);

    [LoggerMessage(EventId = 3011, EventName = "SpaceCounted", Level = LogLevel.Debug,
        Message = "The space of the ASNs of snapshot {SnapshotId} is counted after {Milliseconds:F0} ms.")]
    public static partial void SpaceCounted(ILogger logger, string snapshotId, double milliseconds);

    [LoggerMessage(EventId = 5000, EventName = "Draining", Level = LogLevel.Information,
        Message = "Told to stop: not ready from now on, serving for {Seconds} s more. Told again, it ends at once.")]
    public static partial void Draining(ILogger logger, int seconds);

    [LoggerMessage(EventId = 5001, EventName = "InsecureBind", Level = LogLevel.Warning, Message = "Allowed, and insecure: {Fault}")]
    public static partial void InsecureBind(ILogger logger, string fault);

    [LoggerMessage(EventId = 5002, EventName = "ApiKeysLive", Level = LogLevel.Information, Message = "API keys are read: {Count} digests are valid.")]
    public static partial void ApiKeysLive(ILogger logger, int count);

    [LoggerMessage(EventId = 5003, EventName = "ApiKeysRefused", Level = LogLevel.Error,
        Message = "API keys were changed to what cannot be used, and the last good ones stay valid: {Faults}")]
    public static partial void ApiKeysRefused(ILogger logger, string faults);

    [LoggerMessage(EventId = 5004, EventName = "AuthorityUnreachable", Level = LogLevel.Warning,
        Message = "The keys of {Authority} cannot be fetched, and those fetched before are used on: {Trouble}")]
    public static partial void AuthorityUnreachable(ILogger logger, string authority, string trouble);

    [LoggerMessage(EventId = 6001, EventName = "OverridesChanged", Level = LogLevel.Information,
        Message = "Overrides, revision {Revision}: {Action} of {Count} by {Caller}.")]
    public static partial void OverridesChanged(ILogger logger, long revision, string action, int count, string caller);

    [LoggerMessage(EventId = 6002, EventName = "OverridesTorn", Level = LogLevel.Warning,
        Message = "The log of overrides ended in {Bytes} bytes of a line that was never written to its end, nor answered; it is cut off.")]
    public static partial void OverridesTorn(ILogger logger, long bytes);

    [LoggerMessage(EventId = 6003, EventName = "OverridesReadOnly", Level = LogLevel.Error, Message = "Overrides cannot be changed, and those in force stay so: {Trouble}")]
    public static partial void OverridesReadOnly(ILogger logger, string trouble);

    [LoggerMessage(EventId = 6004, EventName = "OverridesFileRefused", Level = LogLevel.Warning,
        Message = "{Path} has {Count} faults, and what it said before stays in force: {Faults}")]
    public static partial void OverridesFileRefused(ILogger logger, string path, int count, string faults);

    [LoggerMessage(EventId = 6005, EventName = "OverridesFileUnreadable", Level = LogLevel.Warning,
        Message = "{Path} cannot be put in force, and is tried again: {Trouble}")]
    public static partial void OverridesFileUnreadable(ILogger logger, string path, string trouble);

    // Debug, because whoever can reach the service can cause it as often as they like.
    [LoggerMessage(EventId = 5005, EventName = "CredentialRefused", Level = LogLevel.Debug, Message = "A credential was refused: {Reason}.")]
    public static partial void CredentialRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 7001, EventName = "DeepFailed", Level = LogLevel.Warning, Message = "{Provider} was asked and is missing ({Fault}): {Detail}")]
    public static partial void DeepFailed(ILogger logger, string provider, string fault, string detail);

    [LoggerMessage(EventId = 7002, EventName = "RedisLost", Level = LogLevel.Warning, Message = "Redis cannot be reached ({Reason}); answers do without it.")]
    public static partial void RedisLost(ILogger logger, string reason);

    [LoggerMessage(EventId = 7003, EventName = "RedisBack", Level = LogLevel.Information, Message = "Redis is reached again.")]
    public static partial void RedisBack(ILogger logger);
}
