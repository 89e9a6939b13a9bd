using System.Collections.Frozen;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>The role that each RPC needs. One that is not here is denied, like a route without a role.</summary>
internal static class RpcRoles
{
    /// <summary>Role by the name of the RPC.</summary>
    public static FrozenDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["ScoreIp"] = Roles.Lookup,
        ["GetAsn"] = Roles.Lookup,
        ["GetSnapshot"] = Roles.Lookup,
        ["BatchScoreIp"] = Roles.Bulk,
        ["StreamScoreIp"] = Roles.Bulk,
        ["ScoreSignIns"] = Roles.Bulk,
        ["WatchSnapshots"] = Roles.Bulk,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Gives every RPC of the service its role; an unknown one answers UNIMPLEMENTED to callers with any role.</summary>
    public static GrpcServiceEndpointConventionBuilder RequireRoles(this GrpcServiceEndpointConventionBuilder service)
    {
        service.Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<GrpcMethodMetadata>().LastOrDefault() is not { } rpc)
            {
                endpoint.Metadata.Add(new AuthorizeAttribute());
            }
            else if (All.TryGetValue(rpc.Method.Name, out var role))
            {
                endpoint.Metadata.Add(new AuthorizeAttribute(role));
            }
        });
        return service;
    }
}
