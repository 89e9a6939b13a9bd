using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>One text that should be an address, read. A bad one is answered here, by the rules of every door, and never sent.</summary>
internal readonly record struct Asked(string Text, Address Address, AddressFault Fault)
{
    public static Asked Read(string text) =>
        AddressParser.TryParse(text, out var address, out var fault) ? new(text, address, AddressFault.None) : new(text, default, fault);

    /// <exception cref="EnrichmentException">bad_address</exception>
    public static Address AddressIn(string text)
    {
        var asked = Read(text);
        return asked.IsGood ? asked.Address : throw new EnrichmentException(ProblemKind.BadAddress.Code, asked.Detail);
    }

    public bool IsGood => Fault == AddressFault.None;

    string Detail => ProblemKind.Explain(Text, Fault);

    public IpResult Answered(IpVerdict verdict) => new(Text, verdict, null);

    /// <summary>The answer to a bad one.</summary>
    public IpResult Refused() => new(Text, null, new IpError(ProblemKind.BadAddress.Code, Fault.Word(), Detail));
}
