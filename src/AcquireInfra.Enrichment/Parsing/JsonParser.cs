using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>JSON documents as a stream of tokens, and JSON Lines a line at a time. Memory is the largest token, not the document.</summary>
internal static class JsonParser
{
    /// <summary>One document. Broken syntax ends it with a fault at its place; what came before stays.</summary>
    public static void ParseDocument(Stream stream, FeedFormat format, FeedLimits limits, FeedContent content)
    {
        var walker = new JsonWalker(format, limits, content);
        var place = new PlaceCounter();
        var buffer = new byte[limits.BufferBytes + limits.MaxLineBytes];
        var state = new JsonReaderState(JsonWalker.ReaderOptions);
        var (held, total, ended) = (0, 0L, false);
        while (!ended && !content.IsFull)
        {
            var read = stream.Read(buffer, held, Math.Min(limits.BufferBytes, buffer.Length - held));
            total += read;
            ended = read == 0;
            if (total > limits.MaxFeedBytes)
            {
                content.Fault(FeedFault.FeedTooLong, place.Line, place.Column);
                return;
            }
            var bytes = buffer.AsSpan(0, held + read);
            if (total == read && bytes.StartsWith(Encoding.UTF8.Preamble))
            {
                bytes = bytes[Encoding.UTF8.Preamble.Length..];
            }
            if (!TryTakeTokens(bytes, ended, ref state, walker, ref place, content, out var consumed))
            {
                return;
            }
            held = bytes.Length - consumed;
            if (held > limits.MaxLineBytes)
            {
                content.Fault(FeedFault.LineTooLong, place.Line, place.Column); // one token longer than any value may be
                return;
            }
            bytes[consumed..].CopyTo(buffer);
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
            TryTakeTokens(line, isFinal: true, ref state, walker, ref place, content, out _);
        }
    }

    static bool TryTakeTokens(
        ReadOnlySpan<byte> bytes, bool isFinal, ref JsonReaderState state, JsonWalker walker, ref PlaceCounter place, FeedContent content,
        out int consumed)
    {
        var reader = new Utf8JsonReader(bytes, isFinal, state);
        try
        {
            while (reader.Read() && !content.IsFull)
            {
                place.MoveTo(bytes, (int)reader.TokenStartIndex);
                walker.Take(ref reader, place.Line, place.Column);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            place.MoveTo(bytes, (int)reader.BytesConsumed);
            content.Fault(FeedFault.BadJson, place.Line, place.Column);
            consumed = bytes.Length;
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
