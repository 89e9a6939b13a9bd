using System.Net;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Service.Limits;

/// <summary>
/// Whom a limit counts: the name of who authenticated, else the network of the connection. Headers have no say in it. IPv6 counts by
/// /64, the least that one customer has; the loopback and Unix sockets are this machine itself, and not limited per caller.
/// </summary>
/// <param name="Name">Null for the anonymous.</param>
/// <param name="Network">Of the anonymous.</param>
internal readonly record struct Caller(string? Name, Address Network)
{
    public static Caller ThisMachine { get; }

    public static Caller Of(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } identity
            ? new(identity.Name ?? "", default)
            : context.Connection.RemoteIpAddress is { } remote ? Of(remote) : ThisMachine;

    static Caller Of(IPAddress remote)
    {
        if (IPAddress.IsLoopback(remote))
        {
            return ThisMachine;
        }
        var address = Address.FromIPAddress(remote);
        if (address.IsIPv4)
        {
            return address.IPv4 >> 24 == 127 ? ThisMachine : new(null, address);
        }
        return new(null, address with { Low = 0 });
    }

    /// <summary>For the audit log: the name or the network.</summary>
    public override string ToString() =>
        Name ?? (this == ThisMachine ? "local" : Network.IsIPv4 ? Network.ToString() : Network + "/64");
}
