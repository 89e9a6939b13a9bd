using System.Buffers;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// The results of one batch, written in order behind what the buffer holds. All are by one snapshot, but for items that ask for another
/// time, which are judged by what was live then. A bad item has its error in its place.
/// </summary>
/// <param name="tag">Of the field that results stand in.</param>
internal sealed class BatchAnswer(
    VerdictEncoder encoder, byte tag, bool isExplained, ArrayBufferWriter<byte> buffer, CancellationToken cancelled)
{
    /// <summary>Longest id, in bytes.</summary>
    public const int MaxIdBytes = ItemAnswer.MaxIdBytes;

    /// <summary>More than the fields of an answer that are no results ever take.</summary>
    const int OtherFieldsBytes = 1024;

    static readonly byte IdTag = ProtoWire.Tag(V1.Result.IdFieldNumber);

    Dictionary<Judge, VerdictEncoder>? _others;
    int _total;
    int _failed;

    public V1.Summary Summary => new() { Total = _total, Ok = _total - _failed, Failed = _failed };

    /// <summary>Writes the results of one form; the other is empty.</summary>
    /// <returns>False where the answer would be longer than <see cref="RpcServices.MaxAnswerBytes"/>.</returns>
    public bool TryWrite(RepeatedField<string> ips, RepeatedField<V1.Item> items)
    {
        for (var at = 0; at < ips.Count && HasRoom; at++)
        {
            WriteText(encoder, ips[at], "", default);
        }
        for (var at = 0; at < items.Count && HasRoom; at++)
        {
            WriteItem(items[at]);
        }
        return HasRoom;
    }

    bool HasRoom
    {
        get
        {
            cancelled.ThrowIfCancellationRequested();
            return buffer.WrittenCount <= RpcServices.MaxAnswerBytes - OtherFieldsBytes;
        }
    }

    void WriteItem(V1.Item item)
    {
        Span<byte> id = stackalloc byte[MaxIdBytes + 3];
        if (!TryEncodeId(item.Id, ref id))
        {
            WriteError(ItemProblems.LongId(item));
            return;
        }
        var by = encoder;
        if (item.At is { } given)
        {
            if (!Asked.TryReadTime(given, out var time))
            {
                WriteError(ItemProblems.BadTime(item));
                return;
            }
            by = At(time);
        }
        if (item.AddressCase != V1.Item.AddressOneofCase.Octets)
        {
            WriteText(by, item.Ip, item.Id, id);
            return;
        }
        if (Asked.TryReadOctets(item.Octets, out var address))
        {
            WriteVerdict(by, address, id);
            return;
        }
        WriteError(ItemProblems.BadOctets(item));
    }

    void WriteText(VerdictEncoder by, string ip, string id, ReadOnlySpan<byte> encodedId)
    {
        if (AddressParser.TryParse(ip, out var address, out var fault))
        {
            WriteVerdict(by, address, encodedId);
            return;
        }
        WriteError(ItemProblems.BadAddress(ip, id, fault));
    }

    void WriteVerdict(VerdictEncoder by, Address address, ReadOnlySpan<byte> id)
    {
        by.WriteResult(tag, address, isExplained, id, buffer);
        _total++;
    }

    void WriteError(V1.Result result)
    {
        var bytes = result.CalculateSize();
        var field = buffer.GetSpan(ProtoWire.FieldBytes(bytes));
        var head = ProtoWire.WriteHead(tag, bytes, field);
        result.WriteTo(field.Slice(head, bytes));
        buffer.Advance(head + bytes);
        _total++;
        _failed++;
    }

    VerdictEncoder At(DateTimeOffset at)
    {
        var judge = encoder.Judge.AtTime(at);
        _others ??= [];
        return _others.TryGetValue(judge, out var known) ? known : _others[judge] = encoder.By(judge);
    }

    static bool TryEncodeId(string id, ref Span<byte> field)
    {
        if (id.Length == 0)
        {
            field = default;
            return true;
        }
        var bytes = System.Text.Encoding.UTF8.GetByteCount(id);
        if (bytes > MaxIdBytes)
        {
            return false;
        }
        var head = ProtoWire.WriteHead(IdTag, bytes, field);
        System.Text.Encoding.UTF8.GetBytes(id, field[head..]);
        field = field[..(head + bytes)];
        return true;
    }
}
