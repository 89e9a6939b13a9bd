using AcquireInfra.Enrichment.V1;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// The service as it is bound: what generated code would be, but for the answers with verdicts, which are protobuf bytes when the
/// method returns (<see cref="Encoded"/>). The shape is the generated one, so that binding and reflection find what they look for.
/// </summary>
internal static class EnrichmentRpc
{
    static readonly Method<ScoreIpRequest, Encoded> ScoreIpMethod =
        new(MethodType.Unary, Name, "ScoreIp", Marshalling.Of<ScoreIpRequest>(), Marshalling.OfEncoded);

    static readonly Method<BatchScoreIpRequest, Encoded> BatchScoreIpMethod =
        new(MethodType.Unary, Name, "BatchScoreIp", Marshalling.Of<BatchScoreIpRequest>(), Marshalling.OfEncoded);

    static readonly Method<StreamScoreIpRequest, Encoded> StreamScoreIpMethod =
        new(MethodType.DuplexStreaming, Name, "StreamScoreIp", Marshalling.OfStreamRequests, Marshalling.OfEncoded);

    static readonly Method<ScoreSignInsRequest, ScoreSignInsResponse> ScoreSignInsMethod =
        new(MethodType.Unary, Name, "ScoreSignIns", Marshalling.Of<ScoreSignInsRequest>(), Marshalling.Of<ScoreSignInsResponse>());

    static readonly Method<GetAsnRequest, GetAsnResponse> GetAsnMethod =
        new(MethodType.Unary, Name, "GetAsn", Marshalling.Of<GetAsnRequest>(), Marshalling.Of<GetAsnResponse>());

    static readonly Method<GetSnapshotRequest, GetSnapshotResponse> GetSnapshotMethod =
        new(MethodType.Unary, Name, "GetSnapshot", Marshalling.Of<GetSnapshotRequest>(), Marshalling.Of<GetSnapshotResponse>());

    static readonly Method<WatchSnapshotsRequest, WatchSnapshotsResponse> WatchSnapshotsMethod = new(
        MethodType.ServerStreaming, Name, "WatchSnapshots", Marshalling.Of<WatchSnapshotsRequest>(), Marshalling.Of<WatchSnapshotsResponse>());

    public static Google.Protobuf.Reflection.ServiceDescriptor Descriptor => EnrichmentService.Descriptor;

    static string Name => EnrichmentService.Descriptor.FullName;

    /// <summary>Called by the framework, which looks at the methods and passes no service.</summary>
    public static void BindService(ServiceBinderBase binder, Service service)
    {
        binder.AddMethod(ScoreIpMethod, service is null ? null : service.ScoreIp);
        binder.AddMethod(BatchScoreIpMethod, service is null ? null : service.BatchScoreIp);
        binder.AddMethod(StreamScoreIpMethod, service is null ? null : service.StreamScoreIp);
        binder.AddMethod(ScoreSignInsMethod, service is null ? null : service.ScoreSignIns);
        binder.AddMethod(GetAsnMethod, service is null ? null : service.GetAsn);
        binder.AddMethod(GetSnapshotMethod, service is null ? null : service.GetSnapshot);
        binder.AddMethod(WatchSnapshotsMethod, service is null ? null : service.WatchSnapshots);
    }

    [BindServiceMethod(typeof(EnrichmentRpc), nameof(BindService))]
    internal abstract class Service
    {
        public abstract Task<Encoded> ScoreIp(ScoreIpRequest request, ServerCallContext context);

        public abstract Task<Encoded> BatchScoreIp(BatchScoreIpRequest request, ServerCallContext context);

        public abstract Task StreamScoreIp(
            IAsyncStreamReader<StreamScoreIpRequest> requests, IServerStreamWriter<Encoded> answers, ServerCallContext context);

        public abstract Task<ScoreSignInsResponse> ScoreSignIns(ScoreSignInsRequest request, ServerCallContext context);

        public abstract Task<GetAsnResponse> GetAsn(GetAsnRequest request, ServerCallContext context);

        public abstract Task<GetSnapshotResponse> GetSnapshot(GetSnapshotRequest request, ServerCallContext context);

        public abstract Task WatchSnapshots(
            WatchSnapshotsRequest request, IServerStreamWriter<WatchSnapshotsResponse> answers, ServerCallContext context);
    }
}
