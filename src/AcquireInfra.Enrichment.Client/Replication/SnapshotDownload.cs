using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using AcquireInfra.Enrichment.Client.Remote;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Client.Replication;

/// <summary>Fetches the live snapshot and its policy over REST.</summary>
/// <param name="http">Follows no redirect and knows no time limit; the callers of these methods do.</param>
internal sealed class SnapshotDownload(HttpClient http, Credential credential, ReplicaOptions options)
{
    public const string ClientName = "AcquireInfra.Enrichment.Client.Replica";
    const string PolicyVersionHeader = "X-Enrichment-Policy-Version";
    const int MaxPolicyBytes = 1024 * 1024;

    /// <param name="knownId">The snapshot that is here already; not sent again.</param>
    /// <returns>The snapshot, null where it is the known one; and the policy it is judged by, null where the service does not say.</returns>
    /// <exception cref="SnapshotException">What came is no sound snapshot, or more than it may be.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached, or answered otherwise.</exception>
    public async Task<(Snapshot? Snapshot, string? PolicyVersion)> SnapshotAsync(
        string? knownId, ReplicaFolder folder, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync("file", cancellationToken).ConfigureAwait(false);
        if (knownId is not null)
        {
            request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{knownId}\""));
        }
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var policyVersion = response.Headers.TryGetValues(PolicyVersionHeader, out var values) ? values.First() : null;
        if (knownId is not null && response.StatusCode == HttpStatusCode.NotModified)
        {
            return (null, policyVersion);
        }
        var content = Content(response, options.MaxSnapshotBytes);
        await using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var id = IdIn(response.Headers.ETag);
        var snapshot = await folder.SaveAsync(id, file => CopyAsync(body, file, options.MaxSnapshotBytes, cancellationToken)).ConfigureAwait(false);
        return (snapshot, policyVersion);
    }

    /// <exception cref="HttpRequestException">The service cannot be reached, or answered otherwise.</exception>
    public async Task<byte[]> PolicyAsync(CancellationToken cancellationToken)
    {
        using var request = await RequestAsync("policy", cancellationToken).ConfigureAwait(false);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var content = Content(response, MaxPolicyBytes);
        await using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var json = new MemoryStream();
        await CopyAsync(body, json, MaxPolicyBytes, cancellationToken).ConfigureAwait(false);
        return json.ToArray();
    }

    async Task<HttpRequestMessage> RequestAsync(string part, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{options.RestAddress!.AbsoluteUri.TrimEnd('/')}/v1/snapshots/current/{part}");
        if (await credential.ValueAsync(cancellationToken).ConfigureAwait(false) is { } value)
        {
            request.Headers.TryAddWithoutValidation(Credential.Header, value);
        }
        return request;
    }

    static HttpContent Content(HttpResponseMessage response, int maxBytes)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException(
                $"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}, and 200 is wanted.", null, response.StatusCode);
        }
        RequireAtMost(maxBytes, response.Content.Headers.ContentLength ?? 0);
        return response.Content;
    }

    // The id becomes a file's name, so it is what ids are made of and nothing else.
    static string IdIn(EntityTagHeaderValue? etag)
    {
        const int IdLength = 32;
        var id = etag?.Tag.Trim('"') ?? "";
        return id.Length == IdLength && id.All(char.IsAsciiHexDigitLower)
            ? id
            : throw new SnapshotException("The service sent a snapshot without an ETag that names it.");
    }

    static async Task CopyAsync(Stream from, Stream to, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var total = 0L;
            while (await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                total += read;
                RequireAtMost(maxBytes, total);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static void RequireAtMost(int maxBytes, long bytes)
    {
        if (bytes > maxBytes)
        {
            throw new SnapshotException($"The download has {bytes} bytes or more, above the limit of {maxBytes}.");
        }
    }
}
