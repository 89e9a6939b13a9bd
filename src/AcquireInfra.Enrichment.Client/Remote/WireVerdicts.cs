using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>Reads flat verdicts off the wire. Numbers of categories, kinds and levels are one more there: 0 is "unspecified".</summary>
internal static class WireVerdicts
{
    const uint AllCategories = (1u << Categories.Count) - 1;

    /// <exception cref="EnrichmentException">There is none.</exception>
    public static AnswerBasis BasisOf(V1.Basis? wire) => wire is { JudgedAt: not null }
        ? new(wire.SnapshotId, wire.PolicyVersion, wire.JudgedAt.ToDateTimeOffset(), AnswerOrigin.Service) { OverridesRevision = wire.OverridesRevision }
        : throw RpcErrors.BadAnswer("does not say what its answer rests on");

    /// <exception cref="EnrichmentException">It is a verdict on another address, or has values out of their range.</exception>
    public static IpVerdict Flat(V1.Verdict wire, Address asked, AnswerBasis basis)
    {
        if (!AddressParser.TryParse(wire.Ip, out var judged, out _) || judged != asked)
        {
            throw RpcErrors.BadAnswer("answered for another address than the one asked for");
        }
        return new(asked, VerdictOf(wire), FactsOf(wire), basis) { Override = WireReports.OverrideOf(wire.Override) };
    }

    static Verdict VerdictOf(V1.Verdict wire)
    {
        if (wire.Kind == V1.VerdictKind.Special)
        {
            return Verdict.Special;
        }
        var (kind, level) = ((int)wire.Kind - 1, (int)wire.Level - 1);
        if ((uint)kind > (uint)VerdictKind.HostileInfrastructure || (uint)level > (uint)RiskLevel.Critical
            || !IsPercent(wire.Score) || !IsPercent(wire.RawScore) || !IsPercent(wire.Confidence))
        {
            throw RpcErrors.BadAnswer("sent a verdict with a value that there is not");
        }
        var present = PresentIn(wire);
        var assessed = (wire.HasAssessed ? new CategorySet(wire.Assessed & AllCategories) : FlagsOf(wire)) | present;
        return new(wire.Score, wire.RawScore, wire.Confidence, (RiskLevel)level, (VerdictKind)kind, present, assessed);
    }

    static bool IsPercent(int value) => value is >= 0 and <= 100;

    // A category that this client does not know yet is left out: it can name no more than those it knows.
    static CategorySet PresentIn(V1.Verdict wire)
    {
        var present = CategorySet.Empty;
        foreach (var category in wire.Categories)
        {
            var number = (int)category - 1;
            present = (uint)number < Categories.Count ? present.With((Category)number) : present;
        }
        return present;
    }

    // A service without the field "assessed" tells of ten categories whether they are known.
    static CategorySet FlagsOf(V1.Verdict wire)
    {
        var known = CategorySet.Empty;
        void Add(bool has, Category category) => known = has ? known.With(category) : known;
        Add(wire.HasIsHosting, Category.Hosting);
        Add(wire.HasIsVpn, Category.Vpn);
        Add(wire.HasIsProxy, Category.Proxy);
        Add(wire.HasIsResidentialProxy, Category.ResidentialProxy);
        Add(wire.HasIsTor, Category.Tor);
        Add(wire.HasIsRelay, Category.Relay);
        Add(wire.HasIsBulletproof, Category.Bulletproof);
        Add(wire.HasIsCdn, Category.Cdn);
        Add(wire.HasIsCrawler, Category.Crawler);
        Add(wire.HasIsMobile, Category.Mobile);
        return known;
    }

    static NetworkFacts FactsOf(V1.Verdict wire)
    {
        var length = 0;
        if (wire.Network.Length > 0)
        {
            length = Prefix.Parse(Encoding.UTF8.GetBytes(wire.Network), out var network) == PrefixFault.None
                ? network.Length
                : throw RpcErrors.BadAnswer("sent a network that is no prefix");
        }
        var role = AsnRoles.TryParseRole(wire.AsnRole, out var known) ? known : AsnRole.Unknown; // or one that this client does not know yet
        return new(wire.HasAsn ? new Asn(wire.Asn) : null, NullIfEmpty(wire.AsnName), role, NullIfEmpty(wire.Provider), length);
    }

    public static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
