using System.Buffers;
using System.Runtime.ExceptionServices;

namespace AcquireInfra.Enrichment.Exports;

/// <param name="MaxLineBytes">At most <see cref="LineLayout.MostLineBytes"/>.</param>
/// <param name="MaxLines">Lines that are answered, blank ones counted.</param>
/// <param name="BlockBytes">What is read at once.</param>
/// <param name="Parallelism">Blocks that are rendered at the same time; one more, and one that is being read, are in memory.</param>
public sealed record BulkOptions(
    LineFormat Format, int MaxLineBytes = LineLayout.MostLineBytes, long MaxLines = long.MaxValue, int BlockBytes = 1 << 18, int Parallelism = 2);

/// <summary>How a bulk job came to its end.</summary>
public enum BulkEnd
{
    AllAnswered,

    /// <summary>There are more lines than are answered.</summary>
    TooManyLines,

    /// <summary>CSV input whose header has no column "ip"; nothing was written.</summary>
    NoIpColumn,
}

/// <summary>
/// Reads lines in blocks, renders some at the same time, writes them in order: rows are written while the next lines are waited for, and
/// what is in memory is a few blocks, whatever the length of the input.
/// </summary>
/// <param name="progress">Told how many rows are written, block by block.</param>
public sealed class BulkClassifier(RowRenderer renderer, BulkOptions options, Action<long>? progress = null)
{
    readonly record struct Rendered(ArrayBufferWriter<byte> Rows, long Count, long Faults);

    readonly Queue<(Task<Rendered> Rendering, ArraySegment<byte> Block)> _blocks = [];
    readonly Stack<ArrayBufferWriter<byte>> _free = [];
    byte[] _header = [];
    long _lines;

    public LineLayout Layout { get; private set; } = new(options.Format, options.MaxLineBytes);

    /// <summary>Rows written.</summary>
    public long Total { get; private set; }

    /// <summary>Rows written that are faults.</summary>
    public long Failed { get; private set; }

    /// <summary>Whether anything was written.</summary>
    public bool HasBegun { get; private set; }

    /// <exception cref="Exception">Whatever the input throws, once the rows of what was read before are written.</exception>
    public async Task<BulkEnd> RunAsync(Stream input, Stream output, CancellationToken cancelled)
    {
        var end = BulkEnd.AllAnswered;
        ExceptionDispatchInfo? failure = null;
        try
        {
            end = await ReadAllAsync(input, output, cancelled);
        }
        catch (Exception exception) when (!cancelled.IsCancellationRequested)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }
        while (_blocks.Count > 0)
        {
            await WriteNextAsync(output, cancelled);
        }
        failure?.Throw();
        if (!HasBegun && end != BulkEnd.NoIpColumn)
        {
            await BeginAsync(output, cancelled);
        }
        return end;
    }

    async Task<BulkEnd> ReadAllAsync(Stream input, Stream output, CancellationToken cancelled)
    {
        var blocks = new LineBlocks(input, options.BlockBytes);
        var block = await blocks.NextAsync(cancelled);
        if (!TryBegin(ref block))
        {
            return BulkEnd.NoIpColumn;
        }
        if (block.Count == 0)
        {
            LineBlocks.Return(block); // it had the header alone
            block = await blocks.NextAsync(cancelled);
        }
        while (block.Count > 0)
        {
            var allowed = Allowed(block);
            while (_blocks.Count > options.Parallelism)
            {
                await WriteNextAsync(output, cancelled);
            }
            var rows = _free.TryPop(out var free) ? free : new ArrayBufferWriter<byte>(4 * options.BlockBytes);
            _blocks.Enqueue((Task.Run(() => Render(allowed, rows), cancelled), block));
            if (allowed.Count < block.Count)
            {
                return BulkEnd.TooManyLines;
            }
            var reading = blocks.NextAsync(cancelled);
            while (!reading.IsCompleted && _blocks.Count > 0)
            {
                await WriteNextAsync(output, cancelled);
            }
            block = await reading;
        }
        LineBlocks.Return(block);
        return BulkEnd.AllAnswered;
    }

    // The header of CSV input is no row.
    bool TryBegin(ref ArraySegment<byte> first)
    {
        var headerLine = default(ReadOnlySpan<byte>);
        if (options.Format == LineFormat.Csv)
        {
            var newline = first.AsSpan().IndexOf((byte)'\n');
            headerLine = first.AsSpan(0, newline < 0 ? first.Count : newline).TrimEnd((byte)'\r');
            if (!LineLayout.TryReadCsvHeader(headerLine, options.MaxLineBytes, out var layout))
            {
                return false;
            }
            Layout = layout;
            first = first[(newline < 0 ? first.Count : newline + 1)..];
        }
        _header = renderer.Header(Layout, headerLine);
        return true;
    }

    // As much of the block as the limit of lines lets through.
    ArraySegment<byte> Allowed(ArraySegment<byte> block)
    {
        var span = block.AsSpan();
        var lines = span.Count((byte)'\n') + (span[^1] == (byte)'\n' ? 0 : 1);
        var left = options.MaxLines - _lines;
        _lines += lines;
        if (lines <= left)
        {
            return block;
        }
        var end = 0;
        for (; left > 0; left--)
        {
            end += span[end..].IndexOf((byte)'\n') + 1;
        }
        return block[..end];
    }

    Rendered Render(ArraySegment<byte> lines, ArrayBufferWriter<byte> rows)
    {
        var (count, faults) = renderer.WriteLines(lines, Layout, rows);
        return new(rows, count, faults);
    }

    async Task WriteNextAsync(Stream output, CancellationToken cancelled)
    {
        var (rendering, block) = _blocks.Dequeue();
        var rendered = await rendering;
        var rows = rendered.Rows.WrittenMemory;
        if (rows.Length > 0)
        {
            // The first element of a JSON array has no comma before it.
            rows = rows[(Total == 0 && renderer.Format == RowFormat.Json ? 1 : 0)..];
            await BeginAsync(output, cancelled);
            await output.WriteAsync(rows, cancelled);
        }
        rendered.Rows.ResetWrittenCount();
        _free.Push(rendered.Rows);
        LineBlocks.Return(block);
        Total += rendered.Count;
        Failed += rendered.Faults;
        progress?.Invoke(Total);
    }

    async ValueTask BeginAsync(Stream output, CancellationToken cancelled)
    {
        if (!HasBegun)
        {
            HasBegun = true;
            await output.WriteAsync(_header, cancelled);
        }
    }
}
