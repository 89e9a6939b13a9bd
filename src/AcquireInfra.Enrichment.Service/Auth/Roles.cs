namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>What a caller may do. Names of authorization policies and of the app roles in tokens: contract.</summary>
internal static class Roles
{
    /// <summary>Single look-ups.</summary>
    public const string Lookup = "lookup";

    /// <summary>Batches, streams, exports, snapshots.</summary>
    public const string Bulk = "bulk";

    /// <summary>Look-ups that ask third parties.</summary>
    public const string Deep = "deep";

    /// <summary>Changing overrides.</summary>
    public const string OverrideWrite = "override.write";

    /// <summary>Everything.</summary>
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [Lookup, Bulk, Deep, OverrideWrite, Admin];
}
