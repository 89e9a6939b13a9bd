using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf.WellKnownTypes;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>What a service that judges by a judge puts on the wire.</summary>
internal static class WireAnswers
{
    public static V1.Basis BasisOf(Judge judge) => new()
    {
        SnapshotId = judge.Snapshot.Id,
        PolicyVersion = judge.PolicyVersion,
        JudgedAt = Timestamp.FromDateTimeOffset(judge.At),
    };

    public static V1.Result ResultOf(Judge judge, string ip) => AddressParser.TryParse(ip, out var address, out var fault)
        ? new() { Verdict = VerdictOf(judge, address, V1.Detail.Flat) }
        : new() { Error = new() { Input = ip, Code = "bad_address", Reason = fault.Word(), Detail = ProblemKind.Explain(ip, fault) } };

    public static V1.Verdict VerdictOf(Judge judge, Address address, V1.Detail detail)
    {
        var report = judge.Explain(address);
        return Of(VerdictResponse.From(report, judge), report, detail == V1.Detail.Explained);
    }

    static V1.Verdict Of(VerdictResponse answer, VerdictReport report, bool explained)
    {
        var wire = new V1.Verdict
        {
            Ip = answer.Ip,
            Scope = answer.Scope,
            Network = answer.Network ?? "",
            AsnName = answer.AsnName ?? "",
            AsnRole = answer.AsnRole ?? "",
            Kind = (V1.VerdictKind)((int)report.Verdict.Kind + 1),
            Level = answer.Level is null ? V1.RiskLevel.Unspecified : (V1.RiskLevel)((int)report.Verdict.Level + 1),
            Categories = { report.Categories.Select(WireOf) },
            Provider = answer.Provider ?? "",
            Assessed = report.Verdict.Assessed.Bits,
        };
        Set(answer.Asn, value => wire.Asn = value);
        Set(answer.Score, value => wire.Score = value);
        Set(answer.RawScore, value => wire.RawScore = value);
        Set(answer.Confidence, value => wire.Confidence = value);
        Set(answer.IsHosting, value => wire.IsHosting = value);
        Set(answer.IsVpn, value => wire.IsVpn = value);
        Set(answer.IsProxy, value => wire.IsProxy = value);
        Set(answer.IsResidentialProxy, value => wire.IsResidentialProxy = value);
        Set(answer.IsTor, value => wire.IsTor = value);
        Set(answer.IsRelay, value => wire.IsRelay = value);
        Set(answer.IsBulletproof, value => wire.IsBulletproof = value);
        Set(answer.IsCdn, value => wire.IsCdn = value);
        Set(answer.IsCrawler, value => wire.IsCrawler = value);
        Set(answer.IsMobile, value => wire.IsMobile = value);
        return explained ? Explained(wire, answer, report) : wire;
    }

    static V1.Verdict Explained(V1.Verdict wire, VerdictResponse answer, VerdictReport report)
    {
        wire.Reason = answer.Reason;
        wire.DataAgeSeconds = answer.DataAgeSeconds;
        wire.Warnings.Add(answer.Warnings);
        wire.Unassessed.Add(report.Unassessed.Select(WireOf));
        wire.Points.Add(report.Points.Select(PointsOf));
        if (answer.Embedded is { } inside)
        {
            wire.Embedded = new() { Scheme = inside.Scheme, Verdict = Of(inside.Verdict, report.Embedded!.Report, explained: true) };
        }
        return wire;
    }

    static V1.Points PointsOf(CategoryPoints row) => new()
    {
        Category = WireOf(row.Category),
        Points_ = row.Points,
        Probability = row.Probability,
        WithoutIt = row.WithoutIt,
        Evidence = { row.Evidence.Select(EvidenceOf) },
    };

    static V1.Evidence EvidenceOf(Evidence evidence)
    {
        var wire = new V1.Evidence
        {
            Source = evidence.Source.Id,
            Provider = evidence.Provider ?? "",
            LastSeen = Timestamp.FromDateTimeOffset(evidence.LastSeenAt),
            Reliability = evidence.Reliability,
            Strength = evidence.Strength,
        };
        Set(evidence.FirstSeenAt, value => wire.FirstSeen = Timestamp.FromDateTimeOffset(value));
        Set(evidence.Asn, value => wire.Asn = value.Number);
        Set(evidence.Prefix, value => wire.Prefix = value.ToString());
        return wire;
    }

    static V1.Category WireOf(Category category) => (V1.Category)((int)category + 1);

    static void Set<T>(T? value, Action<T> set)
        where T : struct
    {
        if (value is { } known)
        {
            set(known);
        }
    }
}
