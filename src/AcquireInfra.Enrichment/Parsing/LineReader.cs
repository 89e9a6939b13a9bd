using System.Text;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>
/// Lines of a byte stream in bounded memory: LF or CR LF, a byte order mark dropped, a last line without end taken. A line over the
/// limit is passed over to its end and reported once; its length never decides how much memory is used. A feed over its limit is cut
/// at the last line that ends within it, wherever the buffers end.
/// </summary>
internal ref struct LineReader(Stream stream, FeedLimits limits, FeedContent content)
{
    readonly byte[] _buffer = new byte[limits.BufferBytes + limits.MaxLineBytes];
    int _start;
    int _end;
    long _total;
    bool _ended;
    bool _isCut;

    /// <summary>Number of the line last returned, from 1.</summary>
    public int Line { get; private set; }

    /// <returns>False at the end of the feed, or where a limit ended it.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var skipping = false;
        while (!content.IsFull)
        {
            var pending = _buffer.AsSpan(_start, _end - _start);
            var newline = pending.IndexOf((byte)'\n');
            if (newline >= 0 || (_ended && !pending.IsEmpty))
            {
                var length = newline >= 0 ? newline : pending.Length;
                _start += newline >= 0 ? newline + 1 : length;
                Line++;
                if (skipping || length > limits.MaxLineBytes)
                {
                    content.Fault(FeedFault.LineTooLong, Line, 1);
                    skipping = false;
                    continue;
                }
                line = pending[..length];
                line = line.EndsWith("\r"u8) ? line[..^1] : line;
                line = Line == 1 && line.StartsWith(Encoding.UTF8.Preamble) ? line[Encoding.UTF8.Preamble.Length..] : line;
                return true;
            }
            if (_ended)
            {
                ReportEnd(skipping);
                break;
            }
            if (pending.Length > limits.MaxLineBytes)
            {
                skipping = true;
                _start = _end;
            }
            Fill();
        }
        line = default;
        return false;
    }

    readonly void ReportEnd(bool skipping)
    {
        if (_isCut)
        {
            content.Fault(FeedFault.FeedTooLong, Line + 1, 1);
        }
        else if (skipping)
        {
            content.Fault(FeedFault.LineTooLong, Line + 1, 1); // the last line, and nothing ended it
        }
    }

    void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = stream.Read(_buffer, _end, Math.Min(limits.BufferBytes, _buffer.Length - _end));
        _end += read;
        _total += read;
        _ended = read == 0;
        if (_total > limits.MaxFeedBytes)
        {
            var within = _end - (int)(_total - limits.MaxFeedBytes);
            _end = _buffer.AsSpan(0, within).LastIndexOf((byte)'\n') + 1;
            _ended = true;
            _isCut = true;
        }
    }
}
