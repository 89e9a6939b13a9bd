using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Results that say what was wrong with an item; code, reason and words are those of the JSON batch.</summary>
internal static class ItemProblems
{
    public static V1.Result BadAddress(string ip, string id, AddressFault fault) =>
        Of(ProblemKind.BadAddress, SafeText.Shown(ip), id, ProblemKind.Explain(ip, fault), fault.Word());

    public static V1.Result BadOctets(V1.Item item) => Of(
        ProblemKind.BadAddress, Asked.Shown(item.Octets), item.Id, Asked.OctetsDetail(item.Octets), AddressFault.NotAnAddress.Word());

    public static V1.Result BadTime(V1.Item item) => Of(ProblemKind.BadRequest, Shown(item), item.Id, Asked.TimeDetail);

    /// <summary>The id is not echoed: it is what is too long.</summary>
    public static V1.Result LongId(V1.Item item) =>
        Of(ProblemKind.BadRequest, Shown(item), "", $"An id has at most {BatchAnswer.MaxIdBytes} bytes.");

    static string Shown(V1.Item item) =>
        item.AddressCase == V1.Item.AddressOneofCase.Octets ? Asked.Shown(item.Octets) : SafeText.Shown(item.Ip);

    static V1.Result Of(ProblemKind kind, string input, string id, string detail, string reason = "") =>
        new() { Id = id, Error = new() { Input = input, Code = kind.Code, Reason = reason, Detail = detail } };
}
