using AcquireInfra.Enrichment.Client.Remote;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client.Replication;

/// <summary>
/// Keeps the replica: opens the one on disk before the host starts, then asks the service for a newer one, follows its announcements, and
/// begins anew after every failure, waiting longer each time. Whatever fails, the replica that is there answers on.
/// </summary>
internal sealed class ReplicaService(
    V1.EnrichmentService.EnrichmentServiceClient client, IHttpClientFactory clients, Credential credential,
    IOptions<EnrichmentClientOptions> options, TimeProvider time, ILogger<ReplicaService> logger) : BackgroundService
{
    readonly ReplicaOptions _options = options.Value.Replica;
    readonly ReplicaFolder _folder = new(Path.GetFullPath(options.Value.Replica.Folder), logger);
    LocalReplica? _current;

    /// <summary>Null until there is one.</summary>
    public LocalReplica? Current => Volatile.Read(ref _current);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_options.Enabled)
        {
            return Task.CompletedTask;
        }
        try
        {
            _folder.Create();
            if (_folder.TryOpen() is { } found)
            {
                Volatile.Write(ref _current, new LocalReplica(found.Snapshot, found.Policy, found.Overrides, time));
                Log.ReplicaLive(logger, found.Snapshot.Id, found.Snapshot.FileBytes, found.Policy.Version, "disk");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.ReplicaMissing(logger, exception, seconds: 0);
        }
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested; failures++)
        {
            Exception failure;
            try
            {
                await FollowAsync(() => failures = 0, stoppingToken).ConfigureAwait(false);
                failure = new EnrichmentException("unavailable", "The service ended the announcements.");
            }
            // All of them: a token provider is the caller's own code, and no trouble here may end the host.
            catch (Exception exception)
            {
                failure = exception is RpcException rpc ? RpcErrors.Translate(rpc, stoppingToken) : exception;
            }
            if (!stoppingToken.IsCancellationRequested)
            {
                var delay = DelayAfter(failures);
                Report(failure, delay);
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // The first download does not wait for an announcement: it tells soonest whether there is a newer snapshot.
    async Task FollowAsync(Action wentWell, CancellationToken stoppingToken)
    {
        await UpdateAsync(announced: null, stoppingToken).ConfigureAwait(false);
        using var call = client.WatchSnapshots(new V1.WatchSnapshotsRequest(), cancellationToken: stoppingToken);
        while (await call.ResponseStream.MoveNext(stoppingToken).ConfigureAwait(false))
        {
            var announced = call.ResponseStream.Current.Snapshot ?? throw RpcErrors.BadAnswer("announced no snapshot");
            if (Current is not { } current || announced.SnapshotId != current.SnapshotId || announced.PolicyVersion != current.PolicyVersion
                || announced.OverridesRevision != current.OverridesRevision)
            {
                await UpdateAsync(announced, stoppingToken).ConfigureAwait(false);
            }
            wentWell();
        }
    }

    async Task UpdateAsync(V1.Snapshot? announced, CancellationToken stoppingToken)
    {
        using var timeout = new CancellationTokenSource(_options.DownloadTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stoppingToken);
        try
        {
            await UpdateWithinAsync(announced, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"The download took longer than {_options.DownloadTimeout}.", exception);
        }
    }

    async Task UpdateWithinAsync(V1.Snapshot? announced, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(SnapshotDownload.ClientName);
        var download = new SnapshotDownload(http, credential, _options);
        var current = Current;
        var (snapshot, policyVersion, overridesRevision) = await download.SnapshotAsync(current?.SnapshotId, _folder, cancellationToken).ConfigureAwait(false);
        policyVersion ??= announced?.PolicyVersion ?? current?.PolicyVersion;
        var policy = current?.Policy;
        if (policy is null || policyVersion != policy.Version)
        {
            var json = await download.PolicyAsync(cancellationToken).ConfigureAwait(false);
            policy = Policy.Parse(json);
            _folder.SavePolicy(json);
        }
        var overrides = current?.Overrides ?? OverrideSet.Empty;
        overridesRevision ??= announced?.OverridesRevision ?? 0; // a service that does not know them has none
        if (overridesRevision != overrides.Revision)
        {
            var json = await download.OverridesAsync(cancellationToken).ConfigureAwait(false);
            overrides = OverridesDocument.Parse(json);
            _folder.SaveOverrides(json);
        }
        if (snapshot is not null || policy != current?.Policy || overrides != current?.Overrides)
        {
            snapshot ??= current!.Snapshot;
            Use(snapshot, policy, overrides);
            _folder.RemoveOthers(snapshot.Id, diedBefore: time.GetUtcNow() - 2 * _options.DownloadTimeout);
            Log.ReplicaLive(logger, snapshot.Id, snapshot.FileBytes, policy.Version, "service");
        }
    }

    void Use(Snapshots.Snapshot snapshot, Policy policy, OverrideSet overrides)
    {
        if (Current is { } replica)
        {
            replica.Swap(snapshot, policy, overrides);
            return;
        }
        Volatile.Write(ref _current, new LocalReplica(snapshot, policy, overrides, time));
    }

    TimeSpan DelayAfter(int failures)
    {
        var longest = Math.Min(_options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 30)), _options.MaxRetryDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2)); // many clients must not come back in step
    }

    void Report(Exception failure, TimeSpan delay)
    {
        if (Current is { } replica)
        {
            Log.ReplicaNotUpdated(logger, failure, replica.SnapshotId, delay.TotalSeconds);
            return;
        }
        Log.ReplicaMissing(logger, failure, delay.TotalSeconds);
    }
}
