namespace AcquireInfra.Enrichment.Addressing;

/// <summary><see cref="SpecialPurpose"/> the other way round: how far the scope of an address reaches, for walks over ranges.</summary>
internal static class ScopeRuns
{
    static readonly UInt128[] Starts;
    static readonly AddressScope[] Scopes;

    // The scope can change only where an entry begins or has ended, and where one family ends and the other begins.
    static ScopeRuns()
    {
        var ends = SpecialPurpose.Entries.Select(entry => entry.Prefix.Last.Value).Append(AddressRange.IPv4.Last.Value);
        var edges = SpecialPurpose.Entries.Select(entry => entry.Prefix.First.Value).Append(AddressRange.IPv4.First.Value)
            .Concat(ends.Where(end => end != UInt128.MaxValue).Select(end => end + 1)).Append(UInt128.Zero).Distinct().Order().ToList();
        var runs = edges.Select(edge => (Start: edge, Scope: SpecialPurpose.ScopeOf(Address.FromUInt128(edge)))).ToList();
        var changes = runs.Where((run, at) => at == 0 || run.Scope != runs[at - 1].Scope || IsFamilyEdge(run.Start)).ToList();
        (Starts, Scopes) = ([.. changes.Select(run => run.Start)], [.. changes.Select(run => run.Scope)]);
    }

    /// <summary>The scope of an address, and the last address of its family up to which it is the same.</summary>
    public static (AddressScope Scope, Address Last) At(Address address)
    {
        var found = Array.BinarySearch(Starts, address.Value);
        var at = found < 0 ? ~found - 1 : found;
        return (Scopes[at], Address.FromUInt128(at + 1 < Starts.Length ? Starts[at + 1] - 1 : UInt128.MaxValue));
    }

    static bool IsFamilyEdge(UInt128 start) => start == AddressRange.IPv4.First.Value || start == AddressRange.IPv4.Last.Value + 1;
}
