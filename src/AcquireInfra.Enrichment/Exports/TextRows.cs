using System.Buffers;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Writes the rows of an export as lines, one a prefix.</summary>
internal static class TextRows
{
    const int FlushBytes = 64 * 1024;

    /// <param name="head">What a line begins with; the content of its row follows.</param>
    public static void Write(ExportRows rows, ReadOnlySpan<byte> header, Action<ArrayBufferWriter<byte>, Prefix> head, Stream destination)
    {
        var buffer = new ArrayBufferWriter<byte>(2 * FlushBytes);
        buffer.Write(header);
        foreach (var (prefix, content) in rows.Prefixes())
        {
            head(buffer, prefix);
            buffer.Write(rows.Contents[content]);
            if (buffer.WrittenCount >= FlushBytes)
            {
                destination.Write(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
            }
        }
        destination.Write(buffer.WrittenSpan);
    }
}
