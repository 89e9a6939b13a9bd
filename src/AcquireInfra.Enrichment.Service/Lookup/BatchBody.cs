using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>The body of a JSON batch, read whole into memory of the pool, and where its items lie in it.</summary>
internal sealed class BatchBody : IDisposable
{
    const int MaxDepth = 8;
    const int FirstBytes = 16 * 1024;

    byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    int _length;

    public Span<byte> Bytes => _buffer.AsSpan(0, _length);

    public List<(int Offset, int Length)> Values { get; } = [];

    /// <returns>Null where it is a batch of at most so many items.</returns>
    public async Task<ProblemHttpResult?> ReadAsync(HttpContext context, int maxBytes, int maxItems)
    {
        if (await ReadAsync(context, maxBytes) is { } problem)
        {
            return problem;
        }
        try
        {
            return FindItems(maxItems);
        }
        catch (JsonException exception)
        {
            return Problems.BadRequest(
                $"The body is no batch ({Place(exception)}). Send {{\"ips\": [\"192.0.2.7\", …]}}.");
        }
    }

    /// <summary>Reads the bytes, whatever they are.</summary>
    /// <returns>Null where there are at most so many.</returns>
    public async Task<ProblemHttpResult?> ReadAsync(HttpContext context, int maxBytes)
    {
        try
        {
            return await TryFillAsync(context.Request.Body, maxBytes, context.RequestAborted) ? null : Problems.BodyTooLarge(maxBytes);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problems.BodyTooLarge(maxBytes);
        }
        catch (BadHttpRequestException)
        {
            return Problems.BadRequest("The body ends early, or its chunks are malformed."); // the sender's fault, not a 500 and an error in the log
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Where a body is no JSON, counted from 1.</summary>
    public static string Place(JsonException exception) => exception.LineNumber is { } line
        ? $"line {line + 1}, byte {exception.BytePositionInLine + 1}"
        : $"byte {exception.BytePositionInLine}";

    async Task<bool> TryFillAsync(Stream body, int maxBytes, CancellationToken cancelled)
    {
        while (await body.ReadAsync(_buffer.AsMemory(_length), cancelled) is > 0 and var read)
        {
            _length += read;
            if (_length > maxBytes)
            {
                return false;
            }
            if (_length == _buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(2 * _length);
                Bytes.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }
        }
        return true;
    }

    // Nothing is made of an item here but its place, and they are counted as they come: a body of nothing but commas costs no memory.
    ProblemHttpResult? FindItems(int maxItems)
    {
        var start = Bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(Bytes[start..], new JsonReaderOptions { MaxDepth = MaxDepth });
        Expect(ref reader, JsonTokenType.StartObject);
        Expect(ref reader, JsonTokenType.PropertyName);
        if (!reader.ValueTextEquals("ips"u8))
        {
            return Problems.BadRequest("The body has another member than \"ips\". Send {\"ips\": [\"192.0.2.7\", …]}.");
        }
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var offset = (int)reader.TokenStartIndex;
            reader.Skip();
            Values.Add((start + offset, (int)reader.BytesConsumed - offset));
            if (Values.Count > maxItems)
            {
                return Problems.TooManyItems(maxItems);
            }
        }
        Expect(ref reader, JsonTokenType.EndObject);
        reader.Read(); // throws where there is more
        return null;
    }

    static void Expect(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (!reader.Read() || reader.TokenType != expected)
        {
            throw new JsonException($"Not {expected}.", path: null, lineNumber: null, bytePositionInLine: reader.BytesConsumed);
        }
    }
}
