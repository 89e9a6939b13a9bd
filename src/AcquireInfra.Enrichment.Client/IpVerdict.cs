using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client;

/// <summary>The verdict on one address, the same whether the service or the local replica gave it. Null means unknown, never "no".</summary>
/// <param name="Address">The address judged; an IPv4-mapped IPv6 address is the IPv4 address.</param>
/// <param name="Verdict">The judgement, packed; the members below read it.</param>
/// <param name="Facts">Whose address it is; one object for many addresses.</param>
/// <param name="Basis">What the answer rests on; one object for many answers.</param>
public readonly record struct IpVerdict(Address Address, Verdict Verdict, NetworkFacts Facts, AnswerBasis Basis)
{
    /// <summary>What the operator's overrides did to the verdict; null where none touches the address.</summary>
    public OverrideResponse? Override { get; init; }

    /// <summary>What the address is called, in one word.</summary>
    public VerdictKind Kind => Verdict.Kind;

    /// <summary>Band of the score; null where the address is not global and so not judged.</summary>
    public RiskLevel? Level => Verdict.IsSpecial ? null : Verdict.Level;

    /// <summary>0..100: how risky, after dampening; null where the address is not judged.</summary>
    public int? Score => Verdict.IsSpecial ? null : Verdict.Score;

    /// <summary>0..100: the same without dampening.</summary>
    public int? RawScore => Verdict.IsSpecial ? null : Verdict.RawScore;

    /// <summary>0..100: how much is known, not how bad it is.</summary>
    public int? Confidence => Verdict.IsSpecial ? null : Verdict.Confidence;

    /// <summary>Categories the address is in.</summary>
    public CategorySet Present => Verdict.Present;

    /// <summary>Categories that are known: present, or looked for and absent.</summary>
    public CategorySet Assessed => Verdict.Assessed;

    /// <summary>Whether the address is in a category; null where no fresh source covers it.</summary>
    public bool? Is(Category category) => Verdict.Is(category);

    /// <summary>Null where no ASN announces the address.</summary>
    public Asn? Asn => Facts.Asn;

    public string? AsnName => Facts.AsnName;

    public AsnRole AsnRole => Facts.AsnRole;

    /// <summary>Brand behind the address ("NordVPN"); null where none is known.</summary>
    public string? Provider => Facts.Provider;

    /// <summary>Network of the ASN table that holds the address, else that of the widest claim; null for none.</summary>
    public Prefix? Network => Facts.PrefixLength > 0 ? Prefix.Create(Address, Facts.PrefixLength) : null;

    /// <summary>The data that the answer comes from, by its hash.</summary>
    public string SnapshotId => Basis.SnapshotId;

    public AnswerOrigin Origin => Basis.Origin;
}

/// <summary>What addresses of one network have in common.</summary>
/// <param name="Asn">Null where no ASN announces the network.</param>
/// <param name="AsnName">Null where the ASN table has no name.</param>
/// <param name="Provider">Brand of the closest evidence, else of the ASN's operator; null where none is known.</param>
/// <param name="PrefixLength">In bits of the address's own family; 0 where no network is known.</param>
public sealed record NetworkFacts(Asn? Asn, string? AsnName, AsnRole AsnRole, string? Provider, int PrefixLength);

/// <summary>What an answer rests on. Equal snapshot, policy, overrides, hour and address give equal verdicts.</summary>
/// <param name="SnapshotId">Hash of the snapshot's content, in hex.</param>
/// <param name="JudgedAt">The whole UTC hour judged at.</param>
public sealed record AnswerBasis(string SnapshotId, string PolicyVersion, DateTimeOffset JudgedAt, AnswerOrigin Origin)
{
    /// <summary>Of the overrides that were in force; 0 where there never were any.</summary>
    public long OverridesRevision { get; init; }
}

/// <summary>Who gave an answer.</summary>
public enum AnswerOrigin
{
    Service = 0,
    Replica = 1,
}
