using System.Buffers;
using AcquireInfra.Enrichment.V1;
using Google.Protobuf;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>A message that is protobuf bytes already. The bytes are read before the write that sends it ends, and not afterwards.</summary>
internal sealed class Encoded(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;
}

/// <summary>How messages become bytes and bytes messages. What is no message is the caller's fault, and no exception of ours.</summary>
internal static class Marshalling
{
    /// <summary>Stands for a message of a stream that cannot be read: it gets its answer like any other, and the stream goes on.</summary>
    public static StreamScoreIpRequest Unreadable { get; } = new();

    public static Marshaller<Encoded> OfEncoded { get; } =
        new((message, context) => Write(message.Bytes, context), Encoded (context) => throw new NotSupportedException());

    public static Marshaller<StreamScoreIpRequest> OfStreamRequests { get; } =
        new(Write, context => TryRead<StreamScoreIpRequest>(context, out var message) ? message : Unreadable);

    public static Marshaller<T> Of<T>()
        where T : class, IMessage<T>, new() =>
        new(Write, context => TryRead<T>(context, out var message) ? message : throw RpcProblems.Unreadable());

    static bool TryRead<T>(DeserializationContext context, out T message)
        where T : class, IMessage<T>, new()
    {
        message = new T();
        try
        {
            message.MergeFrom(context.PayloadAsReadOnlySequence());
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    static void Write<T>(T message, SerializationContext context)
        where T : class, IMessage<T>
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    static void Write(ReadOnlyMemory<byte> bytes, SerializationContext context)
    {
        context.SetPayloadLength(bytes.Length);
        context.GetBufferWriter().Write(bytes.Span);
        context.Complete();
    }
}
