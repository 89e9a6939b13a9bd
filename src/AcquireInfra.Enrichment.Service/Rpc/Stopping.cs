using AcquireInfra.Enrichment.Service.Hosting;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Streams end when the drain is over, between two messages, so that the host need not wait for callers to hang up.</summary>
internal sealed class Stopping(Drain drain)
{
    public bool HasBegun => drain.Ending.IsCancellationRequested;

    /// <summary>Cancelled when the call ends or the service stops.</summary>
    public CancellationTokenSource EndOf(ServerCallContext context) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Ending);
}
