using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>The rules for what a source's entry says of fetching and checking it.</summary>
internal static partial class DownloadValidator
{
    static readonly TimeSpan ShortestInterval = TimeSpan.FromMinutes(15);
    static readonly TimeSpan LongestInterval = TimeSpan.FromDays(30);

    public static IEnumerable<string> FaultsOf(SourceEntry source)
    {
        if (source.Urls.Any(url => url is null))
        {
            yield return "urls holds null.";
            yield break;
        }
        foreach (var fault in source.Urls.SelectMany(FaultsOf).Concat(FaultsOf(source.Gates)))
        {
            yield return fault;
        }
        foreach (var fault in source.Credentials is { } credentials ? FaultsOf(credentials) : [])
        {
            yield return "credentials: " + fault;
        }
        if (source.Urls.Count == 0 && (source.Credentials is not null || source.UserAgent is not null || source.DownloadFormat is not null))
        {
            yield return "credentials, userAgent and downloadFormat go with urls.";
        }
        if (source.RefreshInterval is { } interval && (interval < ShortestInterval || interval > LongestInterval))
        {
            yield return "refreshInterval is 00:15:00 to 30.00:00:00.";
        }
        if (source.MaxRetention is { } retention && (retention <= TimeSpan.Zero || retention > TimeSpan.FromDays(3_650)))
        {
            yield return "maxRetention is above 0 and at most 3650.00:00:00.";
        }
        if (source.UserAgent is { } agent && !PrintablePattern().IsMatch(agent))
        {
            yield return "userAgent is 1 to 256 printable ASCII characters.";
        }
    }

    static IEnumerable<string> FaultsOf(SourceUrl given)
    {
        if (FaultOf(given.Url, mayBePlain: given.Sha256 is not null) is { } wrong)
        {
            yield return wrong;
        }
        if (given.Link is { } link && FaultOf(link, mayBePlain: false) is { } wrongLink)
        {
            yield return "link: " + wrongLink;
        }
        if (given.Sha256 is { } hash && !Sha256Pattern().IsMatch(hash))
        {
            yield return "urls: sha256 is 64 hexadecimal digits.";
        }
        if (given.Member is { Length: 0 or > 256 })
        {
            yield return "urls: member is 1 to 256 characters.";
        }
    }

    static string? FaultOf(string text, bool mayBePlain)
    {
        var expanded = text.Replace("{yyyy}", "2026", StringComparison.Ordinal).Replace("{MM}", "11", StringComparison.Ordinal);
        if (!Uri.TryCreate(expanded, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            return $"urls: '{text}' is no address.";
        }
        if (url.Scheme != Uri.UriSchemeHttps && !(mayBePlain && url.Scheme == Uri.UriSchemeHttp))
        {
            return $"urls: '{text}' is not https; http is possible with a sha256.";
        }
        return url.UserInfo.Length > 0 || url.Fragment.Length > 0 ? "urls: an address has no user and no fragment; see credentials." : null;
    }

    static IEnumerable<string> FaultsOf(SourceCredentials given)
    {
        if (!Enum.IsDefined(given.Scheme))
        {
            yield return "scheme is basic, bearer, header or query.";
        }
        if (!VariablePattern().IsMatch(given.Secret) || (given.User is { } user && !VariablePattern().IsMatch(user)))
        {
            yield return "user and secret are names of environment variables (A-Z, 0-9, _), never the secret itself.";
        }
        if ((given.Scheme == CredentialScheme.Basic) != (given.User is not null))
        {
            yield return "user goes with basic.";
        }
        var named = given.Scheme is CredentialScheme.Header or CredentialScheme.Query;
        if (named != (given.Name is not null) || (given.Name is { } name && !TokenPattern().IsMatch(name)))
        {
            yield return "name is that of the header or query parameter, and goes with those two.";
        }
    }

    static IEnumerable<string> FaultsOf(GateSettings gates)
    {
        if (((ReadOnlySpan<double>)[gates.MaxShrink, gates.MaxRemoved, gates.MaxIPv4Share, gates.MaxUnparsable]).ContainsAnyExceptInRange(0, 1))
        {
            yield return "gates: maxShrink, maxRemoved, maxIPv4Share and maxUnparsable are 0 to 1.";
        }
        if (((ReadOnlySpan<double>)[gates.MaxGrowth, gates.MaxCoverageChange]).ContainsAnyExceptInRange(0, 1_000))
        {
            yield return "gates: maxGrowth and maxCoverageChange are 0 to 1000.";
        }
        if (gates is { MinIPv4Length: < 1 or > 32 } or { MinIPv6Length: < 1 or > 128 })
        {
            yield return "gates: minIPv4Length is 1 to 32 and minIPv6Length 1 to 128.";
        }
    }

    [GeneratedRegex("^[0-9a-fA-F]{64}\\z")]
    private static partial Regex Sha256Pattern();

    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,127}\\z")]
    private static partial Regex VariablePattern();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}\\z")]
    private static partial Regex TokenPattern();

    [GeneratedRegex("^[ -~]{1,256}\\z")]
    private static partial Regex PrintablePattern();
}
