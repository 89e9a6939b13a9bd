using AcquireInfra.Enrichment.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>A caller with the generated messages and methods by name; requests may be bytes that are no message.</summary>
internal sealed class RpcClient : IDisposable
{
    const string Service = "acquireinfra.enrichment.v1.EnrichmentService";

    readonly GrpcChannel _channel;

    public RpcClient(RunningService service)
        : this(service.Ports)
    {
    }

    public RpcClient(Ports ports) => _channel = GrpcChannel.ForAddress(
        $"http://127.0.0.1:{ports.Grpc}", new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });

    public async Task<Verdict> VerdictAsync(ScoreIpRequest request) => (await ScoreAsync(request)).Verdict;

    public Task<ScoreIpResponse> ScoreAsync(ScoreIpRequest request) => CallAsync<ScoreIpRequest, ScoreIpResponse>("ScoreIp", request);

    public Task<BatchScoreIpResponse> BatchAsync(BatchScoreIpRequest request) =>
        CallAsync<BatchScoreIpRequest, BatchScoreIpResponse>("BatchScoreIp", request);

    public Task<GetAsnResponse> AsnAsync(uint asn) => CallAsync<GetAsnRequest, GetAsnResponse>("GetAsn", new() { Asn = asn });

    public Task<GetSnapshotResponse> SnapshotAsync() => CallAsync<GetSnapshotRequest, GetSnapshotResponse>("GetSnapshot", new());

    public AsyncServerStreamingCall<WatchSnapshotsResponse> Watch() => _channel.CreateCallInvoker().AsyncServerStreamingCall(
        new Method<WatchSnapshotsRequest, WatchSnapshotsResponse>(
            MethodType.ServerStreaming, Service, "WatchSnapshots", Of<WatchSnapshotsRequest>(), Of<WatchSnapshotsResponse>()),
        null, Options(), new());

    public AsyncDuplexStreamingCall<StreamScoreIpRequest, StreamScoreIpResponse> Stream(CallOptions? options = null) =>
        Duplex(Of<StreamScoreIpRequest>(), options);

    /// <summary>A stream whose messages are sent as they stand.</summary>
    public AsyncDuplexStreamingCall<byte[], StreamScoreIpResponse> StreamOfBytes() => Duplex(Bytes, null);

    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, CallOptions? options = null)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        UnaryAsync<TRequest, TResponse>(method, request, Of<TRequest>(), options);

    /// <summary>Sends bytes for the request.</summary>
    public Task<TResponse> CallAsync<TResponse>(string method, byte[] request)
        where TResponse : class, IMessage<TResponse>, new() => UnaryAsync<byte[], TResponse>(method, request, Bytes, null);

    public void Dispose() => _channel.Dispose();

    async Task<TResponse> UnaryAsync<TRequest, TResponse>(string method, TRequest request, Marshaller<TRequest> marshaller, CallOptions? options)
        where TRequest : class
        where TResponse : class, IMessage<TResponse>, new() =>
        await _channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<TRequest, TResponse>(MethodType.Unary, Service, method, marshaller, Of<TResponse>()), null, options ?? Options(), request);

    AsyncDuplexStreamingCall<TRequest, StreamScoreIpResponse> Duplex<TRequest>(Marshaller<TRequest> marshaller, CallOptions? options)
        where TRequest : class =>
        _channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            new Method<TRequest, StreamScoreIpResponse>(
                MethodType.DuplexStreaming, Service, "StreamScoreIp", marshaller, Of<StreamScoreIpResponse>()),
            null, options ?? Options());

    static CallOptions Options() => new(cancellationToken: TestContext.Current.CancellationToken);

    static Marshaller<byte[]> Bytes { get; } = new(bytes => bytes, bytes => bytes);

    static Marshaller<T> Of<T>()
        where T : class, IMessage<T>, new() => new(message => message.ToByteArray(), new MessageParser<T>(() => new T()).ParseFrom);
}

internal static class StreamCalls
{
    /// <summary>Sends a batch and reads its answer.</summary>
    public static async Task<StreamScoreIpResponse> AskAsync<TRequest>(
        this AsyncDuplexStreamingCall<TRequest, StreamScoreIpResponse> call, TRequest request)
    {
        await call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
        return await call.ReadAsync();
    }

    public static async Task<StreamScoreIpResponse> ReadAsync<TRequest>(this AsyncDuplexStreamingCall<TRequest, StreamScoreIpResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken), "the stream has ended");
        return call.ResponseStream.Current;
    }
}
