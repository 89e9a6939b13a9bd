using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>The one mapping from verdicts to messages. <see cref="VerdictResponse"/> is the JSON one; a test holds them equal.</summary>
internal static class VerdictMessages
{
    /// <summary>What the addresses of a profile share; address and network are not set.</summary>
    public static V1.Verdict Flat(ProfileFacts facts, AddressScope scope)
    {
        var verdict = facts.Verdict;
        var message = new V1.Verdict
        {
            Scope = scope.Word(),
            AsnName = facts.Asn?.Name ?? "",
            AsnRole = facts.Asn?.Role.WordIfKnown() ?? "",
            Kind = (V1.VerdictKind)(verdict.Kind + 1),
            Categories = { facts.Categories.Select(Of) },
            Provider = facts.Provider ?? "",
        };
        if (facts.Asn is { } asn)
        {
            message.Asn = asn.Asn.Number;
        }
        if (facts.Override is { } applied)
        {
            message.Override = Of(applied);
        }
        if (!verdict.IsSpecial)
        {
            message.Level = Of(verdict.Level);
            message.Score = verdict.Score;
            message.RawScore = verdict.RawScore;
            message.Confidence = verdict.Confidence;
            message.Assessed = verdict.Assessed.Bits;
            SetFlags(message, verdict);
        }
        return message;
    }

    public static V1.Verdict Explained(VerdictReport report)
    {
        var message = Flat(new(report.Verdict, report.Asn, report.Provider, report.Categories, report.Override), report.Scope);
        message.Ip = report.Address.ToString();
        message.Network = report.Network?.ToString() ?? "";
        message.DataAgeSeconds = (long)report.DataAge.TotalSeconds;
        message.Reason = report.Reason;
        message.Points.AddRange(report.Points.Select(Of));
        message.Unassessed.AddRange(report.Unassessed.Select(Of));
        message.Warnings.AddRange(report.Warnings);
        message.Embedded = report.Embedded is { } inside ? new() { Scheme = inside.Scheme, Verdict = Explained(inside.Report) } : null;
        return message;
    }

    public static V1.Category Of(Category category) => (V1.Category)(category + 1);

    /// <summary>The level of an address that is judged.</summary>
    public static V1.RiskLevel Of(RiskLevel level) => (V1.RiskLevel)(level + 1);

    // What is not known is not set.
    static void SetFlags(V1.Verdict message, Verdict verdict)
    {
        for (var category = Category.Hosting; category <= Category.Mobile; category++)
        {
            if (verdict.Is(category) is not { } flag)
            {
                continue;
            }
            switch (category)
            {
                case Category.Hosting: message.IsHosting = flag; break;
                case Category.Vpn: message.IsVpn = flag; break;
                case Category.Proxy: message.IsProxy = flag; break;
                case Category.ResidentialProxy: message.IsResidentialProxy = flag; break;
                case Category.Tor: message.IsTor = flag; break;
                case Category.Relay: message.IsRelay = flag; break;
                case Category.Bulletproof: message.IsBulletproof = flag; break;
                case Category.Cdn: message.IsCdn = flag; break;
                case Category.Crawler: message.IsCrawler = flag; break;
                case Category.Mobile: message.IsMobile = flag; break;
                default: break;
            }
        }
    }

    static V1.Override Of(AppliedOverride applied) => new()
    {
        Effect = applied.Match.Effect.Word(),
        Tags = { applied.Match.Tags },
        Points = applied.Points,
        Applied = { applied.Match.Applied.Select(Of) },
    };

    static V1.AppliedOverride Of(Override entry) => new()
    {
        Id = entry.Id,
        Target = entry.Target.ToString(),
        Effect = entry.Effect.Word(),
        Categories = { entry.Categories.Members().Select(Of) },
        Tag = entry.Tag ?? "",
        Reason = entry.Reason,
        Owner = entry.Owner,
        ExpiresAt = entry.ExpiresAt.ToTimestamp(),
    };

    static V1.Points Of(CategoryPoints row) => new()
    {
        Category = Of(row.Category),
        Points_ = row.Points,
        Probability = Math.Round(row.Probability, 4),
        WithoutIt = row.WithoutIt,
        Evidence = { row.Evidence.Select(Of) },
    };

    static V1.Evidence Of(Evidence evidence)
    {
        var message = new V1.Evidence
        {
            Source = evidence.Source.Id,
            Provider = evidence.Provider ?? "",
            FirstSeen = evidence.FirstSeenAt?.ToTimestamp(),
            LastSeen = evidence.LastSeenAt.ToTimestamp(),
            Reliability = Math.Round(evidence.Reliability, 4),
            Strength = Math.Round(evidence.Strength, 4),
        };
        if (evidence.Prefix is { } prefix)
        {
            message.Prefix = prefix.ToString();
        }
        else if (evidence.Asn is { } asn)
        {
            message.Asn = asn.Number;
        }
        return message;
    }
}
