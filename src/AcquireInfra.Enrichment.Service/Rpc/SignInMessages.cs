using System.Globalization;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Sign-ins and their scores as messages. The JSON forms are the other ones; a test holds them equal.</summary>
internal static class SignInMessages
{
    public static SignInScoreRequest RequestOf(V1.ScoreSignInsRequest request)
    {
        var baseline = new Dictionary<string, IReadOnlyList<BaselineEntry>>(StringComparer.Ordinal);
        foreach (var group in request.Baseline.GroupBy(entry => entry.Principal, StringComparer.Ordinal)) // what is sent twice adds up
        {
            baseline.Add(group.Key, [.. group.SelectMany(entry => entry.Networks).Select(network => new BaselineEntry(
                TextOf(network.Provider), network.Asn, TimeOf(network.FirstSeen), network.Days == 0 ? null : network.Days))]);
        }
        return new([.. request.SignIns.Select(EntryOf)], baseline, request.AllowPrefixes, request.OwnEgressPrefixes, request.AsOfSignIn);
    }

    public static V1.ScoreSignInsResponse Of(SignInScoreResponse response, V1.Basis basis) => new()
    {
        Results = { response.Results.Select(Of) },
        Rejected =
        {
            response.Rejected.Select(rejected => new V1.RejectedSignIn
            {
                Index = rejected.Index,
                Id = rejected.Id ?? "",
                Code = rejected.Error.Code,
                Reason = rejected.Error.Reason ?? "",
                Detail = rejected.Error.Detail,
            }),
        },
        Summary = new()
        {
            Total = response.Summary.Total,
            Scored = response.Summary.Scored,
            Rejected = response.Summary.Rejected,
            Principals = response.Summary.Principals,
            MaxScore = response.Summary.MaxScore,
            Disposition = DispositionOf(response.Summary.Disposition),
        },
        Basis = basis,
        SignInPolicyVersion = response.SignInPolicyVersion,
    };

    // A field of text that is not set is empty.
    static string? TextOf(string text) => text.Length == 0 ? null : text;

    // A Timestamp can hold what is no time: such a text is none either, and is told of its own sign-in.
    static string? TimeOf(Timestamp? given) => given is null ? null
        : Asked.TryReadTime(given, out var time) ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture)
        : "";

    static SignInEntry EntryOf(V1.SignIn signIn) => new()
    {
        Id = TextOf(signIn.Id),
        Principal = signIn.Principal,
        PrincipalKind = TextOf(signIn.PrincipalKind),
        At = TimeOf(signIn.At),
        Ip = signIn.Ip,
        AppId = TextOf(signIn.AppId),
        AppName = TextOf(signIn.AppName),
        ResultType = TextOf(signIn.ResultType),
        ClientApp = TextOf(signIn.ClientApp),
        Protocol = TextOf(signIn.Protocol),
        AuthenticationRequirement = TextOf(signIn.AuthenticationRequirement),
        DeviceCompliant = signIn.HasDeviceCompliant ? signIn.DeviceCompliant : null,
        DeviceManaged = signIn.HasDeviceManaged ? signIn.DeviceManaged : null,
        IsInteractive = signIn.HasIsInteractive ? signIn.IsInteractive : null,
        IsConfidentialClient = signIn.HasIsConfidentialClient ? signIn.IsConfidentialClient : null,
        Privileged = signIn.HasPrivileged ? signIn.Privileged : null,
        Roles = signIn.Roles,
        RiskEventTypes = signIn.RiskEventTypes,
        TrustedLocation = signIn.HasTrustedLocation ? signIn.TrustedLocation : null,
        UserAgent = TextOf(signIn.UserAgent),
        Asn = signIn.HasAsn ? signIn.Asn : null,
        NetworkLocation = TextOf(signIn.NetworkLocation),
    };

    static V1.PrincipalScore Of(PrincipalResponse principal)
    {
        var message = new V1.PrincipalScore
        {
            Principal = principal.Principal,
            PrincipalKind = principal.PrincipalKind,
            Score = principal.Score,
            Disposition = DispositionOf(principal.Disposition),
            Reasons = { principal.Reasons.Select(reason => new V1.SignInReason { Reason = reason.Reason, Points = reason.Points, Detail = reason.Detail }) },
            Mitigations = { principal.Mitigations.Select(mitigation => new V1.SignInMitigation { Reason = mitigation.Reason, Factor = mitigation.Factor }) },
            IpMayBeInherited = principal.IpMayBeInherited,
            DistinctAddresses = principal.DistinctAddresses,
            DistinctAsns = principal.DistinctAsns,
            DistinctProviders = principal.DistinctProviders,
            Networks = { principal.Networks },
            Warnings = { principal.Warnings },
            SignIns = { principal.SignIns.Select(Of) },
        };
        if (principal.SeedScore is { } seed)
        {
            message.SeedScore = seed;
        }
        return message;
    }

    static V1.ScoredSignIn Of(SignInResponse signIn)
    {
        var message = new V1.ScoredSignIn
        {
            Index = signIn.Index,
            Id = signIn.Id ?? "",
            At = Timestamp.FromDateTime(signIn.At),
            Ip = signIn.Ip,
            Score = signIn.Score,
            Outcome = signIn.Outcome,
            Novelty = signIn.Novelty,
            IsFlagged = signIn.IsFlagged,
            IpMayBeInherited = signIn.IpMayBeInherited,
            Verdict = signIn.Verdict,
            Level = signIn.Level ?? "",
            Categories = { signIn.Categories },
            Provider = signIn.Provider ?? "",
            Unassessed = { signIn.Unassessed },
        };
        if (signIn.AddressScore is { } score)
        {
            message.AddressScore = score;
        }
        if (signIn.Asn is { } asn)
        {
            message.Asn = asn;
        }
        return message;
    }

    static V1.Disposition DispositionOf(string word)
    {
        var at = 0;
        while (Dispositions.All[at] != word)
        {
            at++;
        }
        return (V1.Disposition)(at + 1);
    }
}
