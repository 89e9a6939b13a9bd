using System.Net.Sockets;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>The name of a publisher leads to addresses that no download may connect to.</summary>
internal sealed class AddressRefusedException(string host)
    : IOException($"{host} has no address that may be connected to: only public ones may, and those that are listed as allowed.");

/// <summary>
/// Resolves, checks and connects in one step, so that what was checked is what is connected to: a name that changes between a check
/// and the connection gains nothing. A proxy is the operator's own choice and is not checked.
/// </summary>
internal sealed class GuardedConnect(FeedClientOptions options)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await options.Resolve(host, cancellation).ConfigureAwait(false);
        if (!IsProxy(context.InitialRequestMessage.RequestUri!, host, port))
        {
            addresses = [.. addresses.Where(address => AddressGuard.Allows(Address.FromIPAddress(address), options.AllowedPrefixes))];
        }
        if (addresses.Length == 0)
        {
            throw new AddressRefusedException(host);
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    bool IsProxy(Uri target, string host, int port) => !options.Proxy.IsBypassed(target)
        && options.Proxy.GetProxy(target) is { } proxy && proxy.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase) && proxy.Port == port;
}
