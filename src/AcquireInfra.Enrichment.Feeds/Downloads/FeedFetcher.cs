using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>Fetches one published file, if it has changed, and unpacks it to disk. Nothing is believed of it here but its length and its pin.</summary>
public sealed class FeedFetcher
{
    const int MaxPageBytes = 2 * 1024 * 1024;

    readonly IHttpClientFactory _clients;
    readonly FeedClientOptions _network;
    readonly FetchLimits _limits;
    readonly CredentialValues _credentials;

    /// <param name="clients">Has the client of <see cref="FeedClient.AddFeedClient"/>.</param>
    /// <param name="environment">Reads a variable; null for the process's own.</param>
    public FeedFetcher(IHttpClientFactory clients, FeedClientOptions network, FetchLimits limits, Func<string, string?>? environment = null) =>
        (_clients, _network, _limits, _credentials) = (clients, network, limits, new(environment ?? Environment.GetEnvironmentVariable));

    /// <param name="known">What the publisher said of the file that is there already; null fetches it whatever it is.</param>
    /// <param name="destination">Path of the file to write. Its folder takes what is not unpacked yet, too.</param>
    /// <returns>Null where the file has not changed.</returns>
    /// <exception cref="FetchException">It cannot be fetched.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<FetchedFile?> FetchAsync(
        SourceEntry source, SourceUrl url, Validators? known, string destination, DateTimeOffset now, CancellationToken cancellation)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timed.CancelAfter(_limits.Timeout);
        var address = url.At(now);
        try
        {
            var follower = new RedirectFollower(_clients.CreateClient(FeedClient.Name), _network, _credentials, _limits);
            var target = url.Link is { } link ? await FindLinkAsync(follower, address, link, source, timed.Token).ConfigureAwait(false) : address;
            using var response = await follower.SendAsync(target, source, known, timed.Token).ConfigureAwait(false);
            return await TakeAsync(response, url, known, destination, timed.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (FaultOf(exception, timed.IsCancellationRequested, cancellation) is { } fault)
        {
            var (retryAfter, why) = exception is FetchException told ? (told.RetryAfter, told.Message) : (null, Why(exception, fault));
            throw new FetchException(fault, $"{RedirectFollower.Told(address)}: {why}", exception, retryAfter);
        }
    }

    async Task<FetchedFile?> TakeAsync(HttpResponseMessage response, SourceUrl url, Validators? known, string destination, CancellationToken cancellation)
    {
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return known is not null ? null : throw new FetchException(FetchFault.HttpStatus, "304, and nothing was asked that could be unchanged");
        }
        RequireData(response);
        var published = destination + ".published";
        try
        {
            await SaveAsync(response, published, cancellation).ConfigureAwait(false);
            if (url.Sha256 is { } pin && !pin.Equals(HashOf(published), StringComparison.OrdinalIgnoreCase))
            {
                throw new FetchException(FetchFault.PinMismatch, "the file is not the one of the sha256 in the manifest");
            }
            var unpacker = new Unpacker(url.Member, _limits);
            AtomicFile.Write(destination, stream => unpacker.Unpack(published, destination + ".unzipped", stream));
        }
        finally
        {
            LeftoverFile.TryDelete(published);
        }
        var validators = new Validators(response.Headers.ETag?.ToString(), response.Content.Headers.LastModified);
        return new(destination, HashOf(destination), new FileInfo(destination).Length, validators);
    }

    // As published: a content encoding is the transport's own and is taken off.
    async Task SaveAsync(HttpResponseMessage response, string published, CancellationToken cancellation)
    {
        var encoded = response.Content.Headers.ContentEncoding.Count > 0;
        var path = encoded ? published + ".gz" : published;
        await using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024,
            FileOptions.Asynchronous | (encoded ? FileOptions.DeleteOnClose : FileOptions.None));
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await BodyReader.CopyAsync(body, file, response.Content.Headers.ContentLength, _limits, cancellation).ConfigureAwait(false);
        if (encoded)
        {
            await using var plain = new FileStream(published, FileMode.Create, FileAccess.Write);
            file.Position = 0;
            new Unpacker(member: null, _limits).Gunzip(file, plain);
        }
    }

    static void RequireData(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new FetchException(FetchFault.HttpStatus, $"{(int)response.StatusCode}", retryAfter: RetryAfter(response));
        }
        if (response.Content.Headers.ContentType?.MediaType is { } type && IsNoData(type))
        {
            throw new FetchException(FetchFault.WrongType, $"{type} where data should be");
        }
        RequireAnEnd(response);
        if (response.Content.Headers.ContentEncoding is { Count: > 0 } encodings && (encodings.Count > 1 || encodings.First() is not ("gzip" or "x-gzip")))
        {
            throw new FetchException(FetchFault.WrongType, $"the content encoding {string.Join(", ", encodings)}, where gzip was asked for");
        }
    }

    // Publishers call their data many things, but none of these.
    static bool IsNoData(string type) => type is "text/html" or "application/xhtml+xml" or "text/css" or "text/javascript"
        || type.Split('/')[0] is "image" or "audio" or "video" or "font" or "multipart";

    // A body that ends where the connection does may have been cut anywhere.
    static void RequireAnEnd(HttpResponseMessage response)
    {
        if (response.Version < HttpVersion.Version20 && response.Content.Headers.ContentLength is null && response.Headers.TransferEncodingChunked != true)
        {
            throw new FetchException(FetchFault.Cut, "neither a length nor chunks: where the file ends cannot be told");
        }
    }

    async Task<Uri> FindLinkAsync(RedirectFollower follower, Uri address, string link, SourceEntry source, CancellationToken cancellation)
    {
        using var response = await follower.SendAsync(address, source, validators: null, cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new FetchException(FetchFault.HttpStatus, $"{(int)response.StatusCode}", retryAfter: RetryAfter(response));
        }
        var limits = _limits with { MaxDownloadBytes = Math.Min(_limits.MaxDownloadBytes, MaxPageBytes) };
        using var page = new MemoryStream();
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await BodyReader.CopyAsync(body, page, response.Content.Headers.ContentLength, limits, cancellation).ConfigureAwait(false);
        if (response.Content.Headers.ContentEncoding.Count > 0)
        {
            using var plain = new MemoryStream();
            page.Position = 0;
            new Unpacker(member: null, _limits with { MaxUnpackedBytes = MaxPageBytes }).Gunzip(page, plain);
            return LinkIn(plain.ToArray(), link);
        }
        return LinkIn(page.ToArray(), link);
    }

    static Uri LinkIn(byte[] page, string link)
    {
        var pattern = Regex.Escape(link).Replace("\\*", "[^\\s\"'<>]*", StringComparison.Ordinal);
        var found = Regex.Match(Encoding.UTF8.GetString(page), pattern, RegexOptions.NonBacktracking);
        return found.Success && Uri.TryCreate(WebUtility.HtmlDecode(found.Value), UriKind.Absolute, out var address)
            ? address
            : throw new FetchException(FetchFault.NoLink, "the page has no link that fits the one in the manifest");
    }

    static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - (response.Headers.Date ?? date), // by the publisher's own clock
        _ => null,
    };

    static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    // Null for what is not the publisher's doing: our disk, our bugs, and a caller that gave up.
    static FetchFault? FaultOf(Exception exception, bool ended, CancellationToken caller) => exception switch
    {
        OperationCanceledException when caller.IsCancellationRequested => null,
        FetchException told => told.Fault,
        OperationCanceledException when ended => FetchFault.TimedOut,
        AddressRefusedException or HttpRequestException { InnerException: AddressRefusedException } => FetchFault.AddressRefused,
        HttpRequestException or OperationCanceledException => FetchFault.Unreachable, // and the connect timeout
        InvalidDataException or EndOfStreamException => FetchFault.BadArchive,
        _ => null,
    };

    string Why(Exception exception, FetchFault fault) => fault switch
    {
        FetchFault.TimedOut => $"not whole after {_limits.Timeout.TotalSeconds} s",
        FetchFault.AddressRefused => (exception.InnerException ?? exception).Message,
        _ => exception.Message,
    };
}
