using System.Buffers;
using Google.Protobuf;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// The answers of one stream. Each message is answered by the snapshot and hour that are current when it is read. All answers are
/// written to one buffer, one after another: the bytes of an answer hold until the next one is asked for.
/// </summary>
internal sealed class StreamAnswers(EncoderProvider encoders, int maxItems)
{
    // A buffer that one large answer made is not kept for the small ones.
    const int KeptBytes = 1 << 20;

    static readonly byte ResultsTag = ProtoWire.Tag(V1.StreamScoreIpResponse.ResultsFieldNumber);

    ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Addresses answered so far.</summary>
    public int Addresses { get; private set; }

    public Encoded Answer(V1.StreamScoreIpRequest request, CancellationToken cancelled)
    {
        Clear();
        var fault = ReferenceEquals(request, Marshalling.Unreadable) ? BatchFault.Unreadable : BatchFault.Of(request, maxItems);
        if (fault is not null || encoders.Current is not { } encoder)
        {
            return Refuse(request, fault ?? BatchFault.NoSnapshot);
        }
        var rest = new V1.StreamScoreIpResponse { CorrelationId = request.CorrelationId, Basis = encoder.Basis };
        if (request.Packed is { } packed)
        {
            PackedAnswer.Write(packed, encoder.Judge, _buffer);
            rest.Summary = new() { Total = PackedAnswer.CountOf(packed), Ok = PackedAnswer.CountOf(packed) };
        }
        else
        {
            var answer = new BatchAnswer(encoder, ResultsTag, request.Detail == V1.Detail.Explained, _buffer, cancelled);
            if (!answer.TryWrite(request.Ips, request.Items))
            {
                Clear();
                return Refuse(request, BatchFault.AnswerTooLong);
            }
            rest.Summary = answer.Summary;
        }
        Addresses += rest.Summary.Total;
        rest.WriteTo(_buffer);
        return new(_buffer.WrittenMemory);
    }

    Encoded Refuse(V1.StreamScoreIpRequest request, BatchFault fault)
    {
        var answer = new V1.StreamScoreIpResponse
        {
            CorrelationId = BatchFault.CanEcho(request.CorrelationId) ? request.CorrelationId : "",
            Error = new() { Code = fault.Kind.Code, Detail = fault.Detail },
        };
        answer.WriteTo(_buffer);
        return new(_buffer.WrittenMemory);
    }

    void Clear()
    {
        _buffer.ResetWrittenCount();
        _buffer = _buffer.Capacity > KeptBytes ? new() : _buffer;
    }
}
