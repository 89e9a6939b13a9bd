namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>What an autonomous system does for a living. The numbers stand in snapshots and are never reused.</summary>
public enum AsnRole
{
    Unknown = 0,
    Hosting = 1,
    Cdn = 2,
    Vpn = 3,
    Transit = 4,
    Access = 5,
    EnterpriseGateway = 6,
    Education = 7,
    Government = 8,
    Business = 9,
}

/// <summary>Why a role is believed. Only <see cref="Certain"/> lets the ASN alone speak almost as loudly as a prefix.</summary>
public enum RoleBasis
{
    None = 0,

    /// <summary>The operator publishes it, or does nothing else: the whole ASN is that.</summary>
    Certain = 1,

    /// <summary>Known from the industry; other uses inside the ASN are possible.</summary>
    Knowledge = 2,

    /// <summary>Another ASN of an operator that has a certain or known row.</summary>
    Brand = 3,

    /// <summary>Judged from the registered name alone.</summary>
    Name = 4,

    /// <summary>Nobody has looked: a word of the registered name says so, by a rule that holds for the names that were looked at.</summary>
    Inferred = 5,
}

public static class AsnRoles
{
    static readonly string[] RoleWords =
        ["unknown", "hosting", "cdn", "vpn", "transit", "access", "enterpriseGateway", "education", "government", "business"];

    static readonly string[] BasisWords = ["none", "certain", "knowledge", "brand", "name", "inferred"];

    public static int RoleCount => RoleWords.Length;

    public static int BasisCount => BasisWords.Length;

    public static string Word(this AsnRole role) => RoleWords[(int)role];

    /// <summary>Null where nobody has looked: on the wire, unknown is not there.</summary>
    public static string? WordIfKnown(this AsnRole role) => role == AsnRole.Unknown ? null : role.Word();

    public static string Word(this RoleBasis basis) => BasisWords[(int)basis];

    /// <summary>The category that the role gives its addresses; none for transit, whose customers may be anything.</summary>
    public static Category? Category(this AsnRole role) => role switch
    {
        AsnRole.Hosting => Verdicts.Category.Hosting,
        AsnRole.Cdn => Verdicts.Category.Cdn,
        AsnRole.Vpn => Verdicts.Category.Vpn,
        AsnRole.Access => Verdicts.Category.Isp,
        AsnRole.EnterpriseGateway => Verdicts.Category.EnterpriseGateway,
        AsnRole.Education => Verdicts.Category.Education,
        AsnRole.Government => Verdicts.Category.Government,
        AsnRole.Business => Verdicts.Category.Business,
        _ => null,
    };

    public static bool TryParseRole(string word, out AsnRole role)
    {
        role = (AsnRole)Math.Max(Array.IndexOf(RoleWords, word), 0);
        return role != AsnRole.Unknown;
    }

    public static bool TryParseBasis(string word, out RoleBasis basis)
    {
        basis = (RoleBasis)Math.Max(Array.IndexOf(BasisWords, word), 0);
        return basis != RoleBasis.None;
    }
}
