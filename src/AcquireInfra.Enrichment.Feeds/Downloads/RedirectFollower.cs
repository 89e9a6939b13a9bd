using System.Net;
using System.Net.Http.Headers;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>
/// Sends a request and follows redirects, a few and checked each: never from https to http, and credentials go to the host that the
/// manifest names and to no other.
/// </summary>
internal sealed class RedirectFollower(HttpClient client, FeedClientOptions network, CredentialValues credentials, FetchLimits limits)
{
    const string DefaultUserAgent = "AcquireInfra.Enrichment/0.1 (feed refresh)";

    /// <returns>The response that is no redirect; its body is not read.</returns>
    public async Task<HttpResponseMessage> SendAsync(Uri first, SourceEntry source, Validators? validators, CancellationToken cancellation)
    {
        var target = first;
        for (var redirects = 0; ; redirects++)
        {
            RequireAllowedLiteral(target);
            using var request = Request(target, source, validators);
            if (source.Credentials is { } secret && IsSameOrigin(target, first))
            {
                credentials.AddTo(request, secret);
            }
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode))
            {
                return response;
            }
            using (response)
            {
                target = Next(target, response.Headers.Location, redirects);
            }
        }
    }

    Uri Next(Uri from, Uri? location, int redirects)
    {
        if (redirects == limits.MaxRedirects)
        {
            throw new FetchException(FetchFault.RedirectRefused, $"more than {limits.MaxRedirects} redirects");
        }
        _ = Uri.TryCreate(from, location, out var to);
        var isWeb = to is not null && (to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp));
        return isWeb && to!.UserInfo.Length == 0
            ? to
            : throw new FetchException(FetchFault.RedirectRefused, $"a redirect to {(to is null ? "nowhere" : Told(to))}: only https is followed");
    }

    // A name is checked where it is connected to. A number is checked here too: behind a proxy we do not connect ourselves.
    void RequireAllowedLiteral(Uri target)
    {
        if (Address.TryParse(System.Text.Encoding.UTF8.GetBytes(target.IdnHost), out var address) && !AddressGuard.Allows(address, network.AllowedPrefixes))
        {
            throw new AddressRefusedException(target.IdnHost);
        }
    }

    static HttpRequestMessage Request(Uri target, SourceEntry source, Validators? validators)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation("User-Agent", source.UserAgent ?? DefaultUserAgent);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/plain;q=0.9, */*;q=0.5"); // some publishers choose XML otherwise
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (validators?.ETag is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }
        request.Headers.IfModifiedSince = validators?.LastModified;
        return request;
    }

    static bool IsSameOrigin(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Of an address, what may stand in a message.</summary>
    public static string Told(Uri address) => address.GetLeftPart(UriPartial.Path);
}
