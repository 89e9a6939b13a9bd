using System.Text;
using AcquireInfra.Enrichment.Exports;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Why a batch as a whole is not answered: an error of the call where it is one, an answer where it is one batch of a stream.</summary>
/// <param name="Field">The field that is wrong; null where it is none.</param>
internal sealed record BatchFault(ProblemKind Kind, string Detail, string? Field = null)
{
    public static BatchFault NoSnapshot { get; } = new(ProblemKind.NoSnapshot, RpcProblems.NoSnapshotDetail);

    public static BatchFault Unreadable { get; } = new(ProblemKind.BadRequest, RpcProblems.UnreadableDetail);

    public static BatchFault AnswerTooLong { get; } = new(
        ProblemKind.TooManyItems, $"The answer would be longer than {RpcServices.MaxAnswerBytes} bytes. Send the batch in parts, or ask for DETAIL_FLAT.");

    /// <returns>Null where the request can be answered.</returns>
    public static BatchFault? Of(V1.BatchScoreIpRequest request, int maxItems) =>
        OfForms(request.Ips.Count, request.Items.Count, packed: null) ?? OfCount(request.Ips.Count + request.Items.Count, maxItems)
        ?? OfDetail(request.Detail);

    /// <returns>Null where the request can be answered.</returns>
    public static BatchFault? Of(V1.StreamScoreIpRequest request, int maxItems) =>
        OfCorrelationId(request.CorrelationId)
        ?? OfForms(request.Ips.Count, request.Items.Count, request.Packed)
        ?? OfPacked(request.Packed)
        ?? OfCount(request.Ips.Count + request.Items.Count + (request.Packed is { } packed ? PackedAnswer.CountOf(packed) : 0), maxItems)
        ?? OfDetail(request.Detail);

    public RpcException ToException() => Kind == ProblemKind.NoSnapshot ? RpcProblems.NoSnapshot() : RpcProblems.Of(Kind, Detail, Field);

    /// <summary>Whether an answer can carry the id back.</summary>
    public static bool CanEcho(string correlationId) => Encoding.UTF8.GetByteCount(correlationId) <= BatchAnswer.MaxIdBytes;

    static BatchFault? OfCorrelationId(string id) => CanEcho(id)
        ? null
        : new(ProblemKind.BadRequest, $"A correlation_id has at most {BatchAnswer.MaxIdBytes} bytes, and this one is not echoed.", "correlation_id");

    static BatchFault? OfForms(int ips, int items, V1.PackedAddresses? packed)
    {
        var forms = (ips > 0 ? 1 : 0) + (items > 0 ? 1 : 0) + (packed is null ? 0 : 1);
        return forms == 1
            ? null
            : new(ProblemKind.BadRequest, forms == 0 ? "The batch has no addresses." : "Send the addresses in one form only.", "ips");
    }

    static BatchFault? OfPacked(V1.PackedAddresses? packed) => packed is not null && packed.Ipv6.Length % 16 != 0
        ? new(ProblemKind.BadRequest, $"IPv6 addresses have 16 bytes each, and {packed.Ipv6.Length} bytes are no whole number of them.", "packed.ipv6")
        : null;

    static BatchFault? OfCount(int given, int most) => given > most
        ? new(ProblemKind.TooManyItems, $"The batch has {given} addresses, and {most} are the most. Send it in parts.", "ips")
        : null;

    static BatchFault? OfDetail(V1.Detail detail) =>
        Asked.IsExplained(detail) is null ? new(ProblemKind.BadRequest, Asked.DetailDetail(detail), "detail") : null;
}
