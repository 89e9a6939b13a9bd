using System.Buffers;
using System.Buffers.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// Verdicts of one judge as protobuf bytes. A flat one is written by hand: address, network, and the tail that its profile's addresses
/// share; protobuf asks for no order of fields. An explained one is a generated message.
/// </summary>
/// <param name="remember">Whether many addresses will be asked for: costs 8 bytes a profile, and tails are encoded once.</param>
internal sealed class VerdictEncoder(Judge judge, bool remember = true)
{
    // Tags and lengths of both fields, and the longest texts: an address, and a network with "/128" behind it.
    const int MaxFrontBytes = 4 + 2 * AddressFormatter.MaxBytes + 4;

    static readonly byte IpTag = ProtoWire.Tag(V1.Verdict.IpFieldNumber);
    static readonly byte NetworkTag = ProtoWire.Tag(V1.Verdict.NetworkFieldNumber);
    static readonly byte VerdictTag = ProtoWire.Tag(V1.Result.VerdictFieldNumber);
    static readonly byte ScoreVerdictTag = ProtoWire.Tag(V1.ScoreIpResponse.VerdictFieldNumber);

    readonly VerdictTails _tails = new(judge, remember);
    readonly byte[] _scoreBasis = new V1.ScoreIpResponse { Basis = BasisOf(judge) }.ToByteArray();

    public Judge Judge => judge;

    /// <summary>The encoder of a judge of another time.</summary>
    public VerdictEncoder By(Judge other) => other == judge ? this : new(other, remember: false);

    public V1.Basis Basis { get; } = BasisOf(judge);

    /// <summary>A whole ScoreIpResponse.</summary>
    public byte[] EncodeScore(Address address, bool isExplained)
    {
        if (isExplained)
        {
            return new V1.ScoreIpResponse { Verdict = VerdictMessages.Explained(judge.Explain(address)), Basis = Basis }.ToByteArray();
        }
        var tail = _tails.Of(address);
        Span<byte> front = stackalloc byte[MaxFrontBytes];
        front = front[..WriteFront(address, tail[0], front)];
        var verdictBytes = front.Length + tail.Length - 1;
        var response = new byte[ProtoWire.FieldBytes(verdictBytes) + _scoreBasis.Length];
        var at = ProtoWire.WriteHead(ScoreVerdictTag, verdictBytes, response);
        front.CopyTo(response.AsSpan(at));
        tail[1..].CopyTo(response.AsSpan(at + front.Length));
        _scoreBasis.CopyTo(response.AsSpan(at + verdictBytes));
        return response;
    }

    /// <summary>Adds a Result with a verdict.</summary>
    /// <param name="tag">Of the field that results stand in.</param>
    /// <param name="id">Field id, encoded; empty for none.</param>
    public void WriteResult(byte tag, Address address, bool isExplained, ReadOnlySpan<byte> id, ArrayBufferWriter<byte> to)
    {
        if (isExplained)
        {
            var message = VerdictMessages.Explained(judge.Explain(address));
            var bytes = message.CalculateSize();
            message.WriteTo(Open(tag, id, bytes, to)[..bytes]);
            to.Advance(bytes);
            return;
        }
        var tail = _tails.Of(address);
        Span<byte> front = stackalloc byte[MaxFrontBytes];
        front = front[..WriteFront(address, tail[0], front)];
        var verdict = Open(tag, id, front.Length + tail.Length - 1, to);
        front.CopyTo(verdict);
        tail[1..].CopyTo(verdict[front.Length..]);
        to.Advance(front.Length + tail.Length - 1);
    }

    // Writes all of a result but the verdict, for which there is room in what is returned.
    static Span<byte> Open(byte tag, ReadOnlySpan<byte> id, int verdictBytes, ArrayBufferWriter<byte> to)
    {
        var resultBytes = id.Length + ProtoWire.FieldBytes(verdictBytes);
        var result = to.GetSpan(ProtoWire.FieldBytes(resultBytes));
        var at = ProtoWire.WriteHead(tag, resultBytes, result);
        id.CopyTo(result[at..]);
        at += id.Length;
        at += ProtoWire.WriteHead(VerdictTag, verdictBytes, result[at..]);
        to.Advance(at);
        return result[at..];
    }

    // The fields ip and network; both are shorter than 128 bytes, so that their length is one byte.
    static int WriteFront(Address address, int networkLength, Span<byte> front)
    {
        front[0] = IpTag;
        var at = 2 + AddressFormatter.Format(address, front[2..]);
        front[1] = (byte)(at - 2);
        if (networkLength == 0)
        {
            return at;
        }
        var network = front[at..];
        network[0] = NetworkTag;
        var end = 2 + AddressFormatter.Format(Prefix.Create(address, networkLength).Network, network[2..]);
        network[end++] = (byte)'/';
        Utf8Formatter.TryFormat((byte)networkLength, network[end..], out var digits);
        network[1] = (byte)(end + digits - 2);
        return at + end + digits;
    }

    static V1.Basis BasisOf(Judge judge) =>
        new()
        {
            SnapshotId = judge.Snapshot.Id,
            PolicyVersion = judge.PolicyVersion,
            JudgedAt = judge.At.ToTimestamp(),
            OverridesRevision = judge.Overrides.Revision,
        };
}
