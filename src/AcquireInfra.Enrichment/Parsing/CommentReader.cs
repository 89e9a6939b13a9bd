using System.Text;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>Takes comments off lines, and out of them the feed's own date where the format says how it is announced.</summary>
internal sealed class CommentReader(FeedFormat format, IReadOnlyList<string> markers, FeedContent content)
{
    readonly byte[][] _markers = [.. markers.Select(Encoding.UTF8.GetBytes)];
    readonly byte[]? _dateWords = format.AsOf is null ? null : Encoding.UTF8.GetBytes(format.AsOf);

    /// <returns>The line up to its comment. A marker inside a word is no comment: a URL may hold one.</returns>
    public ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> line)
    {
        var start = StartOfComment(line);
        if (start < 0)
        {
            return line;
        }
        ReadDate(line[start..]);
        return line[..start];
    }

    public bool IsComment(ReadOnlySpan<byte> line) => StartOfComment(line) is var start and >= 0 && line[..start].IndexOfAnyExcept(" \t"u8) < 0;

    public void ReadDate(ReadOnlySpan<byte> comment)
    {
        if (_dateWords is null || content.AsOf is not null)
        {
            return;
        }
        var words = comment.IndexOf(_dateWords);
        if (words >= 0)
        {
            content.AsOf = TimeText.Read(comment[(words + _dateWords.Length)..]);
        }
    }

    int StartOfComment(ReadOnlySpan<byte> line)
    {
        var first = -1;
        foreach (var marker in _markers)
        {
            var at = 0;
            while (line[at..].IndexOf(marker) is var found and >= 0)
            {
                at += found;
                if (at == 0 || line[at - 1] is (byte)' ' or (byte)'\t')
                {
                    first = first < 0 ? at : Math.Min(first, at);
                    break;
                }
                at += marker.Length;
            }
        }
        return first;
    }
}
