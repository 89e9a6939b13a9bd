using System.Text;

namespace AcquireInfra.Enrichment.Feeds.Gates;

/// <summary>An error page that was sent as data. No format of ours begins with an angle bracket.</summary>
public static class HtmlPage
{
    const int BytesLookedAt = 1024;

    public static bool Is(Stream file)
    {
        var start = new byte[BytesLookedAt];
        var text = start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        text = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        return text.TrimStart(" \t\r\n"u8).StartsWith("<"u8);
    }
}
