using System.Buffers;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Reads a stream in blocks of whole lines. A byte order mark at its start is passed over.</summary>
internal sealed class LineBlocks(Stream input, int blockBytes)
{
    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    byte[] _buffer = ArrayPool<byte>.Shared.Rent(blockBytes + LineLayout.MostLineBytes);
    int _held;
    bool _hasBegun;
    bool _isPassing;

    /// <returns>A block from the pool, which the caller gives back with <see cref="Return"/>; empty at the end.</returns>
    public async ValueTask<ArraySegment<byte>> NextAsync(CancellationToken cancelled)
    {
        while (true)
        {
            var read = await input.ReadAsync(_buffer.AsMemory(_held, Math.Min(blockBytes, _buffer.Length - _held)), cancelled);
            _held += read;
            if (!_hasBegun && !TryBegin(isAll: read == 0))
            {
                continue;
            }
            if (_isPassing)
            {
                PassOver();
            }
            var end = read == 0 ? _held : _buffer.AsSpan(0, _held).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && _held > LineLayout.MostLineBytes)
            {
                (end, _isPassing) = (_held, true); // one endless line is one fault; its rest, which may look like an address, has no row
            }
            if (end > 0 || read == 0)
            {
                return Take(end);
            }
        }
    }

    public static void Return(ArraySegment<byte> block) => ArrayPool<byte>.Shared.Return(block.Array!);

    // A mark may come in parts.
    bool TryBegin(bool isAll)
    {
        if (_held < ByteOrderMark.Length && !isAll)
        {
            return false;
        }
        _hasBegun = true;
        if (_buffer.AsSpan(0, _held).StartsWith(ByteOrderMark))
        {
            Drop(ByteOrderMark.Length);
        }
        return true;
    }

    void PassOver()
    {
        var newline = _buffer.AsSpan(0, _held).IndexOf((byte)'\n');
        _isPassing = newline < 0;
        Drop(_isPassing ? _held : newline + 1);
    }

    void Drop(int bytes)
    {
        _buffer.AsSpan(bytes, _held - bytes).CopyTo(_buffer);
        _held -= bytes;
    }

    ArraySegment<byte> Take(int end)
    {
        var taken = _buffer;
        _buffer = ArrayPool<byte>.Shared.Rent(taken.Length);
        taken.AsSpan(end, _held - end).CopyTo(_buffer);
        _held -= end;
        return new(taken, 0, end);
    }
}
