using System.Net.Http.Headers;
using System.Text;
using AcquireInfra.Enrichment.Feeds.Manifest;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>The secrets that a manifest names, read anew for each request: they may be rotated. Nothing here is ever part of a message.</summary>
internal sealed class CredentialValues(Func<string, string?> environment)
{
    /// <summary>Adds a source's credentials to a request.</summary>
    /// <exception cref="FetchException">A variable is not set, or its file cannot be read.</exception>
    public void AddTo(HttpRequestMessage request, SourceCredentials credentials)
    {
        var secret = Read(credentials.Secret);
        switch (credentials.Scheme)
        {
            case CredentialScheme.Basic:
                var pair = Encoding.UTF8.GetBytes($"{Read(credentials.User!)}:{secret}");
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
                break;
            case CredentialScheme.Bearer:
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
                break;
            case CredentialScheme.Header:
                if (!request.Headers.TryAddWithoutValidation(credentials.Name!, secret))
                {
                    throw new FetchException(FetchFault.NoCredentials, $"{credentials.Name} is no header of a request.");
                }
                break;
            case CredentialScheme.Query:
                var url = new UriBuilder(request.RequestUri!);
                url.Query = (url.Query.Length > 1 ? url.Query[1..] + "&" : "") + $"{credentials.Name}={Uri.EscapeDataString(secret)}";
                request.RequestUri = url.Uri;
                break;
        }
    }

    string Read(string variable)
    {
        try
        {
            var value = environment(variable + "_FILE") is { Length: > 0 } path ? File.ReadAllText(path).Trim() : environment(variable);
            return value is { Length: > 0 } && value.All(character => character is >= ' ' and <= '~')
                ? value
                : throw new FetchException(FetchFault.NoCredentials, $"The environment variable {variable}, or {variable}_FILE, is not set, or holds no printable text.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchFault.NoCredentials, $"The file that {variable}_FILE names cannot be read.", exception);
        }
    }
}
