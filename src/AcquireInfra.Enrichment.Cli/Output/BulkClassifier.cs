using System.Buffers;
using System.Diagnostics;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Cli.Output;

/// <summary>
/// Reads lines in blocks, renders blocks on all processors, writes them in order. What is in memory is a few blocks, whatever the
/// length of the input.
/// </summary>
internal sealed class BulkClassifier(RowRenderer renderer, int blockBytes = 1 << 18)
{
    // Longest line taken: no address comes near it, and it bounds the block.
    const int MaxLineBytes = 64 * 1024;

    readonly record struct Block(Task<Result> Rendering, byte[] Input);

    readonly record struct Result(ArrayBufferWriter<byte> Rows, long Lines, long Bad);

    readonly Queue<Block> _blocks = [];
    readonly Stack<ArrayBufferWriter<byte>> _free = [];
    readonly Stopwatch _watch = Stopwatch.StartNew();
    long _lines;
    long _bad;

    /// <returns>Rows written, and how many of them are faults.</returns>
    public async Task<(long Total, long Bad)> RunAsync(Stream input, Stream output, CancellationToken cancelled)
    {
        output.Write(renderer.Header);
        var buffer = ArrayPool<byte>.Shared.Rent(blockBytes + MaxLineBytes);
        var held = 0;
        var isPassing = false;
        while (true)
        {
            var read = await input.ReadAsync(buffer.AsMemory(held, Math.Min(blockBytes, buffer.Length - held)), cancelled);
            held += read;
            if (isPassing)
            {
                held = PassOver(buffer, held, out isPassing);
            }
            var end = read == 0 ? held : buffer.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && held > MaxLineBytes)
            {
                // One endless line is one fault, even where it begins with blanks; its rest, which may look like an address, has no row.
                (end, buffer[held - 1], isPassing) = (held, (byte)'?', true);
            }
            if (end > 0)
            {
                buffer = await DispatchAsync(buffer, end, held, output, cancelled);
                held -= end;
            }
            if (read == 0)
            {
                break;
            }
        }
        while (_blocks.Count > 0)
        {
            await WriteNextAsync(output, cancelled);
        }
        ArrayPool<byte>.Shared.Return(buffer);
        ShowProgress(isLast: true);
        return (_lines, _bad);
    }

    // Drops the rest of a line that was cut. Returns how many bytes are left.
    static int PassOver(byte[] buffer, int held, out bool goesOn)
    {
        var newline = buffer.AsSpan(0, held).IndexOf((byte)'\n');
        goesOn = newline < 0;
        var left = goesOn ? 0 : held - newline - 1;
        buffer.AsSpan(held - left, left).CopyTo(buffer);
        return left;
    }

    // Hands the buffer's lines to a worker and goes on with another buffer, which begins with what was left over.
    async Task<byte[]> DispatchAsync(byte[] buffer, int end, int held, Stream output, CancellationToken cancelled)
    {
        var next = ArrayPool<byte>.Shared.Rent(blockBytes + MaxLineBytes);
        buffer.AsSpan(end, held - end).CopyTo(next);
        while (_blocks.Count >= Environment.ProcessorCount + 1)
        {
            await WriteNextAsync(output, cancelled);
        }
        var rows = _free.TryPop(out var free) ? free : new ArrayBufferWriter<byte>(8 * blockBytes);
        _blocks.Enqueue(new(Task.Run(() => Render(buffer.AsSpan(0, end), rows), cancelled), buffer));
        return next;
    }

    async Task WriteNextAsync(Stream output, CancellationToken cancelled)
    {
        var block = _blocks.Dequeue();
        var result = await block.Rendering;
        await output.WriteAsync(result.Rows.WrittenMemory, cancelled);
        result.Rows.ResetWrittenCount();
        _free.Push(result.Rows);
        ArrayPool<byte>.Shared.Return(block.Input);
        _lines += result.Lines;
        _bad += result.Bad;
        ShowProgress(isLast: false);
    }

    Result Render(ReadOnlySpan<byte> lines, ArrayBufferWriter<byte> rows)
    {
        var (count, faults) = renderer.WriteLines(lines, rows);
        return new(rows, count, faults);
    }

    // Only for someone who watches: a redirected stderr stays empty.
    void ShowProgress(bool isLast)
    {
        if (Console.IsErrorRedirected || (!isLast && _watch.ElapsedMilliseconds < 200))
        {
            return;
        }
        _watch.Restart();
        Console.Error.Write($"\r{_lines:N0} addresses{(isLast ? "\n" : "")}");
    }
}
