using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>
/// By which a later run knows a comment of ours, and whether it would say the same again: <c>acquireinfra:SNAPSHOT:CONTENT</c>, the head of
/// the snapshot's id and of the hash of what is said. It is a text in an element of no size: HTML comments and style attributes may be
/// taken out of a comment on its way, a text is not; where the style is, the marker can be seen, and still works.
/// </summary>
/// <param name="Content">16 hexadecimal digits. Scores and dates are not in it: they change from day to day, and are no news.</param>
public readonly partial record struct CommentMarker(string Snapshot, string Content)
{
    const int SnapshotDigits = 12;

    internal static CommentMarker Of(string snapshotId, IEnumerable<string> content)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', content)));
        return new(snapshotId[..Math.Min(SnapshotDigits, snapshotId.Length)], Convert.ToHexStringLower(hash.AsSpan(0, 8)));
    }

    /// <summary>The last one in a message: what stands before it are rows, which may hold anything.</summary>
    internal static CommentMarker? In(string message) =>
        Pattern().Matches(message).LastOrDefault() is { } match ? new(match.Groups[1].Value, match.Groups[2].Value) : null;

    internal string Html => string.Create(CultureInfo.InvariantCulture, $"<span style=\"font-size:0\">{this}</span>");

    public override string ToString() => $"acquireinfra:{Snapshot}:{Content}";

    [GeneratedRegex("acquireinfra:([0-9a-f]{12}):([0-9a-f]{16})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
