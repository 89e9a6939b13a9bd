using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using AcquireInfra.Enrichment.Client.Remote;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Client.Replication;

/// <summary>Fetches the live snapshot, its policy and the overrides over REST.</summary>
/// <param name="http">Follows no redirect and knows no time limit; the callers of these methods do.</param>
internal sealed class SnapshotDownload(HttpClient http, Credential credential, ReplicaOptions options)
{
    public const string ClientName = "AcquireInfra.Enrichment.Client.Replica";
    const string PolicyVersionHeader = "X-Enrichment-Policy-Version";
    const string OverridesRevisionHeader = "X-Enrichment-Overrides-Revision";
    const int MaxPolicyBytes = 1024 * 1024;
    const int MaxOverridesBytes = 256 * 1024 * 1024; // as many as a service may have, each as long as it may be

    /// <param name="knownId">The snapshot that is here already; not sent again.</param>
    /// <returns>The snapshot, null where it is the known one; and the policy and the revision of the overrides it is judged by, null where the service does not say.</returns>
    /// <exception cref="SnapshotException">What came is no sound snapshot, or more than it may be.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached, or answered otherwise.</exception>
    public async Task<(Snapshot? Snapshot, string? PolicyVersion, long? OverridesRevision)> SnapshotAsync(
        string? knownId, ReplicaFolder folder, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync("file", cancellationToken).ConfigureAwait(false);
        if (knownId is not null)
        {
            request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{knownId}\""));
        }
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var policyVersion = response.Headers.TryGetValues(PolicyVersionHeader, out var values) ? values.First() : null;
        var overridesRevision = response.Headers.TryGetValues(OverridesRevisionHeader, out values) && long.TryParse(
            values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : (long?)null;
        if (knownId is not null && response.StatusCode == HttpStatusCode.NotModified)
        {
            return (null, policyVersion, overridesRevision);
        }
        var content = Content(response, options.MaxSnapshotBytes);
        await using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var id = IdIn(response.Headers.ETag);
        var snapshot = await folder.SaveAsync(id, file => CopyAsync(body, file, options.MaxSnapshotBytes, cancellationToken)).ConfigureAwait(false);
        return (snapshot, policyVersion, overridesRevision);
    }

    /// <exception cref="HttpRequestException">The service cannot be reached, or answered otherwise.</exception>
    public Task<byte[]> PolicyAsync(CancellationToken cancellationToken) => JsonAsync("policy", MaxPolicyBytes, cancellationToken);

    /// <exception cref="HttpRequestException">The service cannot be reached, or answered otherwise.</exception>
    public Task<byte[]> OverridesAsync(CancellationToken cancellationToken) => JsonAsync("overrides", MaxOverridesBytes, cancellationToken);

    async Task<byte[]> JsonAsync(string part, int maxBytes, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync(part, cancellationToken).ConfigureAwait(false);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var content = Content(response, maxBytes);
        await using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var json = new MemoryStream();
        await CopyAsync(body, json, maxBytes, cancellationToken).ConfigureAwait(false);
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
