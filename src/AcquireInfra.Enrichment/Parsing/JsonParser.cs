using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>JSON documents as a stream of tokens, and JSON Lines a line at a time. Memory is the largest token, not the document.</summary>
internal static class JsonParser
{
    // What is held along with a token that is not whole yet: its quotes, and a comma and blanks before it.
    const int SeparatorBytes = 64;

    static readonly SearchValues<byte> Separators = SearchValues.Create(" \t\r\n,:"u8);

    /// <summary>One document. Broken syntax ends it with a fault at its place; what came before stays.</summary>
    public static void ParseDocument(Stream stream, FeedFormat format, FeedLimits limits, FeedContent content)
    {
        var walker = new JsonWalker(format, limits, content);
        var place = new PlaceCounter();
        var buffer = new byte[limits.BufferBytes + limits.MaxLineBytes + SeparatorBytes];
        var state = new JsonReaderState(JsonWalker.ReaderOptions);
        var held = ReadPastByteOrderMark(stream, buffer);
        var (total, ended) = ((long)held, false);
        while (!ended && !content.IsFull)
        {
            var read = stream.Read(buffer, held, Math.Min(limits.BufferBytes, buffer.Length - held));
            total += read;
            ended = read == 0;
            var surplus = (int)Math.Max(total - limits.MaxFeedBytes, 0);
            var bytes = buffer.AsSpan(0, held + read - surplus);
            if (!TryTakeTokens(bytes, ended, limits, ref state, walker, ref place, content, out var consumed))
            {
                content.Cut();
                return;
            }
            if (surplus > 0)
            {
                content.Fault(FeedFault.FeedTooLong, place.Line, place.Column);
                return;
            }
            var rest = bytes[consumed..];
            if (rest.Length > limits.MaxLineBytes + SeparatorBytes) // of one token longer than any value may be
            {
                place.MoveTo(rest, Math.Max(rest.IndexOfAnyExcept(Separators), 0));
                content.Fault(FeedFault.LineTooLong, place.Line, place.Column);
                content.Cut();
                return;
            }
            rest.CopyTo(buffer);
            held = rest.Length;
        }
    }

    /// <summary>One document a line; a broken line is a fault and the others are read.</summary>
    public static void ParseLines(Stream stream, FeedFormat format, FeedLimits limits, FeedContent content)
    {
        var walker = new JsonWalker(format, limits, content);
        var lines = new LineReader(stream, limits, content);
        while (lines.TryRead(out var line))
        {
            if (line.IndexOfAnyExcept(" \t"u8) < 0)
            {
                continue;
            }
            walker.Reset();
            var state = new JsonReaderState(JsonWalker.ReaderOptions);
            var place = new PlaceCounter { Line = lines.Line };
            TryTakeTokens(line, isFinal: true, limits, ref state, walker, ref place, content, out _);
        }
    }

    // Reads until it is known whether there is a mark: a stream may give one byte at a time.
    static int ReadPastByteOrderMark(Stream stream, byte[] buffer)
    {
        var start = buffer.AsSpan(0, Encoding.UTF8.Preamble.Length);
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start.SequenceEqual(Encoding.UTF8.Preamble) ? 0 : read;
    }

    static bool TryTakeTokens(
        ReadOnlySpan<byte> bytes, bool isFinal, FeedLimits limits, ref JsonReaderState state, JsonWalker walker, ref PlaceCounter place,
        FeedContent content, out int consumed)
    {
        var reader = new Utf8JsonReader(bytes, isFinal, state);
        consumed = bytes.Length;
        try
        {
            while (reader.Read() && !content.IsFull)
            {
                place.MoveTo(bytes, (int)reader.TokenStartIndex);
                if (reader.ValueSpan.Length > limits.MaxLineBytes)
                {
                    content.Fault(FeedFault.LineTooLong, place.Line, place.Column);
                    return false;
                }
                walker.Take(ref reader, place.Line, place.Column);
            }
        }
        catch (JsonException)
        {
            place.MoveTo(bytes, (int)reader.BytesConsumed);
            content.Fault(FeedFault.BadJson, place.Line, place.Column);
            return false;
        }
        catch (InvalidOperationException) // half a surrogate pair in the token that was taken, whose place is known
        {
            content.Fault(FeedFault.BadJson, place.Line, place.Column);
            return false;
        }
        consumed = (int)reader.BytesConsumed;
        place.MoveTo(bytes, consumed);
        place.StartBuffer();
        state = reader.CurrentState;
        return true;
    }

    /// <summary>Line and column of an offset that only moves forward, over buffers that follow one another.</summary>
    struct PlaceCounter
    {
        int _offset;

        public PlaceCounter()
        {
        }

        public int Line { get; set; } = 1;

        public int Column { get; private set; } = 1;

        public void MoveTo(ReadOnlySpan<byte> bytes, int offset)
        {
            var passed = bytes[_offset..offset];
            var newline = passed.LastIndexOf((byte)'\n');
            Line += passed.Count((byte)'\n');
            Column = newline < 0 ? Column + passed.Length : passed.Length - newline;
            _offset = offset;
        }

        public void StartBuffer() => _offset = 0;
    }
}
